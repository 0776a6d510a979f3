"""A year's goals as its score takes them: as fixed with the result, before that as they are (5.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from fivestep_web.assessment import queries
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.freezing.models import CycleResult
from fivestep_web.assessment.queries import StoredGoal, StoredProgress
from fivestep_web.assessment.scores import ScoredGoal
from fivestep_web.extensions import db

NOTHING_REPORTED = StoredProgress(Decimal(0), not_applicable=False, completed_on=None)


def list_stood(year: int, day: date) -> list[tuple[StoredGoal, StoredProgress]]:
    """Return the year's goals by code with their progress, as fixed; else as they stand on *day*."""
    goals, fixed = queries.list_goals(year, day), _fixed(year)
    if fixed is not None:
        return [_as_fixed(goal, fixed[str(goal.id)]) for goal in goals if str(goal.id) in fixed]
    progress = queries.progress_on(day, year)
    return [(goal, progress.get(goal.id, NOTHING_REPORTED)) for goal in goals]


def _fixed(year: int) -> Mapping[str, Mapping[str, Any]] | None:
    query = select(CycleResult.content["goals"]).join(AssessmentCycle).where(AssessmentCycle.year == year)
    found: Mapping[str, Mapping[str, Any]] | None = db.session.scalar(query)
    return found


def _as_fixed(goal: StoredGoal, facts: Mapping[str, Any]) -> tuple[StoredGoal, StoredProgress]:
    terms = replace(
        goal,
        unit_id=facts["unit"],
        person_id=facts["person"],
        points=Decimal(facts["points"]),
        target=Decimal(facts["target"]),
        deadline=date.fromisoformat(facts["deadline"]),
        is_cancelled=facts["cancelled"],
    )
    completed_on = date.fromisoformat(facts["completed_on"]) if facts["completed_on"] else None
    return terms, StoredProgress(Decimal(facts["done"]), facts["not_applicable"], completed_on)


def facts_of(goals: Iterable[ScoredGoal]) -> dict[str, dict[str, Any]]:
    """Return by the goals' ids what is fixed of each, as JSON takes it."""
    return {
        str(goal.id): {
            "unit": goal.unit_id,
            "person": goal.person_id,
            "points": str(goal.base),
            "target": str(goal.target),
            "deadline": goal.due_on.isoformat(),
            "done": str(goal.done),
            "not_applicable": goal.not_applicable,
            "completed_on": goal.completed_on.isoformat() if goal.completed_on else None,
            "cancelled": goal.is_cancelled,
        }
        for goal in goals
    }
