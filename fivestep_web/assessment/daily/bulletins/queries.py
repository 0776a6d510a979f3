"""Reads of monthly bulletins, their documents, and the figures that were issued."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.papers import Paper, issued_payloads, papers_of
from fivestep_web.assessment.daily.rules import MONTHS
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.extensions import db

KIND: Final = DocumentKind.MONTHLY_BULLETIN


@dataclass(frozen=True, slots=True)
class IssuedFigures:
    """What an issued bulletin says of one unit."""

    due: int
    done: int


def subject_of(month: int) -> str:
    """Return how the documents of a month's bulletin name what they are about."""
    return f"month:{month}"


def list_bulletins(year: int) -> dict[int, MonthlyBulletin]:
    """Return the year's bulletins by month."""
    query = select(MonthlyBulletin).where(MonthlyBulletin.year == year).order_by(MonthlyBulletin.month)
    return {bulletin.month: bulletin for bulletin in db.session.scalars(query)}


def find_bulletin(year: int, month: int) -> MonthlyBulletin | None:
    """Return the bulletin of a month, if it was drafted."""
    return db.session.scalar(
        select(MonthlyBulletin).where(MonthlyBulletin.year == year, MonthlyBulletin.month == month)
    )


def get_bulletin(
    actor: Actor, year: int, month: int, *, lock: bool = False, revision: int | None = None
) -> MonthlyBulletin:
    """Return a month's bulletin to who may see drafts; NotFound for others and before it is drafted.

    With *revision*, Conflict when it changed since it was shown.
    """
    query = select(MonthlyBulletin).where(MonthlyBulletin.year == year, MonthlyBulletin.month == month)
    if lock:
        query = query.with_for_update(of=MonthlyBulletin).execution_options(populate_existing=True)
    else:
        query = query.options(
            joinedload(MonthlyBulletin.submitted_by), joinedload(MonthlyBulletin.reviewed_by)
        )
    is_month = month in MONTHS and actor.may(Permission.BULLETIN_READ)
    bulletin = db.session.scalar(query) if is_month else None
    if bulletin is None:
        raise NotFound(_("没有这一期月通报，或还没有起草。"))
    if revision is not None and bulletin.revision != revision:
        raise Conflict(_("这期通报在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return bulletin


def papers(actor: Actor, year: int) -> dict[str, Paper]:
    """Return the newest document of each bulletin of the year by its subject, with its number."""
    return papers_of(actor, KIND, year)


def issued_figures(year: int) -> dict[int, dict[str, IssuedFigures]]:
    """Return the figures of the year's issued bulletins by month and unit code (R5.4: they never change)."""
    return {payload["month"]: _of_units(payload) for payload in issued_payloads(KIND, year)}


def _of_units(payload: Mapping[str, Any]) -> dict[str, IssuedFigures]:
    rows = (row for block in payload["blocks"] for row in block["rows"])
    return {row["unit_code"]: IssuedFigures(row["due"], row["done"]) for row in rows}
