"""What the pages of the quarterly reviews show, as ready texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from fivestep_web.assessment.daily import moves
from fivestep_web.assessment.daily.bulletins.page import LINE, TONES
from fivestep_web.assessment.daily.bulletins.rules import UnitFigures
from fivestep_web.assessment.daily.papers import Paper
from fivestep_web.assessment.daily.reviews import orders, queries, services
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview, UnitRemark, UnitReport
from fivestep_web.assessment.daily.reviews.payloads import standing_of
from fivestep_web.assessment.daily.reviews.rules import (
    QUARTER_NAMES,
    QUARTERS,
    Order,
    Parts,
    quarter_end,
    review_due,
)
from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.numbers.rules import Stage
from fivestep_web.documents.values import percentage
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.correctives.models import CorrectiveOrder


@dataclass(frozen=True, slots=True)
class QuarterLine:
    """A quarter of the index; *held* says when the meeting was held, or that it was missed."""

    quarter: int
    name: str
    state: str
    tone: str
    is_opened: bool
    may_open: bool
    due_on: date
    held: str
    number: str


def quarter_name(quarter: int) -> str:
    """Return 第二季度."""
    return str(_("第%(name)s季度", name=QUARTER_NAMES[quarter - 1]))


def quarter_lines(actor: Actor, year: int) -> list[QuarterLine]:
    """Return the four quarters of a year: opened or not, held or missed (R5.5)."""
    reviews, papers = queries.list_reviews(year), queries.papers(actor, year)
    return [
        _line(actor, year, quarter, reviews.get(quarter), papers.get(queries.subject_of(quarter)))
        for quarter in QUARTERS
    ]


def _line(
    actor: Actor, year: int, quarter: int, review: QuarterlyReview | None, paper: Paper | None
) -> QuarterLine:
    is_over = quarter_end(year, quarter) < clock.today()
    due_on = review_due(year, quarter, get_calendar())
    state, tone = state_of(review, paper) if review else (_("未启动") if is_over else _("未到季末"), "quiet")
    held_on = Parts.from_json(review.parts).held_on if review else ""
    missed = _("未召开") if clock.today() > due_on else "—"
    return QuarterLine(
        quarter=quarter,
        name=quarter_name(quarter),
        state=state,
        tone=tone,
        is_opened=review is not None,
        may_open=review is None and is_over and moves.may_prepare(actor),
        due_on=due_on,
        held=held_on or missed,
        number=paper.number if paper else "",
    )


def state_of(review: QuarterlyReview, paper: Paper | None) -> tuple[str, str]:
    """Return the word and the tone of how far a review is: that of its number once it has one."""
    if review.state is PaperState.REVIEWED and paper is not None and paper.number:
        return paper.stage.value, "done" if paper.stage is Stage.ISSUED else "waiting"
    label = _("汇报点评中") if review.state is PaperState.DRAFT else review.state.label
    return str(label), TONES[review.state]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit of a review: its figures, report and remarks."""

    unit: UnitFigures
    rate: str
    report: UnitReport | None
    remarks: Sequence[UnitRemark]


@dataclass(frozen=True)
class ReviewPage:
    """One review with what it collects."""

    review: QuarterlyReview
    name: str
    parts: Parts
    standing: Mapping[str, Any]
    lines: Sequence[UnitLine]
    without_remark: int
    ratings: Sequence[Any]
    orders: Sequence[CorrectiveOrder]
    noted_orders: Sequence[Order]
    paper: Paper | None
    state: str
    as_of: date
    due_on: date
    is_outdated: bool

    @property
    def line(self) -> Sequence[str]:
        """Return the words of the line 起草 → 待审核 → 已审核."""
        return LINE

    @property
    def place(self) -> str:
        """Return where on the line it stands; a returned one is open again."""
        return (PaperState.DRAFT if self.review.state.is_open else self.review.state).label


def review_page(actor: Actor, review: QuarterlyReview) -> ReviewPage:
    """Return the page of a review; who is limited to the own unit gets that unit's line only."""
    remarks, reports = queries.list_remarks(review), queries.list_reports(review)
    paper = queries.papers(actor, review.year).get(queries.subject_of(review.quarter))
    lines = [
        unit_line(unit, reports.get(unit.unit_id), remarks.get(unit.unit_id, ()))
        for unit in queries.visible_units(actor, review)
    ]
    parts, ratings = Parts.from_json(review.parts), queries.ratings_of(review)
    units = queries.visible_units(actor, review)
    unit_ids, names = {unit.unit_id for unit in units}, {unit.name for unit in units}
    return ReviewPage(
        review=review,
        name=quarter_name(review.quarter),
        parts=parts,
        standing=standing_of(review),
        lines=lines,
        without_remark=sum(not line.remarks for line in lines),
        ratings=[(topic, ratings.get(topic.id)) for topic in queries.list_topics(review.year)],
        orders=[order for order in orders.list_orders(review) if order.goal.unit_id in unit_ids],
        noted_orders=[order for order in parts.orders if order.unit in names],
        paper=paper,
        state=state_of(review, paper)[0],
        as_of=quarter_end(review.year, review.quarter),
        due_on=review_due(review.year, review.quarter, get_calendar()),
        is_outdated=moves.can_edit(actor, review) and services.is_outdated(review),
    )


def unit_line(unit: UnitFigures, report: UnitReport | None, remarks: Sequence[UnitRemark]) -> UnitLine:
    """Return a unit with its rate as it is printed."""
    return UnitLine(unit, percentage(unit.done, unit.due), report, remarks)


def proposed_report(unit: UnitFigures) -> str:
    """Return the first sentence of a unit's report, from the ledger."""
    if not unit.due:
        return str(_("截至季末没有到期目标。"))
    return str(
        _(
            "截至季末到期目标%(due)s项，已完成%(done)s项，其中按期完成%(on_time)s项。",
            due=unit.due,
            done=unit.done,
            on_time=unit.on_time,
        )
    )


def neighbours(units: Sequence[UnitFigures], code: str) -> tuple[str | None, str | None]:
    """Return the codes before and after *code*, as the leader goes from unit to unit."""
    codes = [unit.code for unit in units]
    place = codes.index(code)
    return (codes[place - 1] if place else None), (codes[place + 1] if place + 1 < len(codes) else None)
