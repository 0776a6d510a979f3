"""Examples of problems, meetings, and what meetings decided."""

from sqlalchemy import select

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.supervision.meetings import minutes, queries, resolutions, services
from fivestep_web.supervision.meetings.models import Meeting, Resolution
from fivestep_web.supervision.problems.services import raise_problem
from tests.factories.accounts import user_with_role
from tests.security.example import Example
from tests.supervision.meeting_steps import (
    LATER,
    TODAY,
    Meetings,
    begin,
    close,
    item_of,
    joint,
    make_meetings,
    minute_all,
    open_meetings,
    problem_of,
)

ARRANGED = {"planned_on": TODAY.isoformat(), "starts_at": "09:00", "place": "三楼会议室"}


def _meetings(*steps: str) -> Meetings:
    """Return the county whose July consultation was opened and taken these steps."""
    made = make_meetings()
    open_meetings()
    meeting_id = joint().id
    if "begin" in steps:
        begin(made, meeting_id)
    if "minute" in steps:
        minute_all(made, meeting_id)
    if "close" in steps:
        close(made, meeting_id)
    return made


def _problem(name: str, **data: object):
    def build() -> Example:
        made = make_meetings()
        stranger = user_with_role(Role.TSC) if name == "member" else None
        return Example(
            getattr(made.county, name),
            {"problem_id": made.problem_id},
            {"revision": problem_of(made).revision, "owner_id": made.county.head.person_id, **data},
            stranger=stranger,
        )

    return build


def problem_create():
    made = make_meetings()
    return Example(made.county.head, {}, {"goal_id": made.red_goal_id, "text": "人手不足"})


def problem_page():
    made = make_meetings()
    return Example(made.county.head, {"problem_id": made.problem_id}, stranger=user_with_role(Role.TSC))


def meeting_create():
    made = make_meetings()
    data = {"reason": "经费紧急", "planned_on": TODAY.isoformat(), "chair_id": made.chair.person_id}
    return Example(made.county.leader, {}, data)


def _step(*steps: str, **data: object):
    def build() -> Example:
        made = _meetings(*steps)
        meeting = joint()
        return Example(made.county.office, {"meeting_id": meeting.id}, {"revision": meeting.revision, **data})

    return build


def meeting_refresh():
    """Refresh after a problem was raised, so that there is something new to log."""
    made = _meetings()
    with unit_of_work():
        raise_problem(made.actor("head"), made.red_goal_id, text="人手不足")
    meeting = joint()
    return Example(made.county.office, {"meeting_id": meeting.id}, {"revision": meeting.revision})


def meeting_update():
    made = _meetings()
    meeting = joint()
    data = {**ARRANGED, "chair_id": made.chair.person_id, "revision": meeting.revision}
    return Example(made.county.office, {"meeting_id": meeting.id}, data)


def _arranged(made: Meetings, *, is_invited: bool) -> Meeting:
    with unit_of_work():
        meeting = queries.get_meeting(made.office, joint().id, lock=True)
        wanted = services.Arrangement(TODAY, "09:00", "三楼会议室", meeting.chair_id)
        services.arrange(made.office, meeting, wanted)
        if is_invited:
            services.send_invitations(made.office, meeting)
    return joint()


def meeting_invite():
    made = _meetings()
    meeting = _arranged(made, is_invited=False)
    return Example(made.county.office, {"meeting_id": meeting.id}, {"revision": meeting.revision})


def meeting_start():
    made = _meetings()
    meeting = _arranged(made, is_invited=True)
    return Example(made.county.office, {"meeting_id": meeting.id}, {"revision": meeting.revision})


def meeting_cancel():
    made = make_meetings()
    with unit_of_work():
        meeting = services.call_special(made.office, 2026, services.Call("经费紧急", TODAY))
    data = {"reason": "已解决", "revision": meeting.revision}
    return Example(made.county.office, {"meeting_id": meeting.id}, data)


