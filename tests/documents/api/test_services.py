"""Tokens are drawn up by one, collected by another, kept as a hash, and revoked by either."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.api import services
from fivestep_web.documents.api.models import ApiToken
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.extensions import db as database
from tests.factories.accounts import user_with_role
from tests.factories.tokens import acting, collected, drawn_up, wish_of

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def owner():
    return user_with_role(Role.HRO)


def test_the_secret_is_kept_nowhere_but_as_a_hash(owner):
    token, spelled = collected(owner)
    row = database.session.execute(select(ApiToken.__table__)).mappings().one()
    assert all(spelled not in str(value) for value in row.values())
    secret = spelled.rpartition("_")[2]
    assert all(secret not in entry for entry in database.session.scalars(select(AuditEntry.body)))
    assert spelled.startswith(f"fst_{token.prefix}_")


def test_each_step_of_a_token_is_logged(owner):
    token, _spelled = collected(owner)
    with unit_of_work():
        services.revoke(acting(owner), database.session.merge(token))
    actions = database.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.subject == f"token:{token.id}")
        .order_by(AuditEntry.sequence)
    )
    assert list(actions) == ["token.drawn_up", "token.collected", "token.revoked"]


def test_a_token_is_collected_once_and_only_by_who_answers_for_it(owner):
    token = drawn_up(owner)
    for stranger in (user_with_role(Role.ADM), user_with_role(Role.MIN)):
        with pytest.raises(NotAllowed), unit_of_work():
            services.collect(acting(stranger), database.session.merge(token))
    with unit_of_work():
        services.collect(acting(owner), database.session.merge(token))
    with pytest.raises(Conflict), unit_of_work():
        services.collect(acting(owner), database.session.merge(token))


def test_only_who_manages_tokens_draws_them_up(owner):
    with pytest.raises(NotAllowed), unit_of_work():
        services.draw_up(acting(owner), wish_of(owner))


def test_nobody_else_revokes_a_token_and_nobody_twice(owner):
    token = drawn_up(owner)
    with pytest.raises(NotAllowed), unit_of_work():
        services.revoke(acting(user_with_role(Role.MIN)), database.session.merge(token))
    manager = acting(user_with_role(Role.ADM))
    with unit_of_work():
        services.revoke(manager, database.session.merge(token))
    with pytest.raises(Conflict), unit_of_work():
        services.revoke(manager, database.session.merge(token))


def test_a_token_needs_an_owner_who_reads_documents_an_act_a_kind_and_an_end(owner):
    manager = acting(user_with_role(Role.ADM))
    good = wish_of(owner)
    disabled = user_with_role(Role.HRO)
    disabled.is_active = False
    database.session.commit()
    wrong = {
        "owner_id": [
            replace(good, owner_id=user_with_role(Role.ADM).id),
            replace(good, owner_id=disabled.id),
        ],
        "acts": [replace(good, acts=())],
        "kinds": [
            replace(good, kinds=()),
            replace(good, kinds=(DocumentKind.ADMONITION_RECORD,)),
            replace(good, kinds=(DocumentKind.TALLY_SHEET,)),
        ],
        "expires_on": [
            replace(good, expires_on=services.today() - timedelta(days=1)),
            replace(good, expires_on=services.today() + timedelta(days=366)),
        ],
    }
    for field, wishes in wrong.items():
        for wish in wishes:
            with pytest.raises(FieldError) as refused, unit_of_work():
                services.draw_up(manager, wish)
            assert refused.value.field == field
    assert database.session.scalars(select(ApiToken)).all() == []
