"""Meetings on a real database: opened once, filled, minuted, closed only when complete, followed up."""

from datetime import date

import pytest
from sqlalchemy import func, select

from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.extensions import db as database
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.supervision.correctives.queries import open_orders
from fivestep_web.supervision.meetings import hooks, minutes, opening, queries, resolutions, services, waiting
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting, Resolution
from fivestep_web.supervision.meetings.rules import (
    MeetingKind,
    MeetingState,
    Outcome,
    Presence,
    ResolutionState,
)
from fivestep_web.supervision.problems.rules import ProblemState
from tests.factories.accounts import user_with_role
from tests.factories.ledger import actor_of
from tests.factories.queue import run_queue
from tests.supervision.meeting_steps import (
    LATER,
    TODAY,
    begin,
    close,
    closed,
    item_of,
    joint,
    make_meetings,
    meeting_of,
    minute_all,
    open_meetings,
    play,
    problem_of,
    resolve,
)


@pytest.fixture
def made(db):
    return make_meetings()


@pytest.fixture
def running(made):
    open_meetings()
    begin(made, joint().id)
    return made


def opened():
    rows = database.session.execute(
        select(Meeting.kind, Meeting.period, Meeting.planned_on).order_by(Meeting.kind, Meeting.period)
    )
    return [tuple(row) for row in rows]


def test_the_clock_opens_every_month_and_quarter_once(made):
    assert open_meetings() == 7 + 2 * 2
    assert opened()[-1] == (MeetingKind.REVIEW, 2, date(2026, 7, 7))
    assert joint(2).planned_on == date(2026, 2, 24)  # the third week is the Spring Festival
    with unit_of_work():
        assert opening.open_due(TODAY) == 0


def test_the_agenda_holds_the_problem_and_every_red_goal_the_red_first(made):
    open_meetings()
    assert [(item.source, item.colour) for item in joint().items] == [("signal", "red"), ("problem", "")]
    assert [item.goal_id for item in meeting_of(MeetingKind.DISPATCH, 2).items] == [made.red_goal_id]


def test_leaders_in_charge_and_heads_are_invited_once(made):
    open_meetings()
    invited = [row.person_id for row in joint().attendances]
    county = made.county
    assert sorted(invited) == sorted({made.chair.person_id, county.leader.person_id, county.head.person_id})


def test_what_is_settled_before_the_meeting_stays_visible_and_what_is_new_is_added(made):
    open_meetings()
    from fivestep_web.supervision.problems import services as problem_services

    with unit_of_work():
        problem_services.withdraw(made.actor("member"), problem_of(made), reason="已自行解决")
        opening.refresh_coming(TODAY)
    item = item_of(joint(), "problem")
    assert (item.settled_on, item.is_live) == (TODAY, False)
    with unit_of_work():
        problem_services.raise_problem(made.actor("leader"), made.red_goal_id, text="人手不足")
        opening.refresh_coming(TODAY)
    assert len(joint().items) == 3


def test_the_agenda_is_frozen_once_the_meeting_runs(running):
    with pytest.raises(Conflict), unit_of_work():
        services.refresh(running.office, joint())
    with unit_of_work():
        assert opening.refresh_coming(TODAY) == 0


def test_a_red_goal_is_not_postponed_from_a_dispatch_meeting_but_from_a_consultation(made):
    open_meetings()
    with pytest.raises(Conflict), unit_of_work():
        services.postpone(made.office, meeting_of(MeetingKind.DISPATCH, 2).items[0], reason="下次再议")
    with pytest.raises(FieldError), unit_of_work():
        services.postpone(made.office, joint().items[0], reason=" ")
    with unit_of_work():
        services.postpone(made.office, joint().items[0], reason="材料未齐")
    assert not joint().items[0].is_live
    with unit_of_work():
        services.restore(made.office, joint().items[0])
    assert joint().items[0].is_live


