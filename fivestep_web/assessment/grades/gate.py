"""What keeps a year from being filed, what filing writes, and who is publicized as 优秀 (5.6, N3)."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fivestep_web.assessment.cycles import hooks
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove
from fivestep_web.assessment.cycles.rules import CycleState, Unmet
from fivestep_web.assessment.grades import files, giving, queries, standing
from fivestep_web.assessment.grades.rules import GradeState
from fivestep_web.assessment.grades.standing import Candidate
from fivestep_web.assessment.publicity import lists
from fivestep_web.assessment.publicity.models import PublicityLine
from fivestep_web.assessment.publicity.rules import Subject
from fivestep_web.assessment.scores import YearScore
from fivestep_web.core.permissions import Actor

NAMED = 5


def filing_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Ask that all are graded, told and heard before a year is filed in which grades were proposed at all."""
    if not queries.list_versions(cycle.year):
        return []
    people = standing.read(cycle.year).candidates
    found = [
        (_("年度等次还没有确定：%(names)s。"), [item for item in people if not _is_decided(item)]),
        (_("书面通知还没有送达：%(names)s。"), [item for item in people if giving.is_untold(item)]),
        (_("本人意见还没有签署或登记：%(names)s。"), [item for item in people if _is_unheard(item)]),
        (_("复核成立，等次还没有更正：%(names)s。"), [item for item in people if item.review]),
    ]
    return [
        Unmet(str(sentence) % {"names": _names(who)}, _("到年度等次"), "grades.grade_index")
        for sentence, who in found
        if who
    ]


def _is_decided(candidate: Candidate) -> bool:
    return candidate.current is not None and candidate.current.state is GradeState.CONFIRMED


def _is_unheard(candidate: Candidate) -> bool:
    return candidate.notice is not None and candidate.notice.opinion is None


def _names(people: Sequence[Candidate]) -> str:
    told = "、".join(item.name for item in people[:NAMED])
    return told if len(people) <= NAMED else str(_("%(names)s等%(count)s人", names=told, count=len(people)))


def excellent_lines(score: YearScore) -> list[PublicityLine]:
    """Return a line for each person who is proposed to be 优秀 and was not publicized before."""
    return [
        PublicityLine(
            sequence=sequence, person_id=person.id, name=person.name, post=person.post, outcome=label
        )
        for sequence, (person, label) in enumerate(standing.excellent_rows(score), 1)
    ]


def _write_files(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    del move
    files.write_all(actor, cycle)


def attach() -> None:
    """Bind grades to the life of the assessment cycle and to the publicity of 优秀."""
    hooks.require(CycleState.FILED, filing_gaps, label=_l("年度等次已确定、已通知，意见已签署"))
    hooks.on_state(CycleState.FILED, _write_files)
    lists.register(Subject.EXCELLENT, excellent_lines)
