"""Marks, the validity of ballots and their count; pure (domain.md 7.2, R5.10–R5.13)."""

import enum
import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from fivestep_web.assessment.group_results import is_ballot_valid
from fivestep_web.assessment.score_settings import Grade, Group, Satisfaction, Settings
from fivestep_web.audit.rules import leaf_hash, merkle_root

INVALID: Final = "invalid"  # a line of a paper ballot that cannot be read (two options, text)
SHORTEST_TO_BREAK_DOWN: Final = 5  # k of trust.md B7: rated lines below which nothing tells them apart
HIGHEST_SCORE: Final = Decimal(100)
BAND_WIDTH: Final = 10  # points, of the bands in which the means of ballots are counted
TOP_BAND: Final = 90


class Form(enum.StrEnum):
    """What a voter of a group is asked: a degree of satisfaction, a grade, or a score."""

    SATISFACTION = "satisfaction"
    GRADES = "grades"
    SCORES = "scores"


class CodeState(enum.StrEnum):
    """The life of a code: issued, then used once or replaced."""

    FRESH = "fresh"
    USED = "used"
    REVOKED = "revoked"


class VisitKind(enum.StrEnum):
    """How the survey was held beside its questionnaires (R5.10)."""

    VISIT = "visit"
    DISCUSSION = "discussion"

    @property
    def label(self) -> str:
        return {VisitKind.VISIT: "走访", VisitKind.DISCUSSION: "座谈"}[self]


FORMS: Final = {
    Group.SOCIAL_SURVEY: Form.SATISFACTION,
    Group.MASS_EVALUATION: Form.GRADES,
    Group.LEADER_EVALUATION: Form.SCORES,
    Group.PEER_EVALUATION: Form.SCORES,
}
READING: Final = frozenset(Group) - {Group.SOCIAL_SURVEY}
"""Groups that give marks for what a unit did, and read its self-report first (R5.2); the survey asks how
satisfied people are (R5.10) and only offers it."""
ABSTENTIONS: Final = {
    Form.SATISFACTION: Satisfaction.UNKNOWN.value,
    Form.GRADES: Grade.ABSTAINED.value,
    Form.SCORES: Grade.ABSTAINED.value,
}
OPTIONS: Final[Mapping[Form, tuple[tuple[str, str], ...]]] = {
    Form.SATISFACTION: tuple((option.value, option.label) for option in Satisfaction),
    Form.GRADES: tuple((option.value, option.label) for option in Grade),
    Form.SCORES: (),
}


class MarkError(ValueError):
    """What was given is no mark of this form; the message is a sentence for the voter."""


def abstention_label(form: Form) -> str:
    """Return 不了解 or 弃权, the word for a line that is not rated."""
    return Satisfaction.UNKNOWN.label if form is Form.SATISFACTION else Grade.ABSTAINED.label


def label_of(form: Form, mark: str) -> str:
    """Return a mark in words; a score stands for itself."""
    if mark == INVALID:
        return "无效"
    if mark == ABSTENTIONS[form]:
        return abstention_label(form)
    return dict(OPTIONS[form]).get(mark, mark)


def read_mark(form: Form, text: str) -> str | None:
    """Return a mark in its one spelling, None for an empty line.

    Scores run 0–100 with at most one decimal (7.1 score_range). Raises MarkError.
    """
    given = unicodedata.normalize("NFKC", text).strip()
    if not given:
        return None
    if given == ABSTENTIONS[form] or given in dict(OPTIONS[form]):
        return given
    if form is not Form.SCORES:
        raise MarkError("请从所列选项中选一个")
    try:
        score = Decimal(given)
    except InvalidOperation:
        raise MarkError("请填写0到100的分数") from None
    if not score.is_finite() or not 0 <= score <= HIGHEST_SCORE or score != round(score, 1):
        raise MarkError("请填写0到100的分数，最多一位小数")
    return format(score.normalize() if score else Decimal(0), "f")


def read_entry(form: Form, text: str) -> str | None:
    """Return what a clerk typed for a line of a paper ballot: as read_mark, or by keys.

    1, 2, … stand for the options in their order, q for an abstention, x for a line that is invalid.
    """
    given = unicodedata.normalize("NFKC", text).strip().lower()
    if given in {"x", label_of(form, INVALID)}:
        return INVALID
    if given in {"q", abstention_label(form)}:
        return ABSTENTIONS[form]
    keys = {str(place): option for place, (option, _label) in enumerate(OPTIONS[form], 1)}
    words = {label: option for option, label in OPTIONS[form]}
    return read_mark(form, keys.get(given) or words.get(given) or given)


