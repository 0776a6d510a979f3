"""Open a quarterly review, report, remark, hand in, review (R5.5, R5.6)."""

from dataclasses import replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment.daily import moves
from fivestep_web.assessment.daily.bulletins import figures
from fivestep_web.assessment.daily.bulletins.rules import Figures
from fivestep_web.assessment.daily.bulletins.services import has_ledger
from fivestep_web.assessment.daily.reviews import orders, payloads, policy, queries, rules
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview, UnitRemark, UnitReport
from fivestep_web.assessment.daily.reviews.rules import QUARTERS, Parts, quarter_end
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import SYSTEM, Actor
from fivestep_web.documents import services as documents
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from fivestep_web.supervision.evaluations.rules import Rating


def draft(actor: Actor, year: int, quarter: int) -> QuarterlyReview:
    """Open the review of a quarter that is over, with the ledger's figures of its last day.

    Raises NotAllowed, NotFound for no quarter of a planned year, Conflict before the quarter is over, when
    it is open already, and while the ledger holds nothing.
    """
    if actor is not SYSTEM:
        moves.require_preparer(actor)
    known = db.session.scalar(select(PlanYear.year).where(PlanYear.year == year).with_for_update())
    if known is None or quarter not in QUARTERS:
        raise NotFound(_("没有这个季度。"))
    if quarter_end(year, quarter) >= clock.today():
        raise Conflict(_("这个季度还没有过完，季末以后才能启动点评。"))
    if queries.find_review(year, quarter):
        raise Conflict(_("这个季度的点评已经启动。"))
    if not has_ledger(year, quarter_end(year, quarter)):
        raise Conflict(_("季末台账还没有任何事项，没有可以点评的内容。"))
    review = QuarterlyReview(
        year=year,
        quarter=quarter,
        figures=_compute(year, quarter).as_json(),
        parts=Parts().as_json(),
        computed_at=clock.now(),
    )
    db.session.add(review)
    db.session.flush()
    record(actor, "review.opened", f"review:{review.id}", year=year, quarter=quarter)
    return review


def _compute(year: int, quarter: int) -> Figures:
    return figures.compute(year, quarter * rules.MONTHS_IN_QUARTER)


def draft_due(today: date) -> int:
    """Open every review of this year and the last that is missing on *today*; return how many."""
    made = 0
    for year in db.session.scalars(
        select(PlanYear.year).where(PlanYear.year.in_((today.year - 1, today.year))).order_by(PlanYear.year)
    ).all():
        opened = queries.list_reviews(year)
        for quarter in QUARTERS:
            end = quarter_end(year, quarter)
            if quarter not in opened and end < today and has_ledger(year, end):
                draft(SYSTEM, year, quarter)
                made += 1
    return made


def refresh(actor: Actor, review: QuarterlyReview) -> None:
    """Compute the figures anew from the ledger as it now is."""
    moves.require_open(actor, review)
    review.figures = _compute(review.year, review.quarter).as_json()
    review.computed_at = clock.now()
    db.session.flush()
    record(actor, "review.refreshed", f"review:{review.id}", year=review.year, quarter=review.quarter)


def is_outdated(review: QuarterlyReview) -> bool:
    """Tell whether the ledger says something else by now than the open review."""
    return review.state.is_open and _compute(review.year, review.quarter) != Figures.from_json(review.figures)


def edit(actor: Actor, review: QuarterlyReview, parts: Parts) -> None:
    """Store what the office wrote; FieldError for a meeting before the quarter's end or later than today."""
    moves.require_open(actor, review)
    if parts.held_on:
        held_on = date.fromisoformat(parts.held_on)
        if held_on > clock.today():
            raise FieldError("held_on", _("点评会的日期不能晚于今天，请在会后填写。"))
        if held_on < date(review.year, review.quarter * rules.MONTHS_IN_QUARTER - 2, 1):
            raise FieldError("held_on", _("点评会的日期早于这个季度，请核对。"))
    review.parts = parts.as_json()
    db.session.flush()
    record(actor, "review.edited", f"review:{review.id}", year=review.year, quarter=review.quarter)


