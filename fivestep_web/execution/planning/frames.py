"""What a goal's plan has to keep: phases a letter or progress holds, and the goals before and after it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from fivestep_web.core import clock
from fivestep_web.execution.planning.models import GoalDependency, PlanPhase, SchedulePlan
from fivestep_web.execution.planning.rules import Neighbour, PlanState, Window
from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.models import Goal, Letter, LetterVersion, Milestone
from fivestep_web.responsibility.rules import MilestoneState

ONE_DAY = timedelta(days=1)
WHOLE = "全程"  # how a letter writes a goal without phases
OVER = frozenset({MilestoneState.SUBMITTED, MilestoneState.COMPLETED})


@dataclass(frozen=True)
class Frame:
    """The phases there are: *held* ones are over and keep their dates, *rest* are planned.

    *is_fixed*: a letter names them or work on them began, so number, names and shares stay; *letter* (id and
    number) is the one whose signed dates only a change order moves.
    """

    held: Sequence[Milestone]
    rest: Sequence[Milestone]
    is_fixed: bool
    letter: tuple[int, str] | None

    @property
    def first(self) -> int:
        """Return the number of the first phase to plan."""
        return len(self.held) + 1


def frame_of(goal: Goal) -> Frame:
    """Return what a plan of *goal* has to keep."""
    rows = goal_queries.list_milestones(goal.id)
    letter = goal_services.fixing_letters([goal.id]).get(goal.id) if rows else None
    if letter is not None and not _names_phases(letter[0], goal.code):
        letter = None
    is_fixed = letter is not None or any(row.state is not MilestoneState.PLANNED for row in rows)
    held: list[Milestone] = []
    for row in rows if is_fixed else ():
        if row.state not in OVER and row.due_on >= clock.today():
            break
        held.append(row)
    return Frame(held, rows[len(held) :], is_fixed, letter)


def _names_phases(letter_id: int, code: str) -> bool:
    """Say whether the text of a letter names phases of a goal, not just its whole time."""
    content = db.session.scalar(
        select(LetterVersion.content)
        .join(Letter, Letter.id == LetterVersion.letter_id)
        .where(Letter.id == letter_id, LetterVersion.version == Letter.version)
    )
    phases = [row["phase"] for row in (content or {}).get("schedule", ()) if row["code"] == code]
    return bool(phases) and phases != [WHOLE]


def window_of(goal: Goal, frame: Frame, start_on: date | None = None) -> Window:
    """Return the days *goal* has, begun on *start_on* or as early as it may."""
    after_held = frame.held[-1].due_on + ONE_DAY if frame.held else None
    known = [day for day in (goal.starts_on, after_held) if day is not None]
    not_before = max(known) if known else None
    chosen = start_on or not_before or date(goal.year, 1, 1)
    before, after = neighbours_of([goal.id])
    return Window(
        max(chosen, not_before or chosen),
        goal.deadline,
        before.get(goal.id, ()),
        after.get(goal.id, ()),
        not_before,
    )


def neighbours_of(
    goal_ids: Collection[int],
) -> tuple[Mapping[int, Sequence[Neighbour]], Mapping[int, Sequence[Neighbour]]]:
    """Return, by goal, the goals it waits for with their last days, and those that wait with their begins.

    A goal ends as its approved plan says, without one on its deadline; it begins as its approved plan says,
    and binds nothing without one.
    """
    goal, first = aliased(Goal), aliased(Goal)
    rows = db.session.execute(
        select(goal.id, goal.name, first.id, first.name, first.deadline)
        .select_from(GoalDependency)
        .join(goal, goal.id == GoalDependency.goal_id)
        .join(first, first.id == GoalDependency.predecessor_id)
        .where(goal.id.in_(goal_ids) | first.id.in_(goal_ids))
        .order_by(goal.code, first.code)
    ).all()
    spans = _approved({row[0] for row in rows} | {row[2] for row in rows}) if rows else {}
    before: dict[int, list[Neighbour]] = {}
    after: dict[int, list[Neighbour]] = {}
    for goal_id, name, first_id, first_name, deadline in rows:
        end = Neighbour(first_name, deadline, goal_id=first_id)
        if first_id in spans:
            end = replace(end, day=spans[first_id][1], slack=spans[first_id][2])
        before.setdefault(goal_id, []).append(end)
        if goal_id in spans:
            after.setdefault(first_id, []).append(Neighbour(name, spans[goal_id][0], goal_id=goal_id))
    return before, after


def _approved(goal_ids: Collection[int]) -> dict[int, tuple[date, date, int]]:
    """Return begin, end and slack of the approved plans of those goals that have one."""
    rows = db.session.execute(
        select(SchedulePlan.goal_id, PlanPhase.starts_on, PlanPhase.due_on, SchedulePlan.slack)
        .join(PlanPhase, PlanPhase.plan_id == SchedulePlan.id)
        .where(SchedulePlan.goal_id.in_(goal_ids), SchedulePlan.state == PlanState.APPROVED)
        .order_by(PlanPhase.sequence)
    )
    spans: dict[int, tuple[date, date, int]] = {}
    for goal_id, starts_on, due_on, slack in rows:
        begin = spans[goal_id][0] if goal_id in spans else starts_on
        spans[goal_id] = (begin, due_on, slack)
    return spans
