"""What waits of step 3 推进, part by part, for the today page."""

from itertools import islice
from typing import Any, NamedTuple, Protocol

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ScalarSelect, select

from fivestep_web.core.permissions import Actor
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.dashboard.waiting import SHOWN, Waiting
from fivestep_web.execution.acceptance import waiting as acceptance
from fivestep_web.execution.planning import waiting as planning
from fivestep_web.extensions import db
from fivestep_web.supervision.correctives import waiting as correctives
from fivestep_web.supervision.evaluations import waiting as evaluations
from fivestep_web.supervision.extensions import waiting as extensions
from fivestep_web.supervision.feedback import waiting as feedback
from fivestep_web.supervision.inquiries import waiting as inquiries
from fivestep_web.supervision.limits import waiting as limits
from fivestep_web.supervision.meetings import waiting as meetings
from fivestep_web.supervision.notices import waiting as notices
from fivestep_web.supervision.problems import waiting as problems


class Source(Protocol):
    """A module that tells what waits for somebody in a year."""

    def list_waiting(self, actor: Actor, year: int) -> list[WaitingItem]: ...

    def counts(self, actor: Actor, year: int) -> list[ScalarSelect[int]]: ...


class Part(NamedTuple):
    """A heading of the today page, where the whole list is, and what it holds."""

    heading: Any
    endpoint: str
    waiting: Waiting


PARTS: tuple[tuple[Any, str, Source], ...] = (
    (_l("超时限未办"), "limits.limit_index", limits),
    (_l("督办"), "notices.notice_index", notices),
    (_l("质询和指导性意见"), "inquiries.inquiry_index", inquiries),
    (_l("倒排工期"), "plans.plan_index", planning),
    (_l("阶段验收"), "acceptance.milestone_index", acceptance),
    (_l("会商和议定事项"), "meetings.meeting_index", meetings),
    (_l("待解决的问题"), "problems.problem_index", problems),
    (_l("纠偏措施"), "correctives.corrective_index", correctives),
    (_l("阶段评估"), "evaluations.evaluation_index", evaluations),
    (_l("信息反馈"), "feedback.feedback_index", feedback),
    (_l("延期申请"), "extension_requests.extension_index", extensions),
)


def list_parts(actor: Actor, year: int) -> list[Part]:
    """Return the parts in which something waits for the actor; one statement tells which need reading.

    What counts nothing, because it waits in another part as well, is read always.
    """
    subqueries = [source.counts(actor, year) for _heading, _endpoint, source in PARTS]
    flat = [count for found in subqueries for count in found]
    figures = iter(db.session.execute(select(*flat)).one() if flat else ())
    sums = [sum(islice(figures, len(found))) for found in subqueries]
    parts = [
        Part(heading, endpoint, _waiting(source.list_waiting(actor, year)))
        for (heading, endpoint, source), counted, waits in zip(PARTS, subqueries, sums, strict=True)
        if waits or not counted
    ]
    return [part for part in parts if part.waiting.count]


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits in all parts."""
    return [count for _heading, _endpoint, source in PARTS for count in source.counts(actor, year)]


def _waiting(items: list[WaitingItem]) -> Waiting:
    return Waiting(
        len(items),
        [(item.label, item.note, url_for(item.endpoint, **item.values)) for item in items[:SHOWN]],
    )
