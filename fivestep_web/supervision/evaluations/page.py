"""What the pages of stage evaluations show, as ready texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.evaluations import queries, rules, settings, waiting
from fivestep_web.supervision.evaluations.models import StageEvaluation
from fivestep_web.supervision.evaluations.queries import LATE, Filter
from fivestep_web.supervision.evaluations.rules import STATE_LABELS, EvaluationState, Rating, Side

TONES = {
    EvaluationState.AWAITING_UNIT: "open",
    EvaluationState.AWAITING_LEADER: "waiting",
    EvaluationState.RETURNED: "refused",
    EvaluationState.EVALUATED: "done",
}
LINE = ("待自评", "待领导评估", "已评估")


@dataclass(frozen=True, slots=True)
class Line:
    """An evaluation of the list; *ratings* are the leader's, "工作运行好、…"."""

    evaluation: StageEvaluation
    goal: Goal
    phase: str
    tone: str
    is_late: bool
    ratings: str


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One page of the list with its sums."""

    lines: Sequence[Line]
    sums: Sequence[tuple[str, int] | tuple[str, int, str]]
    has_more: bool


def index_page(actor: Actor, wanted: Filter, number: int) -> IndexPage:
    """Return a page of the evaluations of a year."""
    rows = queries.list_evaluations(actor, wanted, number)
    shown = rows[: queries.PAGE]
    counts = queries.count_states(actor, wanted)
    given = queries.ratings_of([row.id for row in shown if row.state is EvaluationState.EVALUATED])
    names = settings.dimensions_of(wanted.year)
    lines = [
        Line(
            row,
            row.milestone.goal,
            row.milestone.name,
            TONES[row.state],
            rules.is_late(row.state, row.due_on, clock.today()),
            _together(names, [(one.dimension, one.rating) for one in given.get(row.id, ())]),
        )
        for row in shown
    ]
    sums = [(label, counts[state.value]) for state, label in STATE_LABELS.items()]
    return IndexPage(lines, [*sums, (_("逾期"), counts[LATE], "red")], len(rows) > queries.PAGE)


def _together(names: dict[str, tuple[str, str]], ratings: Sequence[tuple[str, Rating]]) -> str:
    return "、".join(f"{names[key][0]}{rating.label}" for key, rating in ratings)


@dataclass(frozen=True, slots=True)
class DimensionLine:
    """What both sides say of one dimension; empty texts where a side has not rated."""

    name: str
    standard: str
    unit: str
    unit_evidence: str
    leader: str
    leader_evidence: str


def dimension_lines(evaluation: StageEvaluation) -> list[DimensionLine]:
    """Return the ratings of an evaluation, the year's dimensions in order."""
    given = {(one.side, one.dimension): one for one in evaluation.ratings}
    found = []
    for key, (name, standard) in settings.dimensions_of(evaluation.milestone.goal.year).items():
        unit, leader = given.get((Side.UNIT, key)), given.get((Side.LEADER, key))
        found.append(
            DimensionLine(
                name,
                standard,
                unit.rating.label if unit else "",
                unit.evidence if unit else "",
                leader.rating.label if leader else "",
                leader.evidence if leader else "",
            )
        )
    return found


def place_of(evaluation: StageEvaluation) -> str:
    """Return where on the line 待自评 → 待领导评估 → 已评估 it stands; a returned one is open again."""
    return LINE[0] if evaluation.state.is_with_unit else evaluation.state.label


def following(actor: Actor, evaluation: StageEvaluation) -> int | None:
    """Return the next evaluation that waits for the actor, so that one goes through them in a row."""
    ids = [
        item.values["evaluation_id"] for item in waiting.list_waiting(actor, evaluation.milestone.goal.year)
    ]
    if evaluation.id in ids:
        place = ids.index(evaluation.id)
        ids = ids[place + 1 :] + ids[:place]
    return next(iter(ids), None)
