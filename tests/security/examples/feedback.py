"""Examples of feedback, extension requests and time limits."""

from datetime import date

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.supervision.extensions import services as extensions
from fivestep_web.supervision.feedback.rules import Saying
from fivestep_web.supervision.limits.rules import DEFAULTS
from tests.factories.accounts import user_with_role
from tests.factories.feedback import feedback_of, make_feedback, say, send
from tests.factories.ledger import County, actor_of
from tests.security.example import Example

YEAR = {"year": 2026}
TEXTS = {"completion": "按计划推进。", "problems": "无", "suggestions": "无"}


def _revision(county: County) -> int:
    return feedback_of(county).revision


def feedback_draft():
    county = make_feedback()
    other = user_with_role(Role.SHD)
    return Example(county.head, {"feedback_id": feedback_of(county).id}, TEXTS, stranger=other)


def feedback_send():
    county = make_feedback()
    data = TEXTS | {"revision": _revision(county)}
    return Example(
        county.head, {"feedback_id": feedback_of(county).id}, data, stranger=user_with_role(Role.SHD)
    )


def _said(saying: Saying) -> tuple[County, Example]:
    county = make_feedback()
    feedback_id = send(county)
    if saying is Saying.REPLY:
        say(county.leader, feedback_id, Saying.QUESTION)
    is_leaders = saying is not Saying.REPLY
    data = {f"{saying}-text": "请说明进度。", f"{saying}-revision": _revision(county)}
    return county, Example(
        county.leader if is_leaders else county.head,
        {"feedback_id": feedback_id},
        data,
        stranger=user_with_role(Role.DEP if is_leaders else Role.SHD),
    )


def feedback_answer():
    return _said(Saying.ANSWER)[1]


def feedback_question():
    return _said(Saying.QUESTION)[1]


def feedback_reply():
    return _said(Saying.REPLY)[1]


def feedback_show():
    county = make_feedback()
    feedback_id = send(county)
    return Example(county.leader, {"feedback_id": feedback_id}, stranger=user_with_role(Role.TSC))


def feedback_month():
    county = make_feedback()
    return Example(county.office, {"year": 2026, "month": 6})


def schedule_update():
    county = make_feedback()
    return Example(county.office, YEAR, {"workday_offset": "-2", "seen": "0"})


def limit_update():
    county = make_feedback()
    days = {kind.value: str(days + 1) for kind, days in DEFAULTS.items()}
    return Example(county.office, YEAR, days | {"seen": "0"})


ASKED = {"asked_due_on": "2026-07-03", "reason": "主要负责人参加培训"}


def _item(county: County) -> dict[str, object]:
    return {"kind": "feedback", "item_id": feedback_of(county).id}


def extension_new():
    county = make_feedback()
    return Example(county.head, _item(county), stranger=user_with_role(Role.SHD))


def extension_create():
    county = make_feedback()
    return Example(county.head, _item(county), ASKED, stranger=user_with_role(Role.SHD))


def _requested() -> tuple[County, dict[str, object]]:
    county = make_feedback()
    with unit_of_work():
        made = extensions.ask(
            actor_of(county.head),
            "feedback",
            feedback_of(county).id,
            asked_due_on=date(2026, 7, 3),
            reason="参加培训",
        )
        return county, {"request_id": made.id}


def extension_show():
    county, values = _requested()
    return Example(county.leader, values, stranger=user_with_role(Role.DEP))


def extension_grant():
    county, values = _requested()
    data = {"grant-reason": "同意", "grant-revision": "1"}
    return Example(county.leader, values, data, stranger=user_with_role(Role.DEP))


def extension_refuse():
    county, values = _requested()
    data = {"refuse-reason": "请按时报送", "refuse-revision": "1"}
    return Example(county.leader, values, data, stranger=user_with_role(Role.DEP))


def extension_withdraw():
    county, values = _requested()
    return Example(county.head, values, {"revision": "1"}, stranger=user_with_role(Role.SHD))


UNSAFE = {
    "feedback.feedback_draft": feedback_draft,
    "feedback.feedback_send": feedback_send,
    "feedback.feedback_answer": feedback_answer,
    "feedback.feedback_question": feedback_question,
    "feedback.feedback_reply": feedback_reply,
    "feedback.schedule_update": schedule_update,
    "limits.limit_update": limit_update,
    "extension_requests.extension_create": extension_create,
    "extension_requests.extension_grant": extension_grant,
    "extension_requests.extension_refuse": extension_refuse,
    "extension_requests.extension_withdraw": extension_withdraw,
}
PAGES = {
    "feedback.feedback_show": feedback_show,
    "feedback.feedback_month": feedback_month,
    "extension_requests.extension_new": extension_new,
    "extension_requests.extension_show": extension_show,
}
