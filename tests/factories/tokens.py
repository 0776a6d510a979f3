"""Tokens of the interface, drawn up and collected as people do."""

from datetime import timedelta
from typing import Any

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.api import services
from fivestep_web.documents.api.models import ApiToken
from fivestep_web.documents.api.rules import TokenAct
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.extensions import db
from tests.factories.accounts import user_with_role

KINDS = (DocumentKind.RESPONSIBILITY_LETTER, DocumentKind.TASK_BOOK)


def wish_of(owner: User, **changes: Any) -> services.TokenWish:
    """Return the wish for a token of *owner* for letters and task books."""
    wanted: dict[str, Any] = {
        "name": "人事管理系统",
        "owner_id": owner.id,
        "acts": tuple(TokenAct),
        "kinds": KINDS,
        "year": None,
        "unit_id": None,
        "expires_on": services.today() + timedelta(days=90),
    }
    return services.TokenWish(**wanted | changes)


def acting(user: User) -> Any:
    """Return the actor an account is today."""
    return get_actor(user, clock.today())


def drawn_up(owner: User, **changes: Any) -> ApiToken:
    """Have an administrator draw a token up for *owner*."""
    administrator = acting(user_with_role(Role.ADM))
    with unit_of_work():
        return services.draw_up(administrator, wish_of(owner, **changes))


def collected(owner: User, **changes: Any) -> tuple[ApiToken, str]:
    """Return a token that *owner* has collected, and what the other system sends."""
    token = drawn_up(owner, **changes)
    with unit_of_work():
        spelled = services.collect(acting(owner), db.session.merge(token))
    return token, spelled