def report(actor: Actor, review: QuarterlyReview, unit_id: int, text: str) -> UnitReport:
    """Store what a unit reports on its quarter, in place of what it reported before."""
    if not policy.may_report(actor, unit_id) or actor.person_id is None:
        raise NotAllowed(_("汇报由本单位负责人填写。"))
    _require_collecting(review)
    if not text.strip():
        raise FieldError("report", _("请填写本季度工作目标完成情况。"))
    found = queries.find_report(review.id, unit_id) or UnitReport(review_id=review.id, unit_id=unit_id)
    found.report, found.reported_by_id, found.reported_at = text.strip(), actor.person_id, clock.now()
    db.session.add(found)
    db.session.flush()
    record(
        actor, "review.reported", f"review:{review.id}",
        year=review.year, quarter=review.quarter, unit=unit_id,
    )  # fmt: skip
    return found


def remark(
    actor: Actor,
    review: QuarterlyReview,
    unit_id: int,
    *,
    affirmed: str,
    shortcomings: str,
    grade: Rating | None,
) -> UnitRemark:
    """Store the actor's remark on a unit, in place of the own earlier one (R5.6).

    Raises NotAllowed for units not in charge of, FieldError for an empty field: 无 must be written.
    """
    if not policy.may_remark(actor, unit_id) or actor.person_id is None:
        raise NotAllowed(_("您点评自己分管的单位；部长、常务副部长可以点评所有单位。"))
    _require_collecting(review)
    if not affirmed.strip():
        raise FieldError("affirmed", _("请填写肯定的成绩，没有的写“无”。"))
    if not shortcomings.strip():
        raise FieldError("shortcomings", _("请填写指出的不足，没有的写“无”。"))
    found = queries.find_remark(review.id, unit_id, actor.person_id) or UnitRemark(
        review_id=review.id, unit_id=unit_id, leader_id=actor.person_id
    )
    found.position, found.grade = actor.position or actor.name, grade
    found.affirmed, found.shortcomings = affirmed.strip(), shortcomings.strip()
    found.remarked_at = clock.now()
    db.session.add(found)
    db.session.flush()
    record(
        actor, "review.remarked", f"review:{review.id}",
        year=review.year, quarter=review.quarter, unit=unit_id,
    )  # fmt: skip
    return found


def _require_collecting(review: QuarterlyReview) -> None:
    if not review.state.is_open:
        raise Conflict(_("这次点评现在是“%(state)s”，不能再改汇报和点评。", state=review.state.label))


def submit(actor: Actor, review: QuarterlyReview) -> None:
    """Hand the review in and have its Word file made; DomainError while a unit has no remark (R5.6).

    What the stage evaluations proposed and the corrective orders are kept with it as they are: a later
    evaluation or extension changes nothing in it any more.
    """
    moves.require_preparer(actor)
    units = [(unit.unit_id, unit.name) for unit in queries.units_of(review)]
    parts = replace(
        Parts.from_json(review.parts), ratings=queries.ratings_of(review), orders=orders.printed(review)
    )
    if found := rules.faults(parts, units, queries.list_remarks(review)):
        raise DomainError("".join(found))
    review.parts = parts.as_json()
    moves.hand_in(actor, review)
    _ask(actor, review)
    record(actor, "review.submitted", f"review:{review.id}", year=review.year, quarter=review.quarter)


def _ask(actor: Actor, review: QuarterlyReview) -> None:
    request = payloads.review_request(review)
    documents.request_documents(actor, review.year, [request], request.title)


def send_back(actor: Actor, review: QuarterlyReview, *, reason: str) -> None:
    """Return the review to the office with the reason; reports and remarks may be mended again."""
    moves.send_back(actor, review, reason)
    record(
        actor, "review.returned", f"review:{review.id}",
        year=review.year, quarter=review.quarter, reason=review.reason,
    )  # fmt: skip


def pass_on(actor: Actor, review: QuarterlyReview) -> None:
    """Pass the review: its document may take a number."""
    moves.pass_on(actor, review)
    _ask(SYSTEM, review)
    record(actor, "review.reviewed", f"review:{review.id}", year=review.year, quarter=review.quarter)


def reopen(actor: Actor, review: QuarterlyReview, *, reason: str) -> None:
    """Take a reviewed review up again; Conflict while a number taken is not issued."""
    moves.take_up(actor, review, reason, (queries.KIND, review.year, queries.subject_of(review.quarter)))
    record(
        actor, "review.reopened", f"review:{review.id}",
        year=review.year, quarter=review.quarter, reason=review.reason,
    )  # fmt: skip
