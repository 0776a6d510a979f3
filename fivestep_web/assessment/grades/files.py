"""Entries of achievement files (R5.8): written when a cycle is filed, corrected by further entries."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment import queries as stored
from fivestep_web.assessment.admonitions.queries import list_of_year
from fivestep_web.assessment.commendations.paper import PERSON_AWARD
from fivestep_web.assessment.commendations.queries import ISSUED, list_rows
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades import queries
from fivestep_web.assessment.grades.models import AchievementEntry, AnnualGrade
from fivestep_web.assessment.grades.rules import EntryKind
from fivestep_web.assessment.result_table import NONE, figure
from fivestep_web.assessment.scores import PersonScore, ScoredGoal, UnitScore, YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.audit import services as audit
from fivestep_web.audit.facts import keyed_digest
from fivestep_web.audit.rules import sha256_of
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.rounding import percent, plain
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payloads.assessment import DONE
from fivestep_web.documents.queries import find_issued
from fivestep_web.extensions import db

# what a correcting entry takes from the present; figures stay those of the fixed result
CORRECTED: Final = ("post", "grade", "remarks", "rewards")


def list_entries(person_id: int) -> Sequence[AchievementEntry]:
    """Return a person's entries of all years, each correction after what it corrects."""
    query = select(AchievementEntry).where(AchievementEntry.person_id == person_id)
    return db.session.scalars(query.order_by(AchievementEntry.year, AchievementEntry.id)).all()


def write_all(actor: Actor, cycle: AssessmentCycle) -> None:
    """Write an entry for every cadre of the filed *cycle*."""
    _write(actor, cycle, contents(cycle.year), {})


def follow(actor: Actor, cycle: AssessmentCycle, decided: Iterable[AnnualGrade]) -> None:
    """Write the correcting entries of grades decided after the cycle was filed; nothing before."""
    first = str(_("归档以后确定年度等次"))
    reasons = {grade.person_id: grade.reason or first for grade in decided}
    if cycle.state is CycleState.FILED and reasons:
        found, last = contents(cycle.year), _latest(cycle.year)
        wanted = {one: _corrected(found[one], last.get(one)) for one in reasons if one in found}
        _write(actor, cycle, wanted, reasons)


def correct(actor: Actor, cycle: AssessmentCycle, person_id: int, reason: str) -> None:
    """Write what was decided or recorded since as a correction of the latest entry of a filed year.

    Raises Conflict where nothing differs.
    """
    if not actor.may(Permission.CYCLE_FILE) or actor.person_id in {None, person_id}:
        raise NotAllowed(_("档案由人事更正，本人的由他人更正。"))
    if not reason.strip():
        raise DomainError(_("请写明更正的理由。"))
    last = _latest(cycle.year).get(person_id)
    found = contents(cycle.year).get(person_id)
    if last is None or found is None:
        raise Conflict(_("%(year)s年度还没有归档，不需要更正。", year=cycle.year))
    content = _corrected(found, last)
    if (content, _admonitions(cycle.year).get(person_id, [])) == (last.content, last.admonitions):
        raise Conflict(_("现在的记录与档案一致，不需要更正。"))
    _write(actor, cycle, {person_id: content}, {person_id: reason.strip()})


def _latest(year: int) -> dict[int, AchievementEntry]:
    """Return the latest entry of the year by person."""
    query = select(AchievementEntry).where(AchievementEntry.year == year).order_by(AchievementEntry.id)
    return {entry.person_id: entry for entry in db.session.scalars(query)}


def _corrected(found: dict[str, Any], before: AchievementEntry | None) -> dict[str, Any]:
    """Return what a correcting entry says: the filed figures, with what people decided or recorded since."""
    if before is None:
        return found
    return {**before.content, **{name: found[name] for name in CORRECTED}}


def _write(
    actor: Actor, cycle: AssessmentCycle, wanted: dict[int, dict[str, Any]], reasons: dict[int, str]
) -> None:
    """Store an entry for each person; who has one of this year gets a correction of it."""
    last = _latest(cycle.year)
    admonitions = _admonitions(cycle.year)
    entries = []
    for person_id, content in wanted.items():
        before = last.get(person_id)
        entry = AchievementEntry(
            person_id=person_id,
            year=cycle.year,
            cycle=cycle.name,
            kind=EntryKind.CORRECTION if before else EntryKind.FILED,
            corrects_id=before.id if before else None,
            reason=reasons.get(person_id, "") if before else "",
            content=content,
            admonitions=admonitions.get(person_id, []),
            written_on=clock.today(),
            written_by_id=actor.person_id or 0,
        )
        entry.sha256 = fingerprint(entry)
        entries.append(entry)
    db.session.add_all(entries)
    db.session.flush()
    for entry in entries:
        audit.record(
            actor,
            "achievement_entry.written",
            f"achievement_entry:{entry.id}",
            person=entry.person_id,
            digest=logged(entry),
        )


