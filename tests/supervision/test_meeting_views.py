"""The pages of problems and meetings: what they show, how they answer what is typed."""

import re
from datetime import date

import pytest

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.supervision.meetings import queries, services
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting, Resolution
from fivestep_web.supervision.meetings.rules import (
    Capacity,
    MeetingKind,
    MeetingState,
    Outcome,
    Presence,
    ResolutionState,
)
from fivestep_web.supervision.problems.rules import ProblemState
from fivestep_web.supervision.problems.services import raise_problem
from tests.factories.accounts import user_with_role
from tests.supervision.meeting_steps import (
    begin,
    closed,
    item_of,
    joint,
    make_meetings,
    meeting_of,
    open_meetings,
    problem_of,
)
from tests.web import get, post

pytestmark = pytest.mark.one_database


@pytest.fixture
def made(db):
    found = make_meetings()
    open_meetings()
    return found


def text(answer):
    return answer.get_data(as_text=True)


def url(meeting: Meeting) -> str:
    return f"/meetings/{meeting.id}"


def test_the_year_shows_twelve_months_and_four_quarters_held_or_missed(made, login):
    page = text(get(login(made.county.member), "/meetings"))
    for words in ("12月", "第四季度", "未召开", "待召开", "07-15", "筹备"):
        assert words in page
    assert "召集临时会商" not in page


def test_the_page_of_a_meeting_shows_agenda_and_people(made, login):
    page = text(get(login(made.county.office), url(joint())))
    for words in ("走访全覆盖", "红灯", "经费没有拨付", "填写会议安排", "单位负责人", "缓议"):
        assert words in page
    assert "缓议" not in text(get(login(made.county.member), url(joint())))


def test_a_township_reads_only_meetings_it_is_invited_to(made, login):
    client = login(user_with_role(Role.TSC))
    assert get(client, "/meetings").status_code == 200
    assert get(client, url(joint())).status_code == 404


def test_a_meeting_is_arranged_invited_started_minuted_and_closed_without_scripts(made, login):
    client, office = login(made.county.office), url(joint())

    def revision():
        database.session.rollback()
        return str(joint().revision)

    data = {
        "planned_on": "2026-07-16",
        "starts_at": "09:30",
        "place": "三楼",
        "chair_id": made.chair.person_id,
    }
    answer = post(client, f"{office}/edit", {**data, "planned_on": "2026-06-01", "revision": revision()})
    assert (answer.status_code, "不能早于2026-07-01" in text(answer)) == (422, True)
    assert post(client, f"{office}/edit", {**data, "revision": revision()}).status_code == 303
    assert post(client, f"{office}/invite", {"revision": revision()}).status_code == 303
    assert post(client, f"{office}/start", {"revision": revision()}).status_code == 303
    answer = post(client, f"{office}/close", {"revision": revision()})
    assert (answer.status_code, "还没有结果" in text(answer)) == (422, True)
    rows = {f"presence_{row.id}": "present" for row in joint().attendances}
    rows |= {f"note_{row.id}": "" for row in joint().attendances}
    assert post(client, f"{office}/attendance", {**rows, "revision": revision()}).status_code == 303
    for item in joint().items:
        said = {
            "outcome": "resolved",
            "matter": "加派人手",
            "unit_id": "",
            "owner_id": str(made.county.member.person_id),
            "due_on": "2026-07-31",
        }
        answer = post(client, f"{office}/items/{item.id}/outcome", {**said, "revision": item.revision})
        assert answer.location.endswith(f"#item-{item.id}")
    assert post(client, f"{office}/close", {"revision": revision()}).status_code == 303
    page = text(get(client, office))
    for words in ("加派人手", "未阅", "附勘误", "议定事项"):
        assert words in page


def test_an_outcome_is_minuted_in_its_row_and_what_was_typed_is_kept(made, login):
    begin(made, joint().id)
    client, item = login(made.county.office), item_of(joint(), "problem")
    address = f"{url(joint())}/items/{item.id}"
    fragment = get(client, f"{address}/outcome", htmx=True)
    assert text(fragment).lstrip().startswith(f'<tr id="item-{item.id}"')
    assert "下达纠偏措施" in text(fragment)
    assert "<html" in text(get(client, f"{address}/outcome"))
    assert text(get(client, address, htmx=True)).lstrip().startswith(f'<tr id="item-{item.id}"')
    said = {
        "outcome": "resolved",
        "matter": "请财政局办理",
        "due_on": "2026-07-01",
        "revision": item.revision,
    }
    answer = post(client, f"{address}/outcome", said, htmx=True)
    assert answer.status_code == 422
    assert "请财政局办理" in text(answer)
    answer = post(client, f"{address}/outcome", {**said, "due_on": ""}, htmx=True)
    assert (answer.status_code, "缺责任人、时限" in text(answer)) == (200, True)
    stale = post(client, f"{address}/outcome", {**said, "due_on": ""}, htmx=True)
    assert stale.status_code == 409
    database.session.rollback()
    assert database.session.get_one(AgendaItem, item.id).outcome is Outcome.RESOLVED
    page = text(get(client, url(joint())))
    assert f'href="#item-{item.id}"' in page


