"""What the pages of problems show: how long solutions took, by unit and by month (R3.7)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.problems.models import Problem
from fivestep_web.supervision.problems.rules import ProblemState, days_taken, middle, time_text

TONES = {ProblemState.OPEN: "waiting", ProblemState.SOLVED: "done", ProblemState.WITHDRAWN: "quiet"}


@dataclass(frozen=True, slots=True)
class Line:
    """A problem in the list; *time* is how long it took, or how long it has been open."""

    problem: Problem
    tone: str
    time: str


@dataclass(frozen=True, slots=True)
class Speed:
    """How many problems of a unit or month were raised and solved, and the median time."""

    label: str
    raised: int
    solved: int
    middle: str


def lines(problems: Iterable[Problem]) -> list[Line]:
    """Return the problems as the list shows them."""
    return [Line(problem, TONES[problem.state], time_of(problem)) for problem in problems]


def time_of(problem: Problem) -> str:
    """Return how long a problem took, or has been open, in working days."""
    calendar = get_calendar()
    if problem.state is ProblemState.WITHDRAWN:
        return ""
    if problem.solved_on is not None:
        return time_text(days_taken(problem.raised_on, problem.solved_on, calendar))
    days = days_taken(problem.raised_on, clock.today(), calendar)
    return str(_("已%(days)s个工作日", days=days)) if days else str(_("今天提出"))


def speeds(problems: Sequence[Problem]) -> tuple[list[Speed], list[Speed]]:
    """Return the time from raised to solved by unit and by the month a problem was raised."""
    units = sorted({(item.goal.unit.code, item.goal.unit.name) for item in problems})
    months = sorted({item.raised_on.replace(day=1) for item in problems})
    return (
        [_speed(name, problems, lambda item, code=code: item.goal.unit.code == code) for code, name in units],  # type: ignore[misc]
        [
            _speed(
                str(_("%(year)s年%(month)s月", year=month.year, month=month.month)),
                problems,
                lambda item, month=month: item.raised_on.replace(day=1) == month,  # type: ignore[misc]
            )
            for month in months
        ],
    )


def _speed(label: str, problems: Iterable[Problem], takes: Callable[[Problem], bool]) -> Speed:
    counted = [item for item in problems if takes(item) and item.state is not ProblemState.WITHDRAWN]
    calendar = get_calendar()
    days = [days_taken(item.raised_on, item.solved_on, calendar) for item in counted if item.solved_on]
    return Speed(label, len(counted), len(days), middle(days))


def overall(problems: Iterable[Problem]) -> Speed:
    """Return the same of all problems together."""
    return _speed("", problems, lambda item: item.state is not ProblemState.WITHDRAWN)
