"""An objection from filing to outcome: two handlers, deadlines, what it blocks and what it undoes (N8)."""

from datetime import date, timedelta

import pytest
import time_machine

from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.cycles import services as cycles
from fivestep_web.assessment.cycles.models import CycleRules
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.payloads import result_payloads
from fivestep_web.assessment.publicity import deadlines, policy, queries
from fivestep_web.assessment.publicity import services as publicities
from fivestep_web.assessment.publicity.filing import list_matters
from fivestep_web.assessment.publicity.objection_services import Filing
from fivestep_web.assessment.publicity.objection_services import file as file_objection
from fivestep_web.assessment.publicity.rules import Deadlines, ObjectionKind, ObjectionState, PublicityState
from fivestep_web.assessment.score_settings import Group
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.extensions import db as database
from tests.assessment.cycles.plans import CONFIRM_DAY, TALLY_DAY, YEAR, actor_of, bring_to, move, state
from tests.assessment.publicity.people import (
    answer,
    file,
    make_troupe,
    matter_of,
    receive,
    received,
    results,
    stored,
)
from tests.factories.accounts import user_with_role
from tests.factories.queue import run_queue

BULLETIN = DocumentKind.ANNUAL_ASSESSMENT_RESULT
UPHELD, DISMISSED = ObjectionState.UPHELD, ObjectionState.DISMISSED
pytestmark = pytest.mark.usefixtures("posting_day")


def confirm(cast):
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(cast, CycleState.CONFIRMED)


def test_an_objection_keeps_who_when_about_whom_facts_and_evidence(troupe):
    found = stored(file(troupe.member))
    assert (found.objector, found.about, found.filed_on) == ("丁某甲", "第3科", date(2027, 1, 5))
    assert (found.facts, found.evidence, found.contact) == ("得分与计票不符", "计票结果表", "内线8012")
    assert (found.state, found.decide_by) == (ObjectionState.FILED, None)


def test_the_days_for_the_answer_run_from_its_receipt(troupe):
    found = stored(received(troupe))
    assert (found.state, found.received_by_id) == (ObjectionState.RECEIVED, troupe.receiver.person_id)
    assert found.decide_by == date(2027, 2, 4)


def test_the_minister_sets_other_deadlines_for_what_comes_later(troupe):
    first = received(troupe)
    with unit_of_work():
        deadlines.change(actor_of(troupe.cast.minister), Deadlines(decide=10))
    assert stored(received(troupe)).decide_by == date(2027, 1, 15)
    assert stored(first).decide_by == date(2027, 2, 4)
    with pytest.raises(NotAllowed), unit_of_work():
        deadlines.change(actor_of(troupe.cast.office), Deadlines(decide=5))


def test_a_second_person_answers_and_the_answer_is_kept(troupe):
    objection_id = received(troupe)
    answer(troupe.handler, objection_id)
    (told,) = stored(objection_id).answers
    assert (told.outcome, told.person_id) == (DISMISSED, troupe.handler.person_id)
    assert (told.answer, told.appeal_by) == ("经核查，计票无误。", None)
    assert stored(objection_id).state is DISMISSED


def test_who_received_it_does_not_answer_it(troupe):
    objection_id = received(troupe)
    with pytest.raises(NotAllowed, match="您受理的"):
        answer(troupe.receiver, objection_id)


def test_nobody_answers_before_it_is_received(troupe):
    objection_id = file(troupe.member)
    with pytest.raises(Conflict, match="还没有受理"):
        answer(troupe.handler, objection_id)


def test_nobody_receives_the_own_objection_or_one_that_is_received(troupe):
    objection_id = file(troupe.handler)
    with pytest.raises(NotAllowed, match="本人提出的"):
        receive(troupe.handler, objection_id)
    receive(troupe.receiver, objection_id)
    with pytest.raises(Conflict, match="已经受理"):
        receive(troupe.cast.office, objection_id)
    with pytest.raises(NotAllowed, match="您提出的"):
        answer(troupe.handler, objection_id)


def test_a_member_cannot_receive_or_answer(troupe):
    objection_id = file(troupe.member)
    with pytest.raises(NotAllowed):
        receive(troupe.member, objection_id)
    receive(troupe.receiver, objection_id)
    with pytest.raises(NotAllowed):
        answer(troupe.member, objection_id)