def test_no_meeting_is_closed_while_an_item_lacks_outcome_owner_or_date(running):
    meeting_id = joint().id
    for facts in ({}, {"owner_id": None}, {"due_on": None}, {"matter": " "}):
        if facts:
            resolve(running, item_of(joint(), "problem"), **facts)
            resolve(running, item_of(joint(), "signal"))
        with pytest.raises(DomainError), unit_of_work():
            minutes.close(running.office, queries.get_meeting(running.office, meeting_id, lock=True))
        assert joint().state is MeetingState.RUNNING
    resolve(running, item_of(joint(), "problem"))
    close(running, meeting_id)
    assert joint().state is MeetingState.CLOSED


def decided_to_correct(running, due_on=LATER):
    """Decide on a corrective order for the red goal, and on the problem."""
    said = {"matter": "每周报进度", "owner_id": running.county.member.person_id, "due_on": due_on}
    with unit_of_work():
        item = database.session.get_one(AgendaItem, item_of(joint(), "signal").id)
        minutes.decide(running.office, item, minutes.Decision(Outcome.CORRECTIVE, **said))
    resolve(running, item_of(joint(), "problem"))


def test_what_was_to_be_corrected_may_be_written_off_before_the_meeting_is_closed(running):
    decided_to_correct(running)
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.goal_id == running.red_goal_id)
    ).one()
    entry.state = LedgerState.CLOSED
    database.session.commit()
    with pytest.raises(DomainError, match=r"走访全覆盖.*已销号.*改选其他结果"):
        close(running, joint().id)
    resolve(running, item_of(joint(), "signal"))
    close(running, joint().id)
    assert joint().state is MeetingState.CLOSED


def test_an_order_is_of_the_day_of_the_meeting_however_late_the_minutes_are_closed(running):
    decided_to_correct(running, date(2026, 7, 17))
    play(date(2026, 7, 20))
    close(running, joint().id)
    (order,) = open_orders(2026)
    assert (order.ordered_on, order.due_on) == (TODAY, date(2026, 7, 17))


def test_a_date_before_the_day_it_was_held_on_is_found_before_closing(running):
    decided_to_correct(running, date(2026, 7, 17))
    play(date(2026, 7, 20))
    meeting = joint()
    with unit_of_work():
        wanted = services.Arrangement(
            meeting.planned_on, "09:00", "三楼", meeting.chair_id, held_on=date(2026, 7, 20)
        )
        services.arrange(running.office, meeting, wanted)
    assert [sentence for _item, sentence in minutes.faults(joint())] == [
        "第1项“走访全覆盖”的时限早于开会日期。"
    ]


def test_a_leader_who_chairs_closes_a_meeting_about_units_of_others(running):
    other = user_with_role(Role.DEP)
    meeting = joint()
    with unit_of_work():
        wanted = services.Arrangement(meeting.planned_on, "09:00", "三楼", other.person_id)
        services.arrange(running.office, meeting, wanted)
        chair = {row.id: Presence.PRESENT for row in meeting.attendances}
        services.take_attendance(running.office, meeting, chair, {})
    decided_to_correct(running)
    with unit_of_work():
        minutes.close(actor_of(other), queries.get_meeting(actor_of(other), meeting.id, lock=True))
    assert [order.goal_id for order in open_orders(2026)] == [running.red_goal_id]


def test_closing_solves_problems_makes_resolutions_and_tells_the_leaders_at_once(made):
    meeting = closed(made)
    problem = problem_of(made)
    assert (problem.state, problem.solution) == (ProblemState.SOLVED, "由财政局拨付经费")
    assert (problem.owner_id, problem.due_on, problem.solved_on) == (
        made.county.member.person_id,
        LATER,
        TODAY,
    )
    assert len(queries.resolutions_of(meeting.id)) == 2
    assert queries.month_summary(2026, 7) == queries.MonthSummary(TODAY, 1, 1)
    leader = made.actor("leader")
    assert [item.note for item in waiting.list_waiting(leader, 2026)] == ["纪要待阅"]
    with unit_of_work():
        minutes.mark_read(leader, meeting)
    assert waiting.list_waiting(leader, 2026) == []
    with pytest.raises(NotFound), unit_of_work():
        minutes.mark_read(made.actor("head"), meeting)


