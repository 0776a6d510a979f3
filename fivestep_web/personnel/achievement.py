"""What a person's achievement file (C15) is made from: posts, goals, letters, and what was issued.

Figures of results are those of the issued bulletin and of the notice to the person, never computed anew.
What the system does not keep is said to be missing, not 无: the file goes into decisions on people.
"""

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from fivestep_web.assessment.grades.models import AchievementEntry
from fivestep_web.assessment.grades.queries import list_own_notices
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.core.rounding import percent, plain
from fivestep_web.documents.dates import chinese_date
from fivestep_web.execution.queries import NO_PROGRESS, progress_of_goals
from fivestep_web.execution.rules import Completion, completion_on
from fivestep_web.org.labels import ESTABLISHMENT_LABELS
from fivestep_web.org.models import PostHolding
from fivestep_web.org.queries import unit_names_on
from fivestep_web.personnel import daily, queries
from fivestep_web.personnel.contents import Admonition, Materials, YearMaterials
from fivestep_web.personnel.daily import ASSESSMENT_CLASS, AWARD_CLASS
from fivestep_web.personnel.rules import period_text
from fivestep_web.responsibility.letters.payloads import common
from fivestep_web.responsibility.models import Goal

NONE: Final = "—"
POST_CLASS: Final = "工资、任免类"
ADMONITION_CLASS: Final = "违规违纪违法处理处分类"
NOT_KEPT: Final = "系统没有登记，由人事据实补充"


def achievement_payload(actor: Actor, materials: Materials, today: date) -> dict[str, Any]:
    """Return the payload of the file as of *today*, compiled by *actor* (R5.8)."""
    person = materials.person
    years = [item.year for item in materials.years]
    goals = queries.list_goals(person.id, years)
    done = _completions(goals, today)
    now = next((held for held in person.holdings if held.is_held_on(today)), None)
    title = "干部实绩考核档案"
    units = daily.unit_years(person.holdings, years, today)
    return {
        **common(years[-1], title, f"person-{person.id}", is_draft=False),
        "document_date": chinese_date(today),
        "created": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}",
        "person": person.name,
        "position": now.position.title if now else "（目前没有任职）",
        "unit": now.position.unit.name if now else NONE,
        "establishment": _establishment(now),
        "file_number": f"实绩档{person.code}",
        "period": period_text(years),
        "as_of_date": chinese_date(today),
        "compiled_by": actor.position or actor.name,
        "positions": [_position(held) for held in person.holdings],
        "annual_results": [
            row for item in materials.years for row in _years_rows(materials, item, goals, done)
        ],
        "goal_years": [_goal_year(person.id, item, goals, done) for item in materials.years],
        "visible_achievements": list(daily.visible(units)) or [_not_kept()],
        "latent_achievements": list(daily.latent(units)) or [_not_kept()],
        "daily_records": list(daily.records(units)) or [_not_kept()],
        "rewards": [row for item in materials.years for row in _rewards(item)],
        "admonitions": None
        if materials.admonitions is None
        else [_admonition(item) for item in materials.admonitions],
        "letters": [_letter(item.letter) for year in materials.years for item in year.letters],
        "own_opinion": _opinion(person.id, years),
    }


def _completions(goals: Sequence[Goal], today: date) -> dict[int, Completion]:
    progress = progress_of_goals([goal.id for goal in goals], today) if goals else {}
    return {goal.id: completion_on(progress.get(goal.id, NO_PROGRESS).latest, today) for goal in goals}


def _establishment(held: PostHolding | None) -> str:
    return str(ESTABLISHMENT_LABELS[held.establishment]) if held and held.establishment else NONE


def _source(document: str, archive_class: str) -> dict[str, str]:
    return {"document": document or NONE, "archive_class": archive_class}


def _position(held: PostHolding) -> dict[str, Any]:
    return {
        "start_date": chinese_date(held.valid_from),
        "end_date": chinese_date(held.valid_to) if held.valid_to else None,
        "unit": held.position.unit.name,
        "position": held.position.title,
        "establishment": _establishment(held),
        "source": _source("系统任职记录", POST_CLASS),
    }


def _years_rows(
    materials: Materials, item: YearMaterials, goals: Sequence[Goal], done: dict[int, Completion]
) -> list[dict[str, Any]]:
    """Return the filed entries of a year, corrections marked; before filing, what is known so far."""
    if not item.entries:
        return [_annual(materials, item, goals, done)]
    return [_filed(entry, is_corrected=entry is not item.entries[-1]) for entry in item.entries]


def _filed(entry: AchievementEntry, *, is_corrected: bool) -> dict[str, Any]:
    note = f"{entry.written_on:%Y-%m-%d}{entry.kind.label}"
    if entry.reason:
        note += f"：{entry.reason}"
    told = entry.content
    return {
        "year": str(entry.year),
        "goal_count": str(told["goal_count"]),
        **{name: told[name] for name in ("completion_rate", "unit_score", "unit_rank", "personal_score")},
        "grade": told["grade"],
        "note": f"{note}（已更正，见下行）" if is_corrected else note,
        "source": _source(entry.cycle + ("（更正）" if entry.corrects_id else ""), ASSESSMENT_CLASS),
    }