@pytest.mark.parametrize("part", ["first counter", "second counter", "ballots' counter", "rules"])
def test_who_prepared_the_result_does_not_answer(troupe, part):
    cycle = get_cycle(YEAR)
    handler = troupe.handler.person_id
    if part == "first counter":
        assert cycle.first_counter_id == troupe.cast.hr.person_id
        cycle.first_counter_id = handler
    elif part == "second counter":
        counted = next(step for step in cycle.moves if step.state is CycleState.TALLIED)
        assert counted.person_id == troupe.cast.office.person_id
        counted.person_id = handler
    elif part == "ballots' counter":
        counted_by = {"first_counter_id": troupe.cast.hr.person_id, "second_counter_id": handler}
        poll = Poll(
            cycle_id=cycle.id, rater_group=Group.PEER_EVALUATION, series=Series.SECTIONS, **counted_by
        )
        database.session.add(poll)
    else:
        database.session.query(CycleRules).update({"prepared_by_id": handler})
    database.session.commit()
    objection_id = received(troupe)
    with pytest.raises(NotAllowed, match="没有参与的人"):
        answer(troupe.handler, objection_id)


def test_nobody_answers_about_the_own_unit(troupe):
    objection_id = received(troupe)
    concerned = user_with_role(Role.DEP, unit=troupe.member.person.holdings[0].position.unit)
    with pytest.raises(NotFound):
        answer(concerned, objection_id)
    assert "所在单位" in policy.why_not_answer(actor_of(concerned), stored(objection_id), ())


def test_an_open_objection_blocks_the_end_and_the_confirmation_until_it_is_dismissed(troupe):
    objection_id = received(troupe)
    with pytest.raises(Conflict, match="关于第3科的公示异议还没有答复"):
        confirm(troupe.cast)
    assert results().state is PublicityState.RUNNING
    with time_machine.travel(CONFIRM_DAY, tick=True):
        answer(troupe.handler, objection_id)
    assert results().state is PublicityState.ENDED
    confirm(troupe.cast)
    assert state() is CycleState.CONFIRMED


@pytest.mark.parametrize("kind", [ObjectionKind.PUBLICITY, ObjectionKind.COUNT])
def test_an_upheld_one_takes_the_results_back_and_they_are_posted_anew(troupe, kind):
    objection_id = received(troupe, kind=kind)
    answer(troupe.handler, objection_id, UPHELD)
    assert state() is CycleState.REVIEWED
    stopped = results()
    assert (stopped.state, stopped.ended_on) == (PublicityState.STOPPED, date(2027, 1, 5))
    last = get_cycle(YEAR).moves[-1]
    assert (last.person_id, last.reason) == (troupe.handler.person_id, f"关于第3科的{kind.label}成立")
    move(troupe.cast, CycleState.PUBLICIZING)
    assert (results().id, results().state) != (stopped.id, PublicityState.STOPPED)
    confirm(troupe.cast)


def test_an_answer_is_corrected_only_by_a_further_one(troupe):
    objection_id = received(troupe)
    answer(troupe.handler, objection_id)
    answer(troupe.handler, objection_id, UPHELD)
    first, second = stored(objection_id).answers
    assert (first.outcome, second.outcome, second.corrects_id) == (DISMISSED, UPHELD, first.id)
    assert state() is CycleState.REVIEWED
    actions = [
        entry.action
        for entry in database.session.query(AuditEntry).order_by(AuditEntry.sequence)
        if entry.subject == f"objection:{objection_id}"
    ]
    assert actions == [
        "objection.filed",
        "objection.received",
        "objection.answered",
        "objection.answer_corrected",
    ]


def test_other_words_for_an_upheld_answer_leave_what_is_publicized_anew(troupe):
    objection_id = received(troupe, kind=ObjectionKind.COUNT)
    answer(troupe.handler, objection_id, UPHELD)
    move(troupe.cast, CycleState.PUBLICIZING)
    answer(troupe.handler, objection_id, UPHELD)
    assert len(stored(objection_id).answers) == 2
    assert (state(), results().state) == (CycleState.PUBLICIZING, PublicityState.RUNNING)


def test_what_is_upheld_late_against_a_stopped_list_leaves_the_one_that_took_its_place(troupe):
    first, second = received(troupe), received(troupe, about="第2科")
    answer(troupe.handler, first, UPHELD)
    move(troupe.cast, CycleState.PUBLICIZING)
    answer(troupe.handler, second, UPHELD)
    assert (state(), results().state) == (CycleState.PUBLICIZING, PublicityState.RUNNING)


