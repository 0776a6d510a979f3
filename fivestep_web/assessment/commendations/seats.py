"""How many a year's commendation may name: units by its plan, persons by pools never added (E9)."""

from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext as _

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.commendations import queries, rules
from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.grades.queries import list_approvals
from fivestep_web.assessment.quotas import excellent_seats
from fivestep_web.assessment.scoring import read_pools
from fivestep_web.core.errors import DomainError

UNITS = "units"


def seats(year: int) -> dict[str, int | None]:
    """Return the seats of the units and of each pool; None where there is no limit.

    Persons assessed elsewhere (township cadres) are in no pool, and no quota of the department counts them.
    """
    terms, (sizes, settings) = queries.find_terms(year), read_pools(year)
    raised = list_approvals(year)
    found: dict[str, int | None] = {UNITS: terms.unit_seats if terms else None}
    for pool in Pool:
        found[pool.value] = excellent_seats(sizes[pool], settings, approval_recorded=pool in raised)
    return found


def seat_of(row: Commendation) -> str | None:
    """Return which quota a row counts against; None for persons of no pool."""
    if row.is_unit:
        return UNITS
    return row.pool.value if row.pool else None


def label_of(seat: str) -> str:
    """Return what a quota is called."""
    return str(_("先进单位")) if seat == UNITS else str(_("%(pool)s先进个人", pool=Pool(seat).label))


def taken(rows: Sequence[Commendation]) -> Counter[str]:
    """Count the seats that *rows* take once people named them."""
    return Counter(seat for row in rows if row.state in rules.NAMED and (seat := seat_of(row)))


def demand_seats(year: int, rows: Sequence[Commendation]) -> None:
    """Refuse *rows*, to be nominated or nominated already, where their quota has not so many seats."""
    free, used = seats(year), taken(queries.list_rows(year))
    used.update(seat for row in rows if row.state not in rules.NAMED and (seat := seat_of(row)))
    for seat in {seat for row in rows if (seat := seat_of(row))}:
        fault = rules.seats_fault(label_of(seat), free[seat], used[seat])
        if fault:
            raise DomainError(_("%(fault)s，请减少提名。", fault=fault))
