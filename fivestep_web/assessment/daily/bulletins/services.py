"""Draft, edit, hand in, review and reopen monthly bulletins (R5.4)."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import exists, select

from fivestep_web.assessment.daily import moves
from fivestep_web.assessment.daily.bulletins import figures, payloads, queries, rules, supervised
from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.bulletins.rules import Figures, Parts
from fivestep_web.assessment.daily.rules import MONTHS, month_end
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotFound
from fivestep_web.core.permissions import SYSTEM, Actor
from fivestep_web.documents import services as documents
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility.models import Goal


def draft(actor: Actor, year: int, month: int) -> MonthlyBulletin:
    """Draft the bulletin of a month that is over, from the ledger as of its last day.

    Raises NotAllowed, NotFound for no month of a planned year, Conflict before the month is over, when it
    is drafted already, and while the ledger holds nothing.
    """
    if actor is not SYSTEM:
        moves.require_preparer(actor)
    known = db.session.scalar(select(PlanYear.year).where(PlanYear.year == year).with_for_update())
    if known is None or month not in MONTHS:
        raise NotFound(_("没有这个月份。"))
    if month_end(year, month) >= clock.today():
        raise Conflict(_("%(month)s月还没有过完，月底以后才能起草。", month=month))
    if queries.find_bulletin(year, month):
        raise Conflict(_("%(month)s月的通报已经起草。", month=month))
    if not has_ledger(year, month_end(year, month)):
        raise Conflict(_("%(month)s月底台账还没有任何事项，没有可以通报的内容。", month=month))
    found = figures.compute(year, month)
    bulletin = MonthlyBulletin(
        year=year,
        month=month,
        figures=found.as_json(),
        parts=rules.first_parts(found, supervised.held_in(year, month)).as_json(),
        computed_at=clock.now(),
    )
    db.session.add(bulletin)
    db.session.flush()
    record(actor, "bulletin.drafted", f"bulletin:{bulletin.id}", year=year, month=month)
    return bulletin


def has_ledger(year: int, day: date) -> bool:
    """Tell whether the year's ledger has an entry that was open on *day*."""
    opened = exists().where(LedgerEntry.goal_id == Goal.id, Goal.year == year, LedgerEntry.opened_on <= day)
    return bool(db.session.scalar(select(opened)))


def draft_due(today: date) -> int:
    """Draft every bulletin of this year and the last that is missing on *today*; return how many."""
    made = 0
    for year, month in _missing(today):
        if has_ledger(year, month_end(year, month)):
            draft(SYSTEM, year, month)
            made += 1
    return made


def _missing(today: date) -> Iterator[tuple[int, int]]:
    years = db.session.scalars(
        select(PlanYear.year)
        .where(PlanYear.year.in_((today.year - 1, today.year)))
        .order_by(PlanYear.year)
        .with_for_update()
    ).all()
    for year in years:
        drafted = queries.list_bulletins(year)
        yield from (
            (year, month) for month in MONTHS if month not in drafted and month_end(year, month) < today
        )


def refresh(actor: Actor, bulletin: MonthlyBulletin) -> None:
    """Compute the figures anew from the ledger as it now is; what the clerk wrote stays."""
    moves.require_open(actor, bulletin)
    parts = Parts.from_json(bulletin.parts)
    bulletin.parts = supervised.add_consultation(parts, bulletin.year, bulletin.month).as_json()
    bulletin.figures = figures.compute(bulletin.year, bulletin.month).as_json()
    bulletin.computed_at = clock.now()
    db.session.flush()
    record(actor, "bulletin.refreshed", f"bulletin:{bulletin.id}", year=bulletin.year, month=bulletin.month)


def edit(actor: Actor, bulletin: MonthlyBulletin, parts: Parts) -> None:
    """Store what the clerk wrote; DomainError for what cannot be so."""
    moves.require_open(actor, bulletin)
    held = parts.consultation
    if held and held.solved > held.raised:
        raise DomainError(_("联合会商解决的问题不能多于提出的问题，请核对。"))
    if held and date.fromisoformat(held.held_on).year != bulletin.year:
        raise DomainError(_("联合会商的日期不在%(year)s年，请核对。", year=bulletin.year))
    if parts.notices_answered > parts.notices_sent:
        raise DomainError(_("已答复的督办单不能多于发出的，请核对。"))
    bulletin.parts = parts.as_json()
    db.session.flush()
    record(actor, "bulletin.edited", f"bulletin:{bulletin.id}", year=bulletin.year, month=bulletin.month)


def submit(actor: Actor, bulletin: MonthlyBulletin) -> None:
    """Hand the draft in for review and have its Word file made, in the name of who prepared it."""
    moves.hand_in(actor, bulletin)
    _ask(actor, bulletin)
    record(actor, "bulletin.submitted", f"bulletin:{bulletin.id}", year=bulletin.year, month=bulletin.month)


def _ask(actor: Actor, bulletin: MonthlyBulletin) -> None:
    request = payloads.bulletin_request(bulletin)
    documents.request_documents(actor, bulletin.year, [request], request.title)


def send_back(actor: Actor, bulletin: MonthlyBulletin, *, reason: str) -> None:
    """Return the draft to the office with the reason."""
    moves.send_back(actor, bulletin, reason)
    record(
        actor, "bulletin.returned", f"bulletin:{bulletin.id}",
        year=bulletin.year, month=bulletin.month, reason=bulletin.reason,
    )  # fmt: skip


def pass_on(actor: Actor, bulletin: MonthlyBulletin) -> None:
    """Pass the draft: its document may take a number, figures and text stay as they are."""
    moves.pass_on(actor, bulletin)
    _ask(SYSTEM, bulletin)
    record(actor, "bulletin.reviewed", f"bulletin:{bulletin.id}", year=bulletin.year, month=bulletin.month)


def reopen(actor: Actor, bulletin: MonthlyBulletin, *, reason: str) -> None:
    """Take a reviewed bulletin up again; Conflict while a number taken is not issued."""
    document = (queries.KIND, bulletin.year, queries.subject_of(bulletin.month))
    moves.take_up(actor, bulletin, reason, document)
    record(
        actor, "bulletin.reopened", f"bulletin:{bulletin.id}",
        year=bulletin.year, month=bulletin.month, reason=bulletin.reason,
    )  # fmt: skip


def is_outdated(bulletin: MonthlyBulletin) -> bool:
    """Tell whether the ledger says something else by now than the open draft."""
    stored = Figures.from_json(bulletin.figures)
    return bulletin.state.is_open and figures.compute(bulletin.year, bulletin.month) != stored
