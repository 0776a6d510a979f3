"""Notices sent in the same moment: consecutive numbers, and one notice for one case."""

import threading
from datetime import date

import pytest
from sqlalchemy import func, select

from fivestep_web.assessment.admonitions import queries, services
from fivestep_web.assessment.admonitions.models import (
    Admonition,
    AdmonitionDecision,
    AdmonitionNotice,
    AdmonitionProposal,
)
from fivestep_web.assessment.admonitions.rules import Source
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.extensions import db as database
from tests.assessment.admonitions.cast import PROPOSAL, YEAR, S, appointment, make_cast, on
from tests.factories.org import PlanYearFactory, person_with_role
from tests.factories.tokens import acting

AT_ONCE = 8


def approved_cases(count):
    """Store *count* approved cases of two plan years; return their ids."""
    made, people = [], [person_with_role(Role.STF, title=f"干事{place}") for place in range(count)]
    for place, person in enumerate(people):
        case = Admonition(
            year=YEAR + place % 2, person_id=person.id, unit_id=person.holdings[0].position.unit_id,
            post="干事", source=Source.OTHER, reason="理由", state=S.APPROVED, steps=[],
        )  # fmt: skip
        case.proposal = AdmonitionProposal(**PROPOSAL)
        case.decision = AdmonitionDecision(authority="县委书记", decided_on=date(2026, 8, 24), opinion="")
        made.append(case)
    with unit_of_work():
        database.session.add_all(made)
        database.session.flush()
        return [case.id for case in made]


def notify_at_once(app, who, wanted, ids):
    """Let a thread for each of *ids* send the notice in the same moment; return what each came to."""
    barrier, outcomes = threading.Barrier(len(ids)), []

    def run(case_id):
        with app.app_context():
            try:
                barrier.wait(30)
                with unit_of_work():
                    case = queries.get_case(who, case_id, lock=True)
                    services.notify(who, case, wanted)
                    outcomes.append(case.notice.number)
            except Conflict as refusal:
                outcomes.append(refusal.status)
            finally:
                database.session.remove()

    threads = [threading.Thread(target=run, args=(case_id,)) for case_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.fixture
def prepared(own_app):
    cast = make_cast()
    PlanYearFactory(year=YEAR + 1)
    on(date(2026, 8, 25))
    return own_app, acting(cast.supervisor), appointment(cast)


def test_numbers_taken_at_once_follow_each_other(prepared):
    ids = approved_cases(AT_ONCE)
    outcomes = notify_at_once(*prepared, ids)
    assert sorted(outcomes) == list(range(1, AT_ONCE + 1))
    found = database.session.scalars(select(AdmonitionNotice.number).order_by(AdmonitionNotice.number))
    assert found.all() == sorted(outcomes)


def test_a_case_gets_one_notice_however_many_send_it(prepared):
    (case_id,) = approved_cases(1)
    outcomes = notify_at_once(*prepared, [case_id] * AT_ONCE)
    assert sorted(outcomes) == [1] + [409] * (AT_ONCE - 1)
    assert database.session.scalar(select(func.count()).select_from(GeneratedDocument)) == 1
