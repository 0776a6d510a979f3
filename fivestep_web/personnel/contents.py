"""What a person's materials consist of now, for who asks: the same for the page and for the bundle."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fivestep_web.assessment.grades.files import list_entries
from fivestep_web.assessment.grades.models import AchievementEntry
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.dates import is_chinese_date, read_chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.org.models import Person
from fivestep_web.personnel import policy, queries, rules
from fivestep_web.personnel.rules import YearFacts
from fivestep_web.responsibility.rules import LetterState


@dataclass(frozen=True)
class LetterMaterial:
    """A letter that came into force; *file* is None while its Word file is not made."""

    letter: Any
    file: Any | None

    @property
    def is_superseded(self) -> bool:
        """Tell whether a change order replaced it."""
        return self.letter.state is LetterState.SUPERSEDED


@dataclass(frozen=True)
class Commendation:
    """An issued decision that names the person, with the award."""

    file: Any
    award: str


@dataclass(frozen=True)
class Admonition:
    """An admonition whose effect period holds today: its documents, and what its record says."""

    files: tuple[Any, ...]
    record: Mapping[str, Any]
    ends_on: date


@dataclass(frozen=True)
class YearMaterials:
    """What there is of one year, and a sentence for each thing that is missing.

    *notice* tells the person the own result; *is_decided* says that the year's commendation is issued,
    whoever is on it. *entries* are those of the achievement file, corrections after what they correct.
    """

    year: int
    letters: tuple[LetterMaterial, ...]
    result: Any | None
    notice: Any | None
    commendation: Commendation | None
    is_decided: bool
    missing: tuple[str, ...]
    entries: tuple[AchievementEntry, ...]


@dataclass(frozen=True)
class Materials:
    """All there is; *admonitions* None for who may not know of any."""

    person: Person
    years: tuple[YearMaterials, ...]
    admonitions: tuple[Admonition, ...] | None

    @property
    def missing(self) -> list[str]:
        """Return what is missing, year by year."""
        return [sentence for year in self.years for sentence in year.missing]


def gather(actor: Actor, person: Person, years: Collection[int], today: date) -> Materials:
    """Return the person's materials of *years* as far as *actor* may have them; a fixed number of reads."""
    ordered = sorted(years)
    files = queries.list_letter_files(actor, person.id, ordered)
    letters = [
        LetterMaterial(row, files.get(f"letter:{row.id}")) for row in queries.list_letters(person.id, ordered)
    ]
    told = [*queries.list_issued(actor, ordered), *queries.list_notices(actor, person.id, ordered)]
    unsigned = queries.count_unsigned(person.id, ordered)
    honours = _Honours(person)
    entries = list_entries(person.id)
    return Materials(
        person,
        tuple(
            _year(
                year,
                [item for item in letters if item.letter.year == year],
                {row.kind: row for row in told if row.year == year},
                unsigned.get(year, 0),
                honours,
                entries=tuple(entry for entry in entries if entry.year == year),
            )
            for year in ordered
        ),
        _admonitions(actor, person, today) if policy.sees_admonitions(actor) else None,
    )


class _Honours:
    """Finds a person on lists of names."""

    def __init__(self, person: Person) -> None:
        self.name = person.name
        self.posts = {
            text
            for held in person.holdings
            for text in (
                held.position.title,
                f"{held.position.unit.name}{held.position.title}",
            )
        }
        self.is_only_bearer = queries.is_only_bearer(person)

    def award(self, decision: Any) -> str | None:
        """Return the award that *decision* gives the person."""
        for row in decision.payload["persons"]:
            if rules.is_named(row, self.name, self.posts, is_only_bearer=self.is_only_bearer):
                return str(row["award"])
        return None


def _year(
    year: int,
    letters: Sequence[LetterMaterial],
    told: Mapping[DocumentKind, Any],
    unsigned: int,
    honours: _Honours,
    *,
    entries: tuple[AchievementEntry, ...],
) -> YearMaterials:
    result = told.get(DocumentKind.ANNUAL_ASSESSMENT_RESULT)
    notice = told.get(DocumentKind.PERSONAL_RESULT_NOTICE)
    decision = told.get(DocumentKind.COMMENDATION_DECISION)
    award = honours.award(decision) if decision else None
    facts = YearFacts(
        year=year,
        letters=len(letters),
        unsigned=unsigned,
        without_file=sum(item.file is None for item in letters),
        has_result=result is not None,
        has_notice=notice is not None,
        commended=None if decision is None else award is not None,
    )
    commendation = Commendation(decision, award) if award is not None else None
    return YearMaterials(
        year,
        tuple(letters),
        result,
        notice,
        commendation,
        decision is not None,
        tuple(rules.missing_of(facts)),
        entries,
    )


def _admonitions(actor: Actor, person: Person, today: date) -> tuple[Admonition, ...]:
    by_subject: dict[str, list[Any]] = {}
    for row in queries.list_admonitions(actor, person.id):
        by_subject.setdefault(row.subject, []).append(row)
    found = []
    for rows in by_subject.values():
        record = next((row for row in rows if row.kind is DocumentKind.ADMONITION_RECORD), None)
        if record is None:
            continue
        first, last = (_day(record.payload[name]) for name in ("start_date", "end_date"))
        ends_on = rules.effect_ends(first, last, today)
        if ends_on:
            found.append(Admonition(tuple(rows), record.payload, ends_on))
    return tuple(found)


def _day(text: str) -> date | None:
    return read_chinese_date(text) if is_chinese_date(text) else None