def logged(entry: AchievementEntry) -> str:
    """Return what the log keeps of an entry: its hash, so keyed that no grade is found by trying."""
    return keyed_digest(f"achievement_entry:{entry.id}", entry.sha256)


def fingerprint(entry: AchievementEntry) -> str:
    """Return the hash over all an entry says."""
    return sha256_of(
        {
            "person": entry.person_id,
            "year": entry.year,
            "cycle": entry.cycle,
            "kind": entry.kind,
            "corrects": entry.corrects_id,
            "reason": entry.reason,
            "content": entry.content,
            "admonitions": entry.admonitions,
            "written_on": entry.written_on,
            "written_by": entry.written_by_id,
        }
    )


def contents(year: int) -> dict[int, dict[str, Any]]:
    """Return what the year found of each person: unit result, own goals, grade, rewards (R5.8)."""
    score = score_year(year)
    units = {unit.id: unit for unit in score.units}
    counts = {unit.id: len(units) for _label, units in score.series() for unit in units}
    standards, told, rewards = stored.completion_standards(year), queries.told(year), _rewards(year)
    return {
        person.id: {
            **_unit_result(person, units.get(person.unit_id), counts.get(person.unit_id, 0)),
            **_own_result(score, person),
            **_goals(person.counted, standards),
            "post": person.post,
            "grade": told[person.id].grade if person.id in told else NONE,
            "remarks": told[person.id].remarks if person.id in told else "",
            "rewards": rewards.get(person.id, []),
        }
        for person in score.everybody
    }


def _unit_result(person: PersonScore, unit: UnitScore | None, count: int) -> dict[str, Any]:
    if unit is None:
        nothing = dict.fromkeys(("series", "unit_score", "unit_rank", "unit_band"), NONE)
        return {"unit": person.unit, "unit_count": count, **nothing}
    return {
        "unit": unit.name,
        "series": unit.series,
        "unit_count": count,
        "unit_score": NONE if unit.total.printed is None else str(unit.total.printed),
        "unit_rank": NONE if unit.rank is None else str(unit.rank),
        "unit_band": unit.band.label if unit.band else NONE,
    }


def _own_result(score: YearScore, person: PersonScore) -> dict[str, Any]:
    return {
        "own_score": figure(person.own.score, score.settings.decimals),
        "personal_score": NONE if person.figure is None else str(person.figure),
    }


def _goals(goals: Collection[ScoredGoal], standards: dict[int, str]) -> dict[str, Any]:
    counted = [goal for goal in goals if not goal.not_applicable]
    completed = sum(goal.completed_on is not None for goal in counted)
    return {
        "goal_count": len(goals),
        "completion_rate": percent(Fraction(completed, len(counted))) if counted else NONE,
        "goals": [
            {
                "goal": goal.name,
                "standard": standards.get(goal.id, NONE),
                "deadline": _iso(goal.due_on),
                "completion": _completion(goal),
                "completed_on": _iso(goal.completed_on),
            }
            for goal in goals
        ],
    }


def _completion(goal: ScoredGoal) -> str:
    if goal.not_applicable:
        return "不涉及"
    if goal.completed_on:
        return DONE
    return f"完成{plain(goal.done)}{goal.measure_unit}，目标{plain(goal.target)}{goal.measure_unit}"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else NONE


def _rewards(year: int) -> dict[int, list[dict[str, str]]]:
    """Return the awards of the issued decision by person: of those it names."""
    issued = find_issued(year, DocumentKind.COMMENDATION_DECISION)
    if issued is None:
        return {}
    rewards = [{"award": PERSON_AWARD, "document": str(issued["number"] or "")}]
    return {row.person_id: rewards for row in list_rows(year, ISSUED) if row.person_id is not None}


def _admonitions(year: int) -> dict[int, list[dict[str, str]]]:
    """Return the admonitions of the year that were talked, with number, day and end; never their contents."""
    found: dict[int, list[dict[str, str]]] = {}
    for case in list_of_year(year):
        if case.talk is not None and case.notice is not None and case.talk.person_signed_on is not None:
            found.setdefault(case.person_id, []).append(
                {
                    "number": case.notice.text,
                    "talked_on": case.talk.talked_on.isoformat(),
                    "effect_until": case.talk.effect_until.isoformat(),
                }
            )
    return found
