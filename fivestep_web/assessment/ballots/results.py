"""What a count shows: figures per unit and group, broken down only where no voter shows through (B7)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from fivestep_web.assessment.ballots import queries
from fivestep_web.assessment.ballots.counting import vote_count
from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.ballots.rules import (
    ABSTENTIONS,
    FORMS,
    INVALID,
    OPTIONS,
    SHORTEST_TO_BREAK_DOWN,
    Form,
    points_of,
)
from fivestep_web.assessment.group_results import Marks, Validity, VoteCount, check_validity, result_of
from fivestep_web.assessment.score_settings import Settings
from fivestep_web.core.rounding import percent, round_half_up


@dataclass(frozen=True)
class UnitLine:
    """One unit's lines; *counts* by option is None where fewer than five rate, or scores were asked for."""

    name: str
    counts: tuple[int, ...] | None
    rated: int
    invalid: int
    abstained: int
    mean: str
    is_trimmed: bool
    problem: str | None


@dataclass(frozen=True)
class Sheet:
    """A counted poll; *flat* is the share of ballots with nothing but the highest mark, empty for too few.

    One that does not stand shows its counts and the *reason* only: its group votes again (B7).
    """

    poll: Poll
    count: VoteCount
    blank: int
    flat: str
    bands: tuple[tuple[str, int], ...]
    reason: str | None
    options: tuple[str, ...]
    lines: tuple[UnitLine, ...]


def sheet_of(poll: Poll, settings: Settings) -> Sheet:
    """Return the count sheet of a counted poll (C17)."""
    form = FORMS[poll.rater_group]
    stands = poll.validity is Validity.VALID
    found: dict[int, Counter[str]] = {}
    for _poll, unit_id, mark, times in queries.line_counts([poll.id]):
        found.setdefault(unit_id, Counter())[mark] += times
    units = queries.units_for(poll.cycle_id, poll.series)
    count = vote_count(poll)
    is_enough = stands and count.valid >= SHORTEST_TO_BREAK_DOWN
    return Sheet(
        poll=poll,
        count=count,
        blank=poll.blank + poll.paper.get("blank", 0),
        flat=percent(Fraction(poll.flat, count.valid), 1) if is_enough else "",
        bands=_bands(poll) if is_enough else (),
        reason=check_validity(count, settings)[1],
        options=tuple(label for option, label in OPTIONS[form] if option != ABSTENTIONS[form]),
        lines=tuple(
            _line(name, found.get(unit_id, Counter()), poll, form, settings) for unit_id, name in units
        )
        if stands
        else (),
    )


def _line(name: str, marks: Mapping[str, int], poll: Poll, form: Form, settings: Settings) -> UnitLine:
    rated: Counter[Decimal] = Counter()
    for mark, count in marks.items():
        points = None if mark == INVALID else points_of(form, mark, settings)
        if points is not None:
            rated[points] += count
    abstained = marks.get(ABSTENTIONS[form], 0)
    result = result_of(poll.rater_group, Marks.of(rated, abstained), settings)
    options = [option for option, _label in OPTIONS[form] if option != ABSTENTIONS[form]]
    may_break_down = bool(options) and result.valid >= SHORTEST_TO_BREAK_DOWN
    return UnitLine(
        name=name,
        counts=tuple(marks.get(option, 0) for option in options) if may_break_down else None,
        rated=result.valid,
        invalid=marks.get(INVALID, 0),
        abstained=abstained,
        mean="" if result.result is None else f"{round_half_up(result.result, settings.decimals)}",
        is_trimmed=result.trimmed > 0,
        problem=result.problem,
    )


def _bands(poll: Poll) -> tuple[tuple[str, int], ...]:
    """Return how many ballots have a mean in each band of ten points, the highest first."""
    return tuple(
        (f"{band}至{'100' if band == '90' else int(band) + 10}分", count)
        for band, count in sorted(poll.bands.items(), key=lambda item: -int(item[0]))
    )
