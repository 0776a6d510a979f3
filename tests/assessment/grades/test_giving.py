"""Everybody is told in writing, signs an opinion, and the year's entry goes into the achievement file."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import text, update
from sqlalchemy.exc import DatabaseError

from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades import evidence, files, gate, giving, queries, services, waiting
from fivestep_web.assessment.grades.giving import Said
from fivestep_web.assessment.grades.rules import EntryKind, Grade, GradeState, Stance, Step, Way
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.notices import notice_payloads
from fivestep_web.assessment.publicity.filing import list_matters
from fivestep_web.assessment.publicity.models import AppealOutcome, ObjectionAppeal
from fivestep_web.assessment.publicity.rules import ObjectionKind, ObjectionState
from fivestep_web.audit.rules import sha256_of
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.rendering import render
from fivestep_web.extensions import db as database
from fivestep_web.org.models import UnitKind
from tests.assessment.cycles.plans import CONFIRM_DAY, TALLY_DAY, YEAR, entries, move, state
from tests.assessment.grades import people
from tests.assessment.grades.people import entries_of, latest, notice_of, sign
from tests.assessment.publicity.people import answer, file, receive
from tests.factories.accounts import user_with_role
from tests.factories.keys import actor_of, open_key
from tests.factories.org import UnitFactory
from tests.web import get

NOTICE = DocumentKind.PERSONAL_RESULT_NOTICE


@pytest.fixture(autouse=True)
def confirm_day():
    with time_machine.travel(CONFIRM_DAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def staff(db):
    return people.graded()


@pytest.fixture
def told(staff):
    """Have everybody told of the own result on 20 January 2027."""
    people.give_all(staff)
    return staff


@pytest.fixture
def filed(db):
    return people.graded(state=CycleState.FILED)


def uphold_review(staff, user):
    """Have the person's own request for a review answered in the person's favour."""
    objection_id = file(user, ObjectionKind.REVIEW, user.person.name)
    elsewhere = UnitFactory(kind=UnitKind.LEADERSHIP)
    receive(user_with_role(Role.SUP, unit=elsewhere, name="监某甲"), objection_id)
    answer(user_with_role(Role.SUP, unit=elsewhere, name="监某乙"), objection_id, ObjectionState.UPHELD)


def correct(staff, user, grade=Grade.BASIC):
    people.propose(staff, user, grade, reason="复核查明漏记一项工作")
    people.decide(staff, user)


def test_the_notice_tells_the_grade_and_until_when_to_ask_for_a_review(told):
    notice = notice_of(told.members[0])
    assert (notice.content["grade"], notice.given_on, notice.ask_by) == (
        "称职",
        date(2027, 1, 20),
        date(2027, 2, 19),
    )
    (request,) = (item for item in notice_payloads(YEAR) if item.person_id == told.members[0].person_id)
    assert (request.payload["grade"], request.is_draft) == ("称职", False)
    assert request.payload["document_date"] == "2027年1月20日"
    assert violations(NOTICE, request.payload, render(NOTICE, request.payload)) == []


def test_nobody_gives_the_own_notice_nor_one_before_the_decision(staff):
    hr = staff.cast.hr
    with pytest.raises(Conflict), unit_of_work():
        giving.give(actor_of(hr), get_cycle(YEAR, lock=True), [hr.person_id], CONFIRM_DAY.date())
    everybody = [user.person_id for user in people.everybody(staff)]
    early = CONFIRM_DAY.date() - timedelta(days=1)
    with pytest.raises(FieldError, match="送达日期不能更早"), unit_of_work():
        giving.give(actor_of(hr), get_cycle(YEAR, lock=True), everybody, early)


def test_who_has_an_open_objection_is_told_after_the_answer(staff):
    member, hr = staff.members[0], actor_of(staff.cast.hr)
    objection_id = file(member, ObjectionKind.REVIEW, member.person.name)
    with pytest.raises(Conflict, match="关于丁某0的异议"), unit_of_work():
        giving.give(hr, get_cycle(YEAR, lock=True), [member.person_id], CONFIRM_DAY.date())
    people.give_all(staff)
    assert queries.find_notice(YEAR, member.person_id) is None
    receive(user_with_role(Role.SUP, name="监某甲"), objection_id)
    answer(user_with_role(Role.SUP, name="监某乙"), objection_id, ObjectionState.DISMISSED)
    people.give_all(staff)
    assert notice_of(member).content["total_score"] == "90.00"


def test_the_person_signs_the_opinion_with_the_own_key(told):
    member = told.members[0]
    sign(member, Stance.DISAGREE, "有一项工作没有计入")
    opinion = notice_of(member).opinion
    assert opinion is not None
    assert (opinion.stance, opinion.way, opinion.key_id is not None) == (Stance.DISAGREE, Way.KEY, True)
    assert list(evidence.faults()) == []
    with pytest.raises(Conflict, match="不能再改"):
        sign(member)


def test_nobody_signs_for_another_nor_over_another_text(told):
    member, other = told.members[:2]
    opened = open_key(other)
    agreed = Said(Stance.AGREE)
    notice = notice_of(member)
    with pytest.raises(NotAllowed), unit_of_work():
        giving.sign(actor_of(other), notice, opened, agreed, shown=notice.sha256, address="127.0.0.1")
    with pytest.raises(Conflict, match="有变化"), unit_of_work():
        giving.sign(actor_of(other), notice_of(other), opened, agreed, shown="0" * 64, address="127.0.0.1")
    with pytest.raises(FieldError, match="请写明意见"):
        sign(other, Stance.DISAGREE)


def test_a_refusal_is_recorded_with_day_and_witness(told):
    people.record_paper(told, told.members[0])
    opinion = notice_of(told.members[0]).opinion
    assert opinion is not None
    assert (opinion.stance, opinion.way, opinion.witness) == (Stance.REFUSED, Way.PAPER, "监某甲")


def test_who_disagrees_may_ask_for_a_review_until_the_day_of_the_notice(told):
    member = told.members[0]
    matters = list_matters(actor_of(member), get_cycle(YEAR), CONFIRM_DAY.date())
    (own,) = (matter for matter in matters if matter.kind is ObjectionKind.REVIEW)
    assert own.last_day == notice_of(member).ask_by


def test_a_year_is_not_filed_before_everybody_was_told_and_heard(staff):
    with pytest.raises(Conflict, match="书面通知还没有送达"):
        move(staff.cast, CycleState.FILED)
    people.give_all(staff)
    for user in people.everybody(staff)[1:]:
        people.record_paper(staff, user, Stance.AGREE)
    with pytest.raises(Conflict, match="本人意见还没有签署或登记：文某甲"):
        move(staff.cast, CycleState.FILED)
    sign(staff.cast.office)
    move(staff.cast, CycleState.FILED)
    assert state() is CycleState.FILED


def test_who_is_graded_without_being_assessed_is_told_may_ask_for_a_review_and_has_an_entry(db, login):
    unit = UnitFactory(code="K09", name="第九科", is_assessed=False)
    clerk = user_with_role(Role.STF, unit=unit, name="单某甲")
    staff = people.make_staff(CycleState.PUBLICIZING)
    with time_machine.travel(TALLY_DAY, tick=True):
        people.propose_all(staff)
        people.propose(staff, clerk)
        people.hold_steps(staff)
    move(staff.cast, CycleState.CONFIRMED)
    people.decide_all(staff)
    people.give_all(staff)
    content = notice_of(clerk).content
    assert (content["unit"], content["total_score"], content["personal_score"]) == ("第九科", "—", "—")
    assert content["figure_note"] == "所在科室不参评，没有单位总分和个人得分。"
    own = [matter.key for matter in list_matters(actor_of(clerk), get_cycle(YEAR), clock.today())]
    assert f"person:{clerk.person_id}" in own
    for user in (*people.everybody(staff), clerk):
        people.record_paper(staff, user, Stance.AGREE)
    move(staff.cast, CycleState.FILED)
    assert entries_of(clerk)[0].content["unit_score"] == "—"
    assert "<dd>第九科不参评</dd>" in get(login(clerk), f"/people/{clerk.person_id}/file").text


def test_a_year_without_grades_in_the_system_is_filed_as_before(db):
    staff = people.make_staff()
    assert gate.filing_gaps(get_cycle(YEAR)) == []
    move(staff.cast, CycleState.FILED)
    assert entries_of(staff.members[0])[0].content["grade"] == "—"


def test_a_year_filed_without_grades_is_graded_afterwards(db):
    staff = people.make_staff()
    move(staff.cast, CycleState.FILED)
    people.propose(staff, staff.members[0])
    people.hold_steps(staff)
    people.decide(staff, staff.members[0])
    filed, later = entries_of(staff.members[0])
    assert (filed.content["grade"], later.content["grade"]) == ("—", "称职")
    assert (later.kind, later.reason) == (EntryKind.CORRECTION, "归档以后确定年度等次")


def test_filing_writes_a_dated_entry_of_the_cycle_for_every_cadre(filed):
    (entry,) = entries_of(filed.members[0])
    assert (entry.kind, entry.cycle, entry.written_on) == (
        EntryKind.FILED,
        "2026年度实绩考核",
        date(2027, 1, 20),
    )
    told = entry.content
    assert (told["grade"], told["unit"], told["unit_score"]) == ("称职", "第3科", "90.00")
    assert list(evidence.faults()) == []


def test_entries_notices_and_opinions_are_only_added_to(filed):
    for table in ("achievement_entry", "result_notice", "result_opinion"):
        for change in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):  # noqa: S608 - own names
            with pytest.raises(DatabaseError), database.session.begin_nested():
                database.session.execute(text(change))


def test_an_upheld_review_waits_to_be_taken_up_before_filing(told):
    member = told.members[0]
    for user in people.everybody(told):
        people.record_paper(told, user, Stance.AGREE)
    uphold_review(told, member)
    with pytest.raises(Conflict, match="复核成立，等次还没有更正：丁某0"):
        move(told.cast, CycleState.FILED)
    with pytest.raises(FieldError, match="更正的理由"):
        people.propose(told, member, Grade.BASIC)
    correct(told, member)
    assert (latest(member).version, latest(member).state) == (2, GradeState.CONFIRMED)
    assert notice_of(member).content["grade"] == "称职", "the new one was not given yet"
    people.give_all(told)
    assert (notice_of(member).content["grade"], notice_of(member).opinion) == ("基本称职", None)
    sign(member)
    move(told.cast, CycleState.FILED)
    (entry,) = entries_of(member)
    assert (entry.kind, entry.content["grade"]) == (EntryKind.FILED, "基本称职")


def test_a_review_upheld_before_the_first_proposal_is_taken_up_by_it(db):
    staff = people.make_staff()
    member = staff.members[0]
    uphold_review(staff, member)
    people.propose(staff, member)
    people.hold_steps(staff)
    people.decide(staff, member)
    assert queries.reviews_to_take_up(YEAR) == {}


def test_a_review_upheld_after_filing_adds_a_correcting_entry(filed):
    member = filed.members[0]
    uphold_review(filed, member)
    correct(filed, member)
    first, second = entries_of(member)
    assert (second.kind, second.corrects_id, second.reason) == (
        EntryKind.CORRECTION,
        first.id,
        "复核查明漏记一项工作",
    )
    assert (first.content["grade"], second.content["grade"]) == ("称职", "基本称职")
    assert len(entries_of(filed.members[1])) == 1
    people.give_all(filed)
    assert notice_of(member).content["reason"] == "复核查明漏记一项工作"
    assert list(evidence.faults()) == []


def test_a_correcting_entry_keeps_the_figures_that_were_filed(filed):
    member = filed.members[0]
    database.session.execute(update(RatingTally).values(score=Decimal(50)))
    database.session.commit()
    correct(filed, member)
    people.promote(member)
    with unit_of_work():
        files.correct(actor_of(filed.cast.hr), get_cycle(YEAR), member.person_id, "职务更正")
    first, second, third = entries_of(member)
    assert second.content == {**first.content, "grade": "基本称职"}
    assert third.content == {**second.content, "post": "第3科副科长"}


def test_personnel_corrects_a_file_by_a_further_entry_where_something_differs(filed):
    member, hr = filed.members[0], actor_of(filed.cast.hr)
    with pytest.raises(Conflict, match="一致"), unit_of_work():
        files.correct(hr, get_cycle(YEAR), member.person_id, "核对")
    people.promote(member)
    with pytest.raises(NotAllowed), unit_of_work():
        files.correct(actor_of(filed.cast.office), get_cycle(YEAR), member.person_id, "职务更正")
    with unit_of_work():
        files.correct(hr, get_cycle(YEAR), member.person_id, "职务更正")
    first, second = entries_of(member)
    assert (first.kind, second.kind, second.corrects_id) == (
        EntryKind.FILED,
        EntryKind.CORRECTION,
        first.id,
    )
    assert second.content["post"] == "第3科副科长"


def test_a_review_upheld_on_appeal_waits_for_personnel(filed):
    member = filed.members[0]
    objection_id = file(member, ObjectionKind.REVIEW, member.person.name)
    receive(user_with_role(Role.SUP, name="监某甲"), objection_id)
    handler = user_with_role(Role.SUP, name="监某乙")
    answer(handler, objection_id, ObjectionState.DISMISSED)
    told = lambda: [line.sentence for line in waiting.find_lines(actor_of(filed.cast.hr), YEAR)]  # noqa: E731
    today, by = CONFIRM_DAY.date(), {"entered_by_id": handler.person_id, "entered_at": CONFIRM_DAY}
    appeal = ObjectionAppeal(
        objection_id=objection_id, addressee="县委", appealed_on=today, grounds="漏记一项工作", **by
    )
    database.session.add(appeal)
    database.session.flush()
    for outcome, lines in ((ObjectionState.UPHELD, 1), (ObjectionState.DISMISSED, 0)):
        facts = {"appeal_id": appeal.id, "organ": "县委", "decided_on": today, "text": "查明"}
        database.session.add(AppealOutcome(outcome=outcome, **facts, **by))
        database.session.commit()
        assert len([sentence for sentence in told() if "复核成立" in sentence]) == lines


def test_an_altered_entry_or_grade_is_found(filed, monkeypatch):
    entry = entries_of(filed.members[0])[0]
    monkeypatch.setattr(files, "fingerprint", lambda row: "0" * 64 if row.id == entry.id else row.sha256)
    assert list(evidence.faults()) == [f"实绩档案条目{entry.id}在归档后被改动"]


def test_no_grade_is_found_in_the_log_by_trying(filed):
    one, other = (latest(user) for user in filed.members[:2])
    rows = {
        (entry.action, item["row"]["id"]): item["row"]
        for entry in entries()
        if "row" in (item := json.loads(entry.body)["detail"])
    }
    logged = "".join(entry.body for entry in entries())
    likely = [sha256_of(grade) for grade in Grade] + [sha256_of(stance) for stance in Stance]
    likely += [notice_of(filed.members[0]).sha256, entries_of(filed.members[0])[0].sha256]
    assert [digest for digest in likely if digest in logged] == []
    assert one.grade is other.grade
    confirmed = [rows["grade.confirmed", grade.id]["grade"] for grade in (one, other)]
    assert confirmed[0] != confirmed[1], "equal grades look different"
    assert list(evidence.faults()) == []


def test_a_signature_that_was_altered_is_found_and_the_rest_is_still_verified(told):
    sign(told.members[0])
    opinion = notice_of(told.members[0]).opinion
    opinion.signed_bytes = "not JSON"
    with database.session.no_autoflush:
        assert f"本人意见{opinion.id}在登记后被改动" in list(evidence.faults())
    database.session.rollback()


def test_a_seat_is_free_only_once_its_correction_is_decided(db):
    staff = people.graded(0, 1)
    people.propose(staff, staff.members[0], reason="复核改正")
    with pytest.raises(FieldError, match="名额2个"):
        people.propose(staff, staff.members[2], Grade.EXCELLENT, reason="递补")
    people.decide(staff, staff.members[0])
    people.propose(staff, staff.members[2], Grade.EXCELLENT, reason="递补")


def test_steps_that_decided_grades_rest_on_stay(staff):
    hr = actor_of(staff.cast.hr)
    held = {step: (row.held_on, "") for step, row in queries.list_steps(YEAR).items()}
    later = {**held, Step.DECISION: (CONFIRM_DAY.date() + timedelta(days=1), "")}
    with time_machine.travel(CONFIRM_DAY + timedelta(days=2)):
        with pytest.raises(FieldError, match="不能删去"), unit_of_work():
            services.record_steps(hr, YEAR, {})
        with pytest.raises(FieldError, match="不能更晚"), unit_of_work():
            services.record_steps(hr, YEAR, later)
        with unit_of_work():
            services.record_steps(hr, YEAR, held)


def test_today_says_whose_turn_it_is(db, count_queries):
    staff = people.make_staff(CycleState.PUBLICIZING)
    lines = lambda user: [line.sentence for line in waiting.find_lines(actor_of(user), YEAR)]  # noqa: E731
    assert lines(staff.cast.hr) == ["2026年度等次还没有拟定。"]
    with time_machine.travel(TALLY_DAY, tick=True):
        people.propose_all(staff)
        people.hold_steps(staff)
    move(staff.cast, CycleState.CONFIRMED)
    assert lines(staff.cast.minister) == ["2026年度12人的年度等次等您确定。"]
    people.decide_all(staff)
    assert lines(staff.cast.hr) == ["2026年度11人的结果通知待送达。"], "the own one is another's to give"
    people.give_all(staff)
    member = actor_of(staff.members[0])
    count_queries.statements.clear()
    assert [line.sentence for line in waiting.find_lines(member, YEAR)] == [
        "2026年度考核结果通知已送达，请签署意见。"
    ]
    assert len(count_queries) == 1
    sign(staff.members[0])
    assert lines(staff.members[0]) == []


def test_today_tells_nobody_of_a_grade_or_notice_that_an_open_objection_holds(staff):
    lines = lambda user: [line.sentence for line in waiting.find_lines(actor_of(user), YEAR)]  # noqa: E731
    assert lines(staff.cast.hr) == ["2026年度11人的结果通知待送达。"]
    objection_id = file(staff.members[0], ObjectionKind.REVIEW, "丁某0")
    assert lines(staff.cast.hr) == ["2026年度10人的结果通知待送达。"]
    people.propose(staff, staff.members[0], Grade.BASIC, reason="另有情况")
    people.propose(staff, staff.members[1], Grade.BASIC, reason="另有情况")
    assert lines(staff.cast.minister) == ["2026年度1人的年度等次等您确定。"]
    elsewhere = UnitFactory(kind=UnitKind.LEADERSHIP)
    receive(user_with_role(Role.SUP, unit=elsewhere, name="监某甲"), objection_id)
    answer(user_with_role(Role.SUP, unit=elsewhere, name="监某乙"), objection_id)
    assert lines(staff.cast.minister) == ["2026年度2人的年度等次等您确定。"]