def typed_entry(form: Form, mark: str) -> str:
    """Return what a clerk types for a mark; read_entry reads it again."""
    if mark == INVALID:
        return "x"
    if mark == ABSTENTIONS[form]:
        return "q"
    keys = {option: str(place) for place, (option, _label) in enumerate(OPTIONS[form], 1)}
    return keys.get(mark, mark)


def points_of(form: Form, mark: str, settings: Settings) -> Decimal | None:
    """Return the points of a usable mark; None for an abstention."""
    if mark == ABSTENTIONS[form]:
        return None
    if form is Form.SATISFACTION:
        return settings.satisfaction_points[Satisfaction(mark)]
    if form is Form.GRADES:
        return settings.grade_points[Grade(mark)]
    return Decimal(mark)


@dataclass(frozen=True, slots=True)
class Judged:
    """A ballot by 7.2: *lines* are to be counted, INVALID ones among them; an invalid ballot has none."""

    is_blank: bool
    is_valid: bool
    lines: Mapping[int, str]


def judge(offered: Collection[int], marks: Mapping[int, str]) -> Judged:
    """Judge one ballot: *offered* are the units it asks about, *marks* what stands at which unit.

    A mark at a unit that was not offered (the own one) counts for nothing. With more than half of the lines
    invalid or missing the whole ballot is invalid.
    """
    lines = {unit: mark for unit, mark in marks.items() if unit in offered}
    usable = sum(mark != INVALID for mark in lines.values())
    if not is_ballot_valid(len(offered), usable):
        return Judged(not lines, is_valid=False, lines={})
    return Judged(is_blank=False, is_valid=True, lines=lines)


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that was not entered alike; *first* and *second* are None where it was left empty."""

    number: int
    unit: int
    first: str | None
    second: str | None


def differences(
    first: Mapping[int, Mapping[int, str]], second: Mapping[int, Mapping[int, str]]
) -> list[Difference]:
    """Return where two entries of the same paper ballots, by number and unit, do not agree.

    A ballot that only one has entered yet is not compared.
    """
    return [
        Difference(number, unit, first[number].get(unit), second[number].get(unit))
        for number in sorted(first.keys() & second.keys())
        for unit in sorted(first[number].keys() | second[number].keys())
        if first[number].get(unit) != second[number].get(unit)
    ]


@dataclass(slots=True)
class Tally:
    """How the ballots of one poll came back; no field leads to a single ballot.

    *flat* counts ballots with nothing but the highest mark; *bands* counts ballots by the mean of their
    points, keyed by the lowest mean of the band.
    """

    returned: int = 0
    blank: int = 0
    valid: int = 0
    flat: int = 0
    bands: Counter[int] = field(default_factory=Counter)
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def invalid(self) -> int:
        """Return the ballots that do not count, blank ones included."""
        return self.returned - self.valid

    def take(self, form: Form, judged: Judged, settings: Settings) -> None:
        """Add one ballot."""
        self.returned += 1
        self.blank += judged.is_blank
        if not judged.is_valid:
            return
        self.valid += 1
        self.lines.extend(judged.lines.items())
        usable = [mark for mark in judged.lines.values() if mark != INVALID]
        given = [points for mark in usable if (points := points_of(form, mark, settings)) is not None]
        if not given:
            return
        self.flat += all(points == HIGHEST_SCORE for points in given)
        self.bands[_band(Fraction(sum(given)) / len(given))] += 1


def _band(mean: Fraction) -> int:
    return min(int(mean // BAND_WIDTH) * BAND_WIDTH, TOP_BAND)


def seal_root(lines: Iterable[tuple[str, int, str]], receipts: Iterable[str]) -> str:
    """Return the Merkle root (RFC 6962) over all lines (id, unit, mark) and tracking numbers, in hex.

    The order they are given in does not matter.
    """
    texts = sorted(
        [json.dumps(["line", *line]) for line in lines]
        + [json.dumps(["receipt", number]) for number in receipts]
    )
    return merkle_root([leaf_hash(text.encode()) for text in texts]).hex()