def test_items_are_added_and_postponed_with_a_reason(made, login):
    client, item = login(made.county.office), item_of(joint(), "problem")
    address = url(joint())
    assert get(client, f"{address}/items/new").status_code == 200
    answer = post(client, f"{address}/items", {"subject": "人员", "reason": "", "revision": joint().revision})
    assert answer.status_code == 422
    sent = {"subject": "人员", "reason": "领导提议", "goal_id": "", "revision": joint().revision}
    assert post(client, f"{address}/items", sent).status_code == 303
    step = f"{address}/items/{item.id}"
    answer = post(client, f"{step}/postpone", {"reason": "", "revision": item.revision})
    assert (answer.status_code, "请写明理由" in text(answer)) == (422, True)
    sent = {"reason": "材料未齐", "revision": item.revision}
    assert post(client, f"{step}/postpone", sent).status_code == 303
    assert "缓议：材料未齐" in text(get(client, address))
    database.session.rollback()
    sent = {"revision": database.session.get_one(AgendaItem, item.id).revision}
    assert post(client, f"{step}/restore", sent).status_code == 303


def test_a_special_consultation_is_called_for_chosen_problems(made, login):
    client = login(made.chair)
    assert "经费没有拨付" in text(get(client, "/meetings/new"))
    sent = {"reason": "", "planned_on": "2026-07-17", "chair_id": made.chair.person_id}
    assert post(client, "/meetings", sent).status_code == 422
    sent |= {"reason": "经费紧急", "problem_ids": [str(made.problem_id)]}
    answer = post(client, "/meetings", sent)
    meeting = meeting_of(MeetingKind.SPECIAL, 1)
    assert (answer.status_code, answer.location) == (303, url(meeting))
    page = text(get(client, url(meeting)))
    assert "取消会议" in page
    answer = post(client, f"{url(meeting)}/cancel", {"reason": "已解决", "revision": meeting.revision})
    assert answer.status_code == 303
    database.session.rollback()
    assert meeting_of(MeetingKind.SPECIAL, 1).state is MeetingState.CANCELLED


def test_a_leader_reads_the_minutes_and_the_office_corrects_them(made, login):
    meeting = closed(made)
    client = login(made.county.leader)
    assert "已阅" in text(get(client, url(meeting)))
    assert post(client, f"{url(meeting)}/read", {"revision": meeting.revision}).status_code == 303
    receipt = queries.find_receipt(meeting.id, made.county.leader.person_id)
    assert receipt is not None
    assert receipt.read_at is not None
    client = login(made.county.office)
    sent = {"text": "时限应为8月5日", "revision": meeting.revision}
    assert post(client, f"{url(meeting)}/errata", sent).status_code == 303
    assert "时限应为8月5日" in text(get(client, url(meeting)))
    assert post(client, f"{url(meeting)}/errata", {**sent, "text": ""}).status_code == 422


def test_what_was_decided_is_reported_and_confirmed(made, login):
    found = queries.resolutions_of(closed(made).id)[0]
    address = f"/meetings/resolutions/{found.id}"
    client = login(made.county.member)
    assert "余15天" in text(get(client, "/meetings/resolutions?own=1"))
    assert post(client, f"{address}/report", {"text": "", "revision": found.revision}).status_code == 422
    assert (
        post(client, f"{address}/report", {"text": "已拨付", "revision": found.revision}).status_code == 303
    )
    client = login(made.county.office)
    assert "确认办结" in text(get(client, address))
    database.session.rollback()
    revision = database.session.get_one(Resolution, found.id).revision
    assert post(client, f"{address}/return", {"reason": "", "revision": revision}).status_code == 422
    assert post(client, f"{address}/confirm", {"revision": revision}).status_code == 303
    database.session.rollback()
    assert database.session.get_one(Resolution, found.id).state is ResolutionState.CONFIRMED


def test_people_are_added_to_the_list(made, login):
    client, address = login(made.county.office), url(joint())
    person_id = user_with_role(Role.TSC).person_id
    sent = {"person_id": str(person_id), "capacity": "observer", "revision": joint().revision}
    assert get(client, f"{address}/attendance").status_code == 200
    assert post(client, f"{address}/people", {**sent, "person_id": ""}).status_code == 422
    assert post(client, f"{address}/people", sent).status_code == 200
    database.session.rollback()
    assert post(client, f"{address}/people", {**sent, "revision": joint().revision}).status_code == 422


