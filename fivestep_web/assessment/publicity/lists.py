"""Who stands on a publicity's list, and what keeps the list from being posted."""

from collections.abc import Callable, Collection

from flask_babel import gettext as _

from fivestep_web.assessment.cycles.rules import Unmet
from fivestep_web.assessment.eligible import list_eligible
from fivestep_web.assessment.publicity import queries
from fivestep_web.assessment.publicity.models import PublicityLine
from fivestep_web.assessment.publicity.rules import Subject
from fivestep_web.assessment.scores import UnitScore, YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.standings import Proposal

UNIT_AWARD = "组织工作先进集体"
PERSON_AWARD = "先进个人"


def result_lines(score: YearScore) -> list[PublicityLine]:
    """Return a line for each unit, by series and rank."""
    ordered = [unit for _label, units in score.series() for unit in units]
    return [
        PublicityLine(sequence=sequence, unit_id=unit.id, name=unit.name, outcome=_result(unit))
        for sequence, unit in enumerate(ordered, 1)
    ]


def _result(unit: UnitScore) -> str:
    band = f"，{unit.band.label}" if unit.band else ""
    return f"{unit.series}第{unit.rank}名，{unit.total.printed}分{band}"


def commendation_lines(score: YearScore) -> list[PublicityLine]:
    """Return the proposed units and people in the order of the commendation's list."""
    return [
        PublicityLine(
            sequence=sequence,
            unit_id=row.unit.id if row.person_id is None else None,
            person_id=row.person_id,
            name=row.person or row.unit.name,
            post=row.post,
            outcome=UNIT_AWARD if row.person_id is None else PERSON_AWARD,
        )
        for sequence, row in enumerate(list_eligible(score), 1)
    ]


def tie_gaps(year: int) -> list[Unmet]:
    """Return whom a tie at a quota leaves to the department meeting (7.7)."""
    undecided = [row for row in list_eligible(score_year(year)) if row.is_undecided]
    if not undecided:
        return []
    sentence = _(
        "%(names)s得分完全并列，先进个人名额不够，由部务会议决定并写明理由。", names=_names(undecided)
    )
    return [Unmet(sentence, _("查看表彰建议对象"), "assessment.result_index")]


def _names(rows: Collection[Proposal]) -> str:
    return "、".join(row.person or row.unit.name for row in rows)


def commendation_gaps(year: int) -> list[Unmet]:
    """Return what keeps the candidates of commendation from being posted: ties, open objections."""
    score = score_year(year)
    open_ones = queries.list_open(year)
    units = {objection.unit_id for objection in open_ones} - {None}
    people = {objection.person_id for objection in open_ones} - {None}
    held = [
        row
        for row in list_eligible(score)
        if (row.unit.id in units if row.person_id is None else row.person_id in people)
    ]
    gaps = tie_gaps(year)
    if held:
        sentence = _("%(names)s有异议未答复，答复前不能公示。", names=_names(held))
        gaps.append(Unmet(sentence, _("查看异议"), "objections.objection_index"))
    return gaps


DrawUp = Callable[[YearScore], list[PublicityLine]]
DRAWN_UP: dict[Subject, DrawUp] = {
    Subject.RESULTS: result_lines,
    Subject.COMMENDATION: commendation_lines,
}


def register(subject: Subject, draw_up: DrawUp) -> None:
    """Let another feature draw up the list of *subject* when it is posted."""
    DRAWN_UP[subject] = draw_up
