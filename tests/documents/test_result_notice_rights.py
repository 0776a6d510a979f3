"""A person's own result is for the person and HR: no head, colleague or office reads or makes it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from fivestep_web.core.errors import NotAllowed, NotFound
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import listing, policy, queries, services
from fivestep_web.documents.api import policy as token_policy
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.extensions import db
from tasks import registry, runner
from tests.documents.sources import source, wanted
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.factories.tokens import acting

NOTICE = DocumentKind.PERSONAL_RESULT_NOTICE
HOLDERS = {Role.MIN, Role.EXD, Role.HRO}

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def unit(db):
    registry.load()
    PlanYearFactory(year=2026)
    return UnitFactory(code="K01")


def notice(user, unit, *, is_draft):
    """Have the notice to *user* made; return it."""
    request = wanted(NOTICE, f"person:{user.person_id}", is_draft=is_draft)
    request = replace(request, unit_id=unit.id, person_id=user.person_id)
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [request], "通知")
    for key in db.session.scalars(select(Outbox.key)).all():
        runner.run(key)
    db.session.rollback()
    return db.session.scalars(select(GeneratedDocument)).one()


def reads(actor, document):
    """Tell whether the actor gets the file, the same way by list, download and policy."""
    listed = bool(queries.list_documents(actor, queries.Filter(2026)))
    try:
        got = queries.get_file(actor, document.id).sha256 == document.blob_sha256
    except NotFound:
        got = False
    assert listed == got == policy.can_read(actor, document)
    return got


@pytest.mark.parametrize("role", [role for role in Role if role not in HOLDERS])
def test_nobody_else_of_the_unit_reads_it_whatever_the_role(unit, role):
    document = notice(user_with_role(Role.STF, unit=unit), unit, is_draft=False)
    other = replace(acting(user_with_role(role, unit=unit)), charge=frozenset({unit.id}))
    assert not reads(other, document)


@pytest.mark.parametrize("role", sorted(HOLDERS))
@pytest.mark.parametrize("is_draft", [False, True])
def test_who_reads_the_achievement_files_of_others_reads_it(unit, role, is_draft):
    document = notice(user_with_role(Role.STF, unit=unit), unit, is_draft=is_draft)
    assert reads(acting(user_with_role(role)), document)


@pytest.mark.parametrize("role", [Role.STF, Role.SHD, Role.TSC, Role.ORG, Role.DEP, Role.OFC, Role.SUP])
def test_the_person_reads_the_own_one_but_no_draft_of_it(unit, role):
    user = user_with_role(role, unit=unit)
    assert not reads(acting(user), notice(user, unit, is_draft=True))
    db.session.execute(GeneratedDocument.__table__.update().values(is_draft=False))
    db.session.commit()
    assert reads(acting(user), db.session.scalars(select(GeneratedDocument)).one())


def test_somebody_without_a_person_reads_none(unit):
    document = notice(user_with_role(Role.STF, unit=unit), unit, is_draft=False)
    stranger = replace(acting(user_with_role(Role.STF, unit=unit)), person_id=None)
    assert not reads(stranger, document)


def test_personnel_alone_makes_it(unit):
    request = wanted(NOTICE, "person:1", is_draft=True)
    with source(NOTICE, request):
        assert NOTICE in listing.buildable_kinds(acting(user_with_role(Role.HRO)))
        for role in set(Role) - {Role.HRO}:
            other = acting(user_with_role(role))
            assert NOTICE not in listing.buildable_kinds(other)
            with pytest.raises(NotAllowed):
                services.build(other, 2026, [NOTICE])


def test_no_token_reaches_it():
    assert not token_policy.is_offered(NOTICE)
