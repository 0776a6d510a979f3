"""What of the ledger a page shows: the state in its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError
from fivestep_web.core.workdays import last_day_of_month
from fivestep_web.ledger import queries
from fivestep_web.ledger.queries import Standing
from fivestep_web.ledger.rules import LedgerState, Signal

MONTHS = range(1, 13)
WORRYING = (Signal.RED_OVERDUE, Signal.RED_LAGGING, Signal.YELLOW)
RED_AND_YELLOW = "red_yellow"


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The year, the day it is looked at, and the filters; *after* is the entry before the page's first."""

    year: int
    as_of: date
    topic: int | None = None
    unit: int | None = None
    leader: int | None = None
    month: int | None = None
    signal: str = ""
    state: LedgerState | None = None
    keyword: str = ""
    after: int | None = None

    @property
    def is_replay(self) -> bool:
        return self.as_of != clock.today()

    @property
    def is_filtered(self) -> bool:
        return any((self.unit, self.leader, self.month, self.signal, self.state, self.keyword))

    def parameters(self) -> dict[str, Any]:
        """Return what the database filters by; signal and state follow from the replay."""
        wanted: dict[str, Any] = {"year": self.year}
        for name in ("topic", "unit", "leader"):
            if getattr(self, name) is not None:
                wanted[name] = getattr(self, name)
        if self.month is not None:
            wanted["due_from"] = date(self.year, self.month, 1)
            wanted["due_to"] = last_day_of_month(self.year, self.month)
        if self.keyword:
            wanted["keyword"] = queries.containing(self.keyword)
        return wanted

    def takes(self, standing: Standing) -> bool:
        """Say whether an entry passes the filters that are not the database's."""
        wanted = WORRYING if self.signal == RED_AND_YELLOW else (self.signal,)
        return (not self.signal or standing.result.signal in wanted) and (
            self.state is None or standing.state is self.state
        )

    def address(self, **changes: Any) -> dict[str, Any]:
        """Return the query of the same view with *changes*; what is at its default is left out."""
        query = {
            "as_of": self.as_of.isoformat() if self.is_replay else None,
            "unit": self.unit,
            "leader": self.leader,
            "month": self.month,
            "signal": self.signal or None,
            "state": self.state,
            "keyword": self.keyword or None,
            **changes,
        }
        return {name: value for name, value in query.items() if value is not None}


def read_view(arguments: Mapping[str, str], year: int, topic: int | None = None) -> LedgerView:
    """Read a view from the address; a value that is no choice is no filter. DomainError for a wrong day."""
    month = _number(arguments.get("month", ""))
    return LedgerView(
        year=year,
        as_of=read_day(arguments.get("as_of", "")),
        topic=topic,
        unit=_number(arguments.get("unit", "")),
        leader=_number(arguments.get("leader", "")),
        month=month if month in MONTHS else None,
        signal=next((item for item in (RED_AND_YELLOW, *Signal) if item == arguments.get("signal")), ""),
        state=next((item for item in LedgerState if item == arguments.get("state")), None),
        keyword=arguments.get("keyword", "").strip()[:60],
        after=_number(arguments.get("after", "")),
    )


def read_day(text: str) -> date:
    """Return the day the ledger is looked at, today when none is given."""
    today = clock.today()
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DomainError(_("回看日期“%(text)s”不是有效日期，请写成 2026-03-31。", text=text[:20])) from None
    if day > today:
        raise DomainError(_("回看日期不能晚于今天（%(today)s）。", today=today))
    return day


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - fits the column
