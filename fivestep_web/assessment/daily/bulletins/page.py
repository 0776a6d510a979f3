"""What the pages of the monthly bulletins show, as ready texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from fivestep_web.assessment.daily import moves
from fivestep_web.assessment.daily.bulletins import queries, services
from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.bulletins.payloads import bulletin_request
from fivestep_web.assessment.daily.bulletins.rules import Figures
from fivestep_web.assessment.daily.papers import Paper
from fivestep_web.assessment.daily.rules import MONTHS, STATE_LABELS, PaperState, bulletin_due, month_end
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.numbers.rules import Stage
from fivestep_web.documents.values import percentage
from fivestep_web.org.queries import get_calendar

TONES = {
    PaperState.DRAFT: "open",
    PaperState.SUBMITTED: "waiting",
    PaperState.RETURNED: "refused",
    PaperState.REVIEWED: "done",
}
LINE = (STATE_LABELS[PaperState.DRAFT], STATE_LABELS[PaperState.SUBMITTED], STATE_LABELS[PaperState.REVIEWED])


@dataclass(frozen=True, slots=True)
class DueDay:
    """The last day for issuing.

    *days_left* None once it is issued; *is_known* False while the year's holidays are not published.
    """

    day: date
    days_left: int | None
    is_known: bool


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of the index."""

    month: int
    state: str
    tone: str
    is_drafted: bool
    may_draft: bool
    due: DueDay
    rate: str
    number: str
    document_id: int | None


def due_of(year: int, month: int, paper: Paper | None) -> DueDay:
    """Return until when the month's bulletin is to be issued, and how many days are left."""
    calendar = get_calendar()
    day = bulletin_due(year, month, calendar)
    is_open = month_end(year, month) < clock.today() and not (paper and paper.is_issued)
    left = (day - clock.today()).days if is_open else None
    return DueDay(day, left, calendar.is_known(day.year))


def month_lines(actor: Actor, year: int) -> list[MonthLine]:
    """Return the twelve months of a year."""
    bulletins, papers = queries.list_bulletins(year), queries.papers(actor, year)
    return [
        _line(actor, year, month, bulletins.get(month), papers.get(queries.subject_of(month)))
        for month in MONTHS
    ]


def _line(
    actor: Actor, year: int, month: int, bulletin: MonthlyBulletin | None, paper: Paper | None
) -> MonthLine:
    is_over = month_end(year, month) < clock.today()
    state, tone = (
        state_of(bulletin, paper) if bulletin else (_("未起草") if is_over else _("未到月底"), "quiet")
    )
    return MonthLine(
        month=month,
        state=state,
        tone=tone,
        is_drafted=bulletin is not None,
        may_draft=bulletin is None and is_over and moves.may_prepare(actor),
        due=due_of(year, month, paper),
        rate=rate_of(bulletin) if bulletin else "—",
        number=paper.number if paper and bulletin else "",
        document_id=paper.document_id if paper and bulletin else None,
    )


def state_of(bulletin: MonthlyBulletin, paper: Paper | None) -> tuple[str, str]:
    """Return the word and the tone of how far a bulletin is: that of its number once it has one."""
    if bulletin.state is PaperState.REVIEWED and paper is not None and paper.number:
        return (paper.stage.value, "done" if paper.stage is Stage.ISSUED else "waiting")
    return bulletin.state.label, TONES[bulletin.state]


def rate_of(bulletin: MonthlyBulletin) -> str:
    """Return the rate of all units as the bulletin prints it."""
    figures = Figures.from_json(bulletin.figures)
    return percentage(figures.done, figures.due)


@dataclass(frozen=True)
class BulletinPage:
    """One bulletin with everything that goes into its document."""

    bulletin: MonthlyBulletin
    payload: dict[str, Any]
    paper: Paper | None
    state: str
    due: DueDay
    as_of: date
    is_outdated: bool
    previous: int | None
    following: int | None

    @property
    def line(self) -> Sequence[str]:
        """Return the words of the line 起草 → 待审核 → 已审核."""
        return LINE

    @property
    def place(self) -> str:
        """Return where on the line it stands; a returned one is drafted again."""
        state = PaperState.DRAFT if self.bulletin.state.is_open else self.bulletin.state
        return state.label


def bulletin_page(actor: Actor, bulletin: MonthlyBulletin) -> BulletinPage:
    """Return the page of a bulletin."""
    year, month = bulletin.year, bulletin.month
    months = sorted(queries.list_bulletins(year))
    place = months.index(month)
    paper = queries.papers(actor, year).get(queries.subject_of(month))
    return BulletinPage(
        bulletin=bulletin,
        payload=bulletin_request(bulletin).payload,
        paper=paper,
        state=state_of(bulletin, paper)[0],
        due=due_of(year, month, paper),
        as_of=month_end(year, month),
        is_outdated=services.is_outdated(bulletin),
        previous=months[place - 1] if place else None,
        following=months[place + 1] if place + 1 < len(months) else None,
    )