def _opinion(person_id: int, years: Collection[int]) -> str | None:
    """Return the person's signed opinions of the notices in force; None leaves room for handwriting."""
    said = [
        f"{notice.year}年度：{notice.opinion.stance.label}"
        f"{'，' if notice.opinion.text else ''}{notice.opinion.text}"
        f"（{chinese_date(notice.opinion.dated_on)}，{notice.opinion.way.label}）"
        for notice in list_own_notices(person_id, years)
        if notice.opinion
    ]
    return "；".join(said) or None


def _annual(
    materials: Materials, item: YearMaterials, goals: Sequence[Goal], done: dict[int, Completion]
) -> dict[str, Any]:
    own = [goal for goal in goals if goal.year == item.year and goal.person_id == materials.person.id]
    counted = [done[goal.id] for goal in own if not done[goal.id].not_applicable]
    completed = sum(completion.completed_on is not None for completion in counted)
    line = _unit_line(materials, item)
    told = item.notice.payload if item.notice else {"personal_score": NONE, "grade": None}
    return {
        "year": str(item.year),
        "goal_count": str(len(own)),
        "completion_rate": percent(Fraction(completed, len(counted))) if counted else NONE,
        "unit_score": line["total_score"] if line else NONE,
        "unit_rank": line["rank"] if line else NONE,
        "personal_score": told["personal_score"],
        "grade": told["grade"] or NONE,
        "note": "完成率按项数计" + ("" if item.result else "，考核结果尚未印发"),
        "source": _source(item.result.number if item.result else "", ASSESSMENT_CLASS),
    }


def _unit_line(materials: Materials, item: YearMaterials) -> dict[str, str] | None:
    """Return what the issued bulletin says of the unit of the person's post at the end of the year."""
    if item.result is None:
        return None
    day = date(item.year, 12, 31)
    name = unit_names_on(day).get(queries.unit_of(materials.person.holdings, day) or 0)
    lines = [line for series in item.result.payload["series"] for line in series["results"]]
    return next((line for line in lines if line["unit"] == name), None)


def _goal_year(
    person_id: int, item: YearMaterials, goals: Sequence[Goal], done: dict[int, Completion]
) -> dict[str, Any]:
    numbers = "、".join(material.letter.number for material in item.letters if not material.is_superseded)
    of_year = [goal for goal in goals if goal.year == item.year]
    return {
        "year": str(item.year),
        "goals": [
            {
                "sequence": place,
                "goal": goal.name,
                "standard": goal.completion_standard,
                "deadline": chinese_date(goal.deadline),
                "completion": _completion(goal, done[goal.id]) if goal.person_id == person_id else "已移交",
                "completed_on": _completed_on(done[goal.id]) if goal.person_id == person_id else NONE,
            }
            for place, goal in enumerate(of_year, 1)
        ],
        "source": _source(numbers or "系统台账", ASSESSMENT_CLASS),
    }


def _completion(goal: Goal, completion: Completion) -> str:
    if completion.not_applicable:
        return "不涉及"
    if completion.completed_on:
        return "已完成"
    if completion.reported_on is None:
        return "没有汇报"
    return f"完成{plain(completion.done)}{goal.measure_unit}，目标{plain(goal.target)}{goal.measure_unit}"


def _completed_on(completion: Completion) -> str:
    return chinese_date(completion.completed_on) if completion.completed_on else NONE


def _not_kept() -> dict[str, Any]:
    return {"when": NONE, "content": NOT_KEPT, "source": _source("", NONE)}


def _rewards(item: YearMaterials) -> list[dict[str, Any]]:
    when = f"{item.year}年"
    if not item.is_decided:
        return [{"when": when, "content": "表彰决定尚未印发", "source": _source("", NONE)}]
    if item.commendation is None:
        return []
    source = _source(item.commendation.file.number, AWARD_CLASS)
    return [{"when": when, "content": item.commendation.award, "source": source}]


def _admonition(item: Admonition) -> dict[str, Any]:
    record = item.record
    return {
        "date": record["start_date"],
        "content": f"诫勉谈话：{record['reason']}",
        "effect_period": f"{record['start_date']}—{record['end_date']}",
        "source": _source(record["number"] or "", ADMONITION_CLASS),
    }


def _letter(letter: Any) -> dict[str, str]:
    return {
        "name": letter.title,
        "letter_number": letter.number,
        "signed_on": chinese_date(letter.in_force_at.astimezone(clock.ZONE).date())
        if letter.in_force_at
        else NONE,
        "content_hash": letter.content_sha256,
        "archive_class": ASSESSMENT_CLASS,
    }