def test_what_is_upheld_after_the_period_takes_the_results_back_too(troupe):
    objection_id = received(troupe)
    answer(troupe.handler, objection_id)
    with time_machine.travel(CONFIRM_DAY, tick=True):
        with unit_of_work():
            publicities.end_due()
        assert results().state is PublicityState.ENDED
        answer(troupe.handler, objection_id, UPHELD)
        assert (state(), results().state) == (CycleState.REVIEWED, PublicityState.STOPPED)
        move(troupe.cast, CycleState.PUBLICIZING)
    assert results().state is PublicityState.RUNNING


def test_who_upheld_one_objection_may_answer_the_next(troupe):
    first, second = received(troupe), received(troupe, about="第2科")
    answer(troupe.handler, first, UPHELD)
    answer(troupe.handler, second)
    assert stored(second).state is DISMISSED


def test_one_follows_the_own_objection_and_no_other(troupe):
    objection_id = file(troupe.member)
    me, other = actor_of(troupe.member), actor_of(user_with_role(Role.SHD))
    assert [item.id for item in queries.list_objections(me, YEAR)] == [objection_id]
    assert queries.list_objections(other, YEAR) == []
    with pytest.raises(NotFound):
        queries.get_objection(other, YEAR, objection_id)


def test_whom_it_is_about_neither_reads_it_nor_receives_it(troupe):
    of_unit = user_with_role(Role.SUP, unit=troupe.member.person.holdings[0].position.unit)
    objection_id = file(troupe.member)
    assert queries.list_objections(actor_of(of_unit), YEAR) == []
    with pytest.raises(NotFound):
        receive(of_unit, objection_id)
    assert not policy.can_receive(actor_of(of_unit), stored(objection_id))
    found = stored(objection_id)
    found.unit_id, found.person_id = None, troupe.handler.person_id
    database.session.commit()
    assert queries.list_objections(actor_of(troupe.handler), YEAR) == []
    for reader in (troupe.member, troupe.receiver, of_unit):
        assert [item.id for item in queries.list_objections(actor_of(reader), YEAR)] == [objection_id]


def test_nobody_enters_for_others_what_is_about_the_own_unit(troupe):
    with pytest.raises(FieldError, match="须由其他人登记"):
        file(troupe.cast.office, about="第1科", objector="李某甲")


def test_what_came_on_paper_is_entered_and_received_by_the_clerk(troupe):
    objection_id = file(troupe.cast.office, objector="李某甲", filed_on=date(2027, 1, 5))
    found = stored(objection_id)
    assert (found.objector, found.objector_id, found.state) == ("李某甲", None, ObjectionState.RECEIVED)
    answer(troupe.handler, objection_id)


@pytest.mark.parametrize(
    ("filed_on", "why"), [(date(2027, 1, 4), "公示还没有开始"), (date(2027, 1, 6), "不能晚于今天")]
)
def test_paper_is_refused_that_came_before_the_posting_or_after_today(troupe, filed_on, why):
    with pytest.raises(FieldError, match=why):
        file(troupe.cast.office, objector="李某甲", filed_on=filed_on)


def test_a_publicity_can_be_objected_to_up_to_and_including_its_last_day(troupe):
    with time_machine.travel(TALLY_DAY + timedelta(days=7), tick=True):
        file(troupe.member)
    with (
        time_machine.travel(TALLY_DAY + timedelta(days=8), tick=True),
        pytest.raises(FieldError, match="已经过期"),
    ):
        file(troupe.member)


def test_paper_of_the_last_day_is_entered_though_the_list_ended_until_it_is_acted_on(troupe):
    day = TALLY_DAY + timedelta(days=8)
    with time_machine.travel(day, tick=True):
        with unit_of_work():
            publicities.end_due()
        assert results().state is PublicityState.ENDED
        with pytest.raises(StopIteration):
            matter_of(troupe.member, ObjectionKind.PUBLICITY, "第3科")
        with pytest.raises(FieldError, match="已经过期"):
            file(troupe.receiver, objector="李某甲", filed_on=day.date())
        objection_id = file(troupe.receiver, objector="李某甲", filed_on=date(2027, 1, 12))
        with pytest.raises(Conflict, match="还没有答复"):
            move(troupe.cast, CycleState.CONFIRMED)
        answer(troupe.handler, objection_id)
        move(troupe.cast, CycleState.CONFIRMED)
        with pytest.raises(StopIteration):
            matter_of(troupe.receiver, ObjectionKind.PUBLICITY, "第3科")


