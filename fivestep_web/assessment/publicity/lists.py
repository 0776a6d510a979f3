"""Who stands on a publicity's list, and what keeps the list from being posted."""

from collections.abc import Callable, Collection

from flask_babel import gettext as _

from fivestep_web.assessment.commendations.queries import list_rows
from fivestep_web.assessment.commendations.rules import CommendationState
from fivestep_web.assessment.cycles.rules import Unmet
from fivestep_web.assessment.eligible import list_eligible
from fivestep_web.assessment.publicity import queries
from fivestep_web.assessment.publicity.models import PublicityLine
from fivestep_web.assessment.publicity.rules import Subject
from fivestep_web.assessment.scores import UnitScore, YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.standings import Proposal


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


def tie_gaps(year: int) -> list[Unmet]:
    """Return whom a tie at a quota leaves to the department meeting (7.7)."""
    undecided = [row for row in list_eligible(score_year(year)) if row.is_undecided]
    if not undecided:
        return []
    sentence = _(
        "%(names)s得分完全并列，先进个人名额不够，由部务会议决定并写明理由。", names=_names(undecided)
    )
    return [Unmet(sentence, _("登记部务会议的决定"), "commendations.tie_index")]


def _names(rows: Collection[Proposal]) -> str:
    return "、".join(row.person or row.unit.name for row in rows)


def commendation_gaps(year: int) -> list[Unmet]:
    """Return what keeps the nominated from being posted: nobody nominated, ties, open objections."""
    rows = list_rows(year, (CommendationState.NOMINATED,))
    if not rows:
        sentence = _("还没有提名表彰对象。")
        return [Unmet(sentence, _("去提名"), "commendations.commendation_index")]
    open_ones = queries.list_open(year)
    units = {objection.unit_id for objection in open_ones}
    people = {objection.person_id for objection in open_ones}
    held = [row.name for row in rows if (row.unit_id in units if row.is_unit else row.person_id in people)]
    gaps = tie_gaps(year)
    if held:
        sentence = _("%(names)s有异议未答复，答复前不能公示。", names="、".join(held))
        gaps.append(Unmet(sentence, _("查看异议"), "objections.objection_index"))
    return gaps


DrawUp = Callable[[YearScore], list[PublicityLine]]
DRAWN_UP: dict[Subject, DrawUp] = {Subject.RESULTS: result_lines}


def register(subject: Subject, draw_up: DrawUp) -> None:
    """Let another feature draw up the list of *subject* when it is posted."""
    DRAWN_UP[subject] = draw_up
