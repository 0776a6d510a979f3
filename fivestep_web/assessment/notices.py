"""What each person is told of the own result of the year (C09): a draft until it is given or issued.

A unit's total and rank are then those of the bulletin, never computed anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from fivestep_web.assessment import queries
from fivestep_web.assessment.grades.queries import Told, told
from fivestep_web.assessment.payloads import series_results, supervision_unit
from fivestep_web.assessment.publicity.deadlines import read
from fivestep_web.assessment.publicity.queries import held_people, upheld_reviews
from fivestep_web.assessment.result_table import NONE, figure
from fivestep_web.assessment.scores import SERIES_LABELS, PersonScore, ScoredGoal, YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.totals import personal_figure
from fivestep_web.core.rounding import percent, plain
from fivestep_web.documents.dates import chinese_date, read_chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payloads.assessment import DONE
from fivestep_web.documents.queries import find_issued
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.org.models import UnitKind
from fivestep_web.responsibility.letters.payloads import common

SECTIONS = SERIES_LABELS[UnitKind.SECTION]


def notice_payloads(year: int) -> list[DocumentRequest]:
    """Return the request for each person with a figure or a grade; none before there are ratings.

    Who has an open objection waits for the answer (N8).
    """
    score = score_year(year)
    if not score.has_ratings:
        return []
    bulletin = find_issued(year, DocumentKind.ANNUAL_ASSESSMENT_RESULT)
    standing = _Standing(
        score,
        frozenset(unit.id for unit in score.units),
        dict(_results(bulletin["series"] if bulletin else series_results(score))),
        queries.completion_standards(year),
        bulletin["letterhead"]["printing_date"] if bulletin else None,
        supervision_unit(year),
        told(year),
        {review.person_id: review.decided_on for review in upheld_reviews(year)},
    )
    held = held_people(year)
    settled = [person for person in score.everybody if person.id not in held]
    return [request for person in settled if (request := standing.request(person))]


def empty_facts(person: PersonScore) -> dict[str, Any]:
    """Return what a notice says of a person whose unit has no result."""
    return {
        "recipient": person.name,
        "unit_and_position": person.post,
        "unit": NONE,
        "series": NONE,
        "unit_count": 0,
        "total_score": NONE,
        "rank": NONE,
        "own_score": NONE,
        "personal_score": NONE,
        "figure_note": "",
        "goals": [],
        "completed_count": 0,
    }


def _results(series: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each unit's name and line with the series it stands in."""
    for one in series:
        for line in one["results"]:
            facts = {name: line[name] for name in ("unit", "total_score", "rank")}
            yield line["unit"], facts | {"series": one["series"], "unit_count": one["unit_count"]}


@dataclass(frozen=True)
class _Standing:
    """The year as its notices tell it; *issued_on* is the bulletin's day, None while it is not out."""

    score: YearScore
    assessed: frozenset[int]
    results: Mapping[str, Mapping[str, Any]]
    standards: Mapping[int, str]
    issued_on: str | None
    receiver: str
    told: Mapping[int, Told]
    corrected: Mapping[int, date]

    def request(self, person: PersonScore) -> DocumentRequest | None:
        """Return the request for one person; None for who has neither a figure nor a grade."""
        grade = self.told.get(person.id)
        result = self.results.get(person.unit) or self._unassessed(person)
        personal = self._personal(result, person)
        if result is None or (personal is None and grade is None):
            return None
        issued_on = chinese_date(grade.given_on) if grade and grade.given_on else self.issued_on
        year, is_draft = self.score.year, issued_on is None
        title = f"{person.name}同志{year}年度考核结果通知"
        payload = {
            **common(year, title, f"personal-result-{year}-{person.id}", is_draft=is_draft),
            "document_date": issued_on,
            "recipient": person.name,
            "unit_and_position": person.post,
            **result,
            "own_score": figure(person.own.score, self.score.settings.decimals),
            "personal_score": NONE if personal is None else str(personal),
            "grade": grade.grade if grade else None,
            "figure_note": self._figure_note(person),
            **self._goals(person.counted),
            "objection_end_date": chinese_date(grade.ask_by)
            if grade and grade.ask_by
            else self._objection_end(),
            "receiver": self.receiver,
        }
        return DocumentRequest(
            DocumentKind.PERSONAL_RESULT_NOTICE,
            f"person:{person.id}",
            title,
            payload,
            unit_id=person.unit_id,
            person_id=person.id,
            is_draft=is_draft,
        )

    def _unassessed(self, person: PersonScore) -> dict[str, Any] | None:
        """Return what is told of a section that is not assessed; None for a unit that is."""
        if person.unit_id in self.assessed:
            return None
        sections = dict(self.score.series()).get(SECTIONS, ())
        nothing = {"total_score": NONE, "rank": NONE}
        return {"unit": person.unit, "series": SECTIONS, "unit_count": len(sections), **nothing}

    def _personal(self, result: Mapping[str, Any] | None, person: PersonScore) -> Decimal | None:
        if result is None or result["total_score"] == NONE:
            return None
        return personal_figure(Decimal(result["total_score"]), person.own.score, self.score.settings)

    def _figure_note(self, person: PersonScore) -> str:
        share = self.score.settings.personal_unit_share
        own = "单位完成得分" if person.is_head else "本人完成得分"
        note = f"个人得分＝单位总分×{percent(share)}＋{own}×{percent(1 - share)}，供评定等次参考。"
        if person.unit_id not in self.assessed:
            note = "所在科室不参评，没有单位总分和个人得分。"
        day = self.corrected.get(person.id)
        return f"{note}复核改正：以{chinese_date(day)}的复核结论为准。" if day else note

    def _goals(self, goals: tuple[ScoredGoal, ...]) -> dict[str, Any]:
        rows = [
            {
                "sequence": sequence,
                "goal": goal.name,
                "standard": self.standards.get(goal.id, NONE),
                "deadline": chinese_date(goal.due_on),
                "completion": _completion(goal),
            }
            for sequence, goal in enumerate(goals, 1)
        ]
        return {"goals": rows, "completed_count": sum(row["completion"] == DONE for row in rows)}

    def _objection_end(self) -> str | None:
        if self.issued_on is None:
            return None
        return chinese_date(read().ask_by(read_chinese_date(self.issued_on)))


def _completion(goal: ScoredGoal) -> str:
    if goal.not_applicable:
        return "不涉及"
    if goal.completed_on:
        return DONE
    return f"完成{plain(goal.done)}{goal.measure_unit}，目标{plain(goal.target)}{goal.measure_unit}"