def test_the_count_is_the_own_units_matter(troupe):
    kinds = {(matter.kind, matter.about) for matter in matters(troupe.member)}
    assert (ObjectionKind.COUNT, "第3科") in kinds
    assert (ObjectionKind.COUNT, "第1科") not in kinds
    with pytest.raises(FieldError, match="填写异议人姓名"):
        file(troupe.cast.office, ObjectionKind.COUNT, "第3科")


def matters(user):
    return list_matters(actor_of(user), get_cycle(YEAR), clock.today())


def test_what_is_not_there_cannot_be_objected_to(troupe):
    filing = Filing("unit:1", "事实", "", "电话")
    with pytest.raises(FieldError, match="重新选择"), unit_of_work():
        file_objection(actor_of(troupe.member), get_cycle(YEAR, lock=True), filing)


@pytest.mark.parametrize("before", [CycleState.VOTING_CLOSED, CycleState.OPEN])
def test_nothing_can_be_objected_to_before_the_count(cast, before):
    troupe = make_troupe(cast)
    bring_to(cast, before)
    assert matters(troupe.member) == []


def test_an_objection_to_the_count_keeps_results_from_being_posted(cast):
    troupe = make_troupe(cast)
    bring_to(cast, CycleState.REVIEWED)
    objection_id = received(troupe, kind=ObjectionKind.COUNT)
    with pytest.raises(Conflict, match="计票异议还没有答复"):
        move(cast, CycleState.PUBLICIZING)
    answer(troupe.handler, objection_id)
    move(cast, CycleState.PUBLICIZING)
    assert state() is CycleState.PUBLICIZING


def test_a_review_is_asked_for_by_the_person_and_can_be_appealed_against(troupe):
    confirm(troupe.cast)
    with time_machine.travel(CONFIRM_DAY, tick=True):
        assert [matter.about for matter in matters(troupe.member)] == ["丁某甲"]
        objection_id = received(troupe, kind=ObjectionKind.REVIEW, about="丁某甲")
        answer(troupe.handler, objection_id)
        assert stored(objection_id).answers[0].appeal_by == date(2027, 2, 4)
        move(troupe.cast, CycleState.FILED)


def test_an_upheld_review_changes_no_state_of_the_year(troupe):
    confirm(troupe.cast)
    with time_machine.travel(CONFIRM_DAY, tick=True):
        objection_id = received(troupe, kind=ObjectionKind.REVIEW, about="丁某甲")
        answer(troupe.handler, objection_id, UPHELD)
    assert stored(objection_id).answers[0].appeal_by is None
    assert state() is CycleState.CONFIRMED


def issue_bulletin(day):
    """Have the bulletin of results issued on *day*."""
    with unit_of_work():
        documents.request_documents(SYSTEM, YEAR, result_payloads(YEAR), "结果")
    run_queue()
    bulletin = database.session.query(GeneratedDocument).filter_by(kind=BULLETIN).one()
    letterhead = bulletin.payload["letterhead"] | {"printing_date": chinese_date(day)}
    bulletin.payload = bulletin.payload | {"letterhead": letterhead}
    bulletin.state = DocumentState.ISSUED
    database.session.commit()


def test_a_review_is_asked_for_within_thirty_days_of_being_told(troupe):
    confirm(troupe.cast)
    with time_machine.travel(CONFIRM_DAY, tick=True):
        key = matter_of(troupe.member, ObjectionKind.REVIEW, "丁某甲")
        (matter,) = (item for item in matters(troupe.member) if item.key == key)
        assert matter.last_day is None
        issue_bulletin(date(2026, 12, 22))
        (matter,) = matters(troupe.member)
    assert matter.last_day == date(2027, 1, 21)
    assert (matter.problem(date(2027, 1, 21)), matter.problem(date(2027, 1, 22))) == (
        "",
        "提出复核申请的期限到2027-01-21为止，已经过期。",
    )


def test_results_go_back_only_while_they_are_publicized(cast):
    bring_to(cast, CycleState.TALLIED)
    with pytest.raises(Conflict), unit_of_work():
        cycles.send_back(actor_of(cast.minister), get_cycle(YEAR, lock=True), "理由")