def test_the_minutes_become_a_word_file_the_department_reads(made):
    meeting = closed(made)
    run_queue()
    document = database.session.scalars(
        select(GeneratedDocument).where(GeneratedDocument.kind == DocumentKind.CONSULTATION_MINUTES)
    ).one()
    assert document.state is DocumentState.READY, document.failure
    assert document.title == "2026年第1次组织工作联合会商纪要"
    assert queries.find_paper(made.actor("leader"), meeting) == document.id
    assert queries.find_paper(actor_of(user_with_role(Role.TSC)), meeting) is None


def test_locked_minutes_take_a_correction_beside_them_and_no_edit(made):
    meeting = closed(made)
    with pytest.raises(Conflict), unit_of_work():
        minutes.decide(made.office, meeting.items[0], minutes.Decision(Outcome.KEPT_OPEN, open_reason="改"))
    with pytest.raises(Conflict), unit_of_work():
        services.arrange(made.office, meeting, services.Arrangement(TODAY, "10:00", "别处", meeting.chair_id))
    with unit_of_work():
        minutes.correct(made.office, meeting, text="时限应为8月5日")
    database.session.refresh(meeting)
    assert [one.text for one in meeting.errata] == ["时限应为8月5日"]


def test_a_problem_left_open_keeps_the_reason_and_comes_back(running):
    item = item_of(joint(), "problem")
    with unit_of_work():
        decision = minutes.Decision(Outcome.KEPT_OPEN, open_reason="需核定人员")
        minutes.decide(running.office, database.session.get_one(AgendaItem, item.id), decision)
    resolve(running, item_of(joint(), "signal"))
    close(running, joint().id)
    assert (problem_of(running).state, problem_of(running).open_reason) == (ProblemState.OPEN, "需核定人员")
    play(date(2026, 8, 3))
    open_meetings(date(2026, 8, 3))
    assert item_of(joint(8), "problem").detail == "经费没有拨付"


def test_an_item_may_end_in_a_corrective_order_where_something_takes_them(running, monkeypatch):
    item = item_of(joint(), "signal")
    order = {"matter": "每周报进度", "owner_id": running.county.member.person_id, "due_on": LATER}
    monkeypatch.setattr(hooks, "_makers", [])
    with pytest.raises(FieldError), unit_of_work():
        minutes.decide(running.office, item, minutes.Decision(Outcome.CORRECTIVE, **order))
    taken = []
    monkeypatch.setattr(hooks, "_makers", [lambda actor, **facts: taken.append(facts)])
    with unit_of_work():
        decision = minutes.Decision(Outcome.CORRECTIVE, **order)
        minutes.decide(running.office, database.session.get_one(AgendaItem, item.id), decision)
    resolve(running, item_of(joint(), "problem"))
    close(running, joint().id)
    assert [(one["goal_id"], one["what"], one["source"], one["ordered_on"]) for one in taken] == [
        (running.red_goal_id, "每周报进度", f"meeting:{joint().id}", TODAY)
    ]
    assert len(queries.resolutions_of(joint().id)) == 1


def test_a_special_consultation_keeps_to_what_it_was_called_for_and_may_be_cancelled(made):
    call = services.Call("经费问题", TODAY, made.chair.person_id, (made.problem_id,))
    with pytest.raises(NotAllowed), unit_of_work():
        services.call_special(made.actor("head"), 2026, call)
    with pytest.raises(FieldError), unit_of_work():
        services.call_special(made.office, 2026, services.Call(" ", TODAY))
    with unit_of_work():
        meeting = services.call_special(made.actor("leader"), 2026, call)
        assert [item.detail for item in meeting.items] == ["经费没有拨付"]
        with pytest.raises(FieldError):
            services.cancel(made.office, meeting, reason="")
        services.cancel(made.office, meeting, reason="问题已解决")
        assert meeting.state is MeetingState.CANCELLED
    open_meetings()
    with pytest.raises(Conflict), unit_of_work():
        services.cancel(made.office, joint(), reason="没有问题")