def meeting_read():
    made = _meetings("begin", "minute", "close")
    meeting = joint()
    return Example(
        made.county.leader,
        {"meeting_id": meeting.id},
        {"revision": meeting.revision},
        stranger=user_with_role(Role.TSC),
    )


def attendance_update():
    made = _meetings("begin")
    meeting = joint()
    data: dict[str, object] = {"revision": meeting.revision}
    for row in meeting.attendances:
        data |= {f"presence_{row.id}": "leave", f"note_{row.id}": "出差"}
    return Example(made.county.office, {"meeting_id": meeting.id}, data)


def person_add():
    made = _meetings()
    meeting = joint()
    person_id = user_with_role(Role.TSC).person_id
    data = {"person_id": person_id, "capacity": "observer", "revision": meeting.revision}
    return Example(made.county.office, {"meeting_id": meeting.id}, data, 200)


def _item(*steps: str, **data: object):
    def build() -> Example:
        made = _meetings(*steps)
        item = item_of(joint(), "problem")
        values = {"meeting_id": item.meeting_id, "item_id": item.id}
        return Example(made.county.office, values, {"revision": item.revision, **data})

    return build


def item_restore():
    made = _meetings()
    with unit_of_work():
        services.postpone(made.office, item_of(joint(), "problem"), reason="材料未齐")
    item = item_of(joint(), "problem")
    values = {"meeting_id": item.meeting_id, "item_id": item.id}
    return Example(made.county.office, values, {"revision": item.revision})


def _resolution(name: str, *, is_reported: bool, **data: object):
    def build() -> Example:
        made = _meetings("begin", "minute", "close")
        if is_reported:
            with unit_of_work():
                resolutions.report(made.actor("member"), _found(), text="已拨付")
        found = _found()
        stranger = user_with_role(Role.TSC) if name == "member" else None
        values, sent = {"resolution_id": found.id}, {"revision": found.revision, **data}
        return Example(getattr(made.county, name), values, sent, stranger=stranger)

    return build


def _found() -> Resolution:
    return db.session.scalars(select(Resolution).order_by(Resolution.id).limit(1)).one()


OUTCOME = {"outcome": minutes.Outcome.KEPT_OPEN.value, "open_reason": "需核定人员"}
UNSAFE = {
    "problems.problem_create": problem_create,
    "problems.problem_solve": _problem("leader", solution="协调拨付", due_on=LATER.isoformat()),
    "problems.problem_withdraw": _problem("member", reason="已自行解决"),
    "meetings.meeting_create": meeting_create,
    "meetings.meeting_update": meeting_update,
    "meetings.meeting_refresh": meeting_refresh,
    "meetings.meeting_invite": meeting_invite,
    "meetings.meeting_start": meeting_start,
    "meetings.meeting_close": _step("begin", "minute"),
    "meetings.meeting_cancel": meeting_cancel,
    "meetings.meeting_read": meeting_read,
    "meetings.meeting_correct": _step("begin", "minute", "close", text="时限应为8月5日"),
    "meeting_people.attendance_update": attendance_update,
    "meeting_people.person_add": person_add,
    "agenda.item_create": _step("begin", subject="人员调配", reason="会上提出", goal_id=""),
    "agenda.item_postpone": _item(reason="材料未齐"),
    "agenda.item_restore": item_restore,
    "agenda.outcome_update": _item("begin", **OUTCOME),
    "resolutions.resolution_report": _resolution("member", is_reported=False, text="已拨付"),
    "resolutions.resolution_confirm": _resolution("office", is_reported=True),
    "resolutions.resolution_return": _resolution("office", is_reported=True, reason="请附凭证"),
}
PAGES = {
    "problems.problem_show": problem_page,
    "meetings.meeting_show": meeting_read,
    "meetings.meeting_edit": meeting_update,
    "meeting_people.attendance_edit": meeting_update,
    "agenda.item_new": meeting_update,
    "agenda.item_show": _item("begin"),
    "agenda.outcome_edit": _item("begin"),
    "resolutions.resolution_show": _resolution("member", is_reported=False),
}
