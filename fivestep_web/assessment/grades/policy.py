"""Who prepares, decides, gives and signs what concerns annual grades (domain.md section 6, N3)."""

from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades.models import AnnualGrade
from fivestep_web.assessment.grades.rules import GradeState
from fivestep_web.core.permissions import Actor, Permission

PREPARABLE = (
    CycleState.TALLIED,
    CycleState.REVIEWED,
    CycleState.PUBLICIZING,
    CycleState.CONFIRMED,
    CycleState.FILED,
)
DECIDABLE = (CycleState.CONFIRMED, CycleState.FILED)


def can_prepare(actor: Actor, person_id: int) -> bool:
    """Say whether the actor may propose this person's grade and give the notice: never the own."""
    return actor.may(Permission.GRADE_PREPARE) and actor.person_id not in {None, person_id}


def can_enter_bar(actor: Actor, person_id: int) -> bool:
    """Say whether the actor may enter what bars this person: personnel alone, never in an own matter."""
    return actor.may(Permission.GRADE_BAR) and actor.person_id not in {None, person_id}


def can_decide(actor: Actor, grade: AnnualGrade) -> bool:
    """Say whether the actor may decide on a proposal: the minister, never who prepared it, never the own."""
    return (
        actor.may(Permission.GRADE_DECIDE)
        and grade.state is GradeState.PROPOSED
        and actor.person_id not in {None, grade.person_id, grade.prepared_by_id}
    )


def reads_all(actor: Actor) -> bool:
    """Say whether the actor reads the grades of all; others read the own notice."""
    return actor.may(Permission.GRADE_PREPARE) or actor.may(Permission.GRADE_DECIDE)