def test_the_owner_reports_and_another_confirms(made):
    meeting = closed(made)
    resolution_id = queries.resolutions_of(meeting.id)[0].id

    def found():
        return database.session.get_one(Resolution, resolution_id)

    with pytest.raises(NotAllowed), unit_of_work():
        resolutions.report(made.actor("head"), found(), text="已拨付")
    with pytest.raises(Conflict), unit_of_work():
        resolutions.confirm(made.office, found())
    with unit_of_work():
        resolutions.report(made.actor("member"), found(), text="已拨付")
    with pytest.raises(NotAllowed), unit_of_work():
        resolutions.confirm(made.actor("member"), found())
    with unit_of_work():
        resolutions.send_back(made.office, found(), reason="请附凭证")
        resolutions.report(made.actor("member"), found(), text="已拨付，附凭证")
        resolutions.confirm(made.actor("chair"), found())
    assert found().state is ResolutionState.CONFIRMED


def test_nobody_confirms_what_they_reported(made):
    meeting = closed(made)
    resolution_id = queries.resolutions_of(meeting.id)[0].id
    resolution = database.session.get_one(Resolution, resolution_id)
    resolution.owner_id = made.county.office.person_id
    database.session.commit()
    with unit_of_work():
        resolutions.report(made.office, database.session.get_one(Resolution, resolution_id), text="已办")
    with pytest.raises(NotAllowed), unit_of_work():
        resolutions.confirm(made.office, database.session.get_one(Resolution, resolution_id))


def test_only_the_office_and_the_chair_prepare_and_a_regular_meeting_starts_in_its_period(made):
    open_meetings()
    with pytest.raises(NotAllowed), unit_of_work():
        services.refresh(made.actor("leader"), joint())
    with pytest.raises(DomainError), unit_of_work():
        services.send_invitations(made.office, joint())
    with unit_of_work():
        services.refresh(made.actor("chair"), joint())
    early = services.Arrangement(date(2026, 6, 30), "09:00", "", None)
    with pytest.raises(FieldError), unit_of_work():
        services.arrange(made.office, joint(), early)


def test_people_outside_the_department_see_only_meetings_they_are_invited_to(made):
    open_meetings()
    secretary = user_with_role(Role.TSC)
    with pytest.raises(NotFound):
        queries.get_meeting(actor_of(secretary), joint().id)
    with unit_of_work():
        services.add_person(made.office, joint(), secretary.person_id, opening.Capacity.OBSERVER)
    assert queries.get_meeting(actor_of(secretary), joint().id)


def test_what_waits_is_counted_as_it_is_listed(made):
    closed(made)
    for name in ("office", "leader", "member", "chair", "head"):
        who = made.actor(name)
        total = sum(database.session.scalar(select(one)) for one in waiting.counts(who, 2026))
        assert total == len(waiting.list_waiting(who, 2026))
    assert database.session.scalar(select(func.count()).select_from(Resolution)) == 2


def test_a_hand_added_item_needs_a_reason_and_is_minuted_like_the_others(running):
    with pytest.raises(DomainError), unit_of_work():
        services.add_item(running.office, joint(), subject="人员调配", detail="", reason=" ")
    with unit_of_work():
        services.add_item(running.office, joint(), subject="人员调配", detail="两人借调", reason="会上提出")
    minute_all(running, joint().id)
    close(running, joint().id)
    assert len(queries.resolutions_of(joint().id)) == 3