def checked(page):
    """Return what is marked on the page of the list, by the row's id."""
    return dict(
        re.findall(r'<input checked class="[^"]*" id="[^"]*" name="presence_(\d+)" [^>]*value="(\w+)"', page)
    )


def test_everybody_is_offered_as_present_and_counts_once_saved(made, login):
    begin(made, joint().id, is_marked=False)
    client, address = login(made.county.office), url(joint())
    page = text(get(client, f"{address}/attendance"))
    rows = [str(row.id) for row in joint().attendances]
    assert checked(page) == dict.fromkeys(rows, "present")
    assert f"还没有登记的{len(rows)}人" in page
    assert {row.presence for row in joint().attendances} == {Presence.INVITED}
    away = {f"presence_{rows[-1]}": "leave", f"note_{rows[-1]}": "出差", "revision": joint().revision}
    more = {"person_id": str(user_with_role(Role.TSC).person_id), "capacity": "observer"}
    page = text(post(client, f"{address}/people", {**away, **more}))
    assert checked(page)[rows[-1]] == "leave"
    assert "出差" in page
    assert post(client, f"{address}/attendance", away).status_code == 303
    database.session.rollback()
    assert [row.presence for row in joint().attendances if row.presence is not Presence.INVITED] == [
        Presence.LEAVE
    ]
    assert post(client, f"{address}/attendance", away).status_code == 409


def test_before_the_meeting_only_leave_is_noted(made, login):
    client, address = login(made.county.office), url(joint())
    (row, *_rest) = joint().attendances
    sent = {"revision": joint().revision, f"note_{row.id}": ""}
    assert post(client, f"{address}/attendance", {**sent, f"presence_{row.id}": "present"}).status_code == 422
    assert post(client, f"{address}/attendance", {**sent, f"presence_{row.id}": "leave"}).status_code == 303


def test_problems_are_raised_solved_and_withdrawn_on_their_pages(made, login):
    client = login(made.county.head)
    assert "走访全覆盖" in text(get(client, f"/problems/new?goal={made.red_goal_id}"))
    sent = {"goal_id": str(made.red_goal_id), "text": "", "suggestion": "加派人手"}
    answer = post(client, "/problems", sent)
    assert (answer.status_code, "加派人手" in text(answer)) == (422, True)
    assert post(client, "/problems", {**sent, "text": "人手不足"}).status_code == 303
    page = text(get(client, f"/problems?goal={made.red_goal_id}"))
    assert "人手不足" in page
    assert "经费没有拨付" not in page
    client, problem = login(made.county.leader), problem_of(made)
    address = f"/problems/{problem.id}"
    sent = {"solution": "协调", "owner_id": str(made.county.head.person_id), "due_on": "", "revision": "1"}
    assert post(client, f"{address}/solve", sent).status_code == 422
    assert post(client, f"{address}/solve", {**sent, "due_on": "2026-07-31"}).status_code == 303
    database.session.rollback()
    assert problem_of(made).state is ProblemState.SOLVED
    assert "当日" in text(get(client, address))


def test_its_raiser_withdraws_a_problem(made, login):
    client, problem = login(made.county.member), problem_of(made)
    address = f"/problems/{problem.id}"
    assert "撤回" in text(get(client, address))
    answer = post(client, f"{address}/withdraw", {"reason": "", "revision": problem.revision})
    assert answer.status_code == 422
    answer = post(client, f"{address}/withdraw", {"reason": "已解决", "revision": problem.revision})
    assert answer.status_code == 303


def test_a_day_of_a_year_without_calendar_says_so(made, login):
    with unit_of_work():
        joint().planned_on = date(2035, 7, 16)
    assert "节假日安排未发布" in text(get(login(made.county.office), url(joint())))


def test_pages_cost_the_same_whatever_the_meeting_holds(made, login, count_queries):
    def costs():
        found = []
        for address in (url(joint()), "/problems", "/meetings"):
            client = login(made.county.office)
            count_queries.statements.clear()
            assert get(client, address).status_code == 200
            found.append(len(count_queries))
        return found

    before = costs()
    with unit_of_work():
        for number in range(3):
            services.add_item(
                made.office,
                joint(),
                subject=f"事项{number}",
                detail="",
                reason="会上提出",
                goal_id=made.red_goal_id,
            )
            raise_problem(made.actor("head"), made.red_goal_id, text=f"人手不足{number}")
        services.add_person(made.office, joint(), user_with_role(Role.TSC).person_id, Capacity.OBSERVER)
    assert costs() == before
