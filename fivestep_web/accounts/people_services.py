"""People with their accounts; what would leave the system without an administrator is refused."""

from collections.abc import Collection
from datetime import date

from fivestep_web.accounts.models import User
from fivestep_web.accounts.services import create_account, require_administrator
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.org import people_services
from fivestep_web.org.models import Person, PostHolding


def create_person(actor: Actor, *, code: str, name: str, phone: str, username: str) -> tuple[Person, User]:
    """Add a comrade and the account; the sign-in name is the staff code unless another is given."""
    person = people_services.create_person(actor, code=code, name=name, phone=phone)
    return person, create_account(actor, person, username or code)


def end_holding(actor: Actor, holding: PostHolding, last_day: date) -> None:
    """Let a post end with *last_day*; Conflict when the last administrator would go."""
    people_services.end_holding(actor, holding, last_day)
    require_administrator()


def change_roles(actor: Actor, holding: PostHolding, roles: Collection[Role], from_day: date) -> None:
    """Give a post held other roles; Conflict when the last administrator would go."""
    people_services.change_roles(actor, holding, roles, from_day)
    require_administrator()
