"""Visits and discussions of the social survey beside its questionnaires (R5.10)."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.ballots import policy
from fivestep_web.assessment.ballots.models import SurveyVisit
from fivestep_web.assessment.ballots.rules import VisitKind
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.audit import services as audit
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db

TAKING = (CycleState.OPEN, CycleState.SELF_REPORTING, CycleState.VOTING, CycleState.VOTING_CLOSED)


def list_visits(cycle_id: int) -> Sequence[SurveyVisit]:
    """Return the records of the cycle, the latest day first."""
    query = (
        select(SurveyVisit)
        .where(SurveyVisit.cycle_id == cycle_id)
        .options(joinedload(SurveyVisit.recorded_by))
    )
    return db.session.scalars(query.order_by(SurveyVisit.held_on.desc(), SurveyVisit.id.desc())).all()


def record_visit(
    actor: Actor,
    cycle: AssessmentCycle,
    *,
    kind: VisitKind,
    held_on: date,
    place: str,
    participants: str,
    attendance: int,
    findings: str,
) -> None:
    """Keep a record of a visit or discussion held up to today; it changes no score."""
    if not policy.can_manage(actor):
        raise NotAllowed(_("走访座谈由办公室登记。"))
    if cycle.state not in TAKING:
        raise Conflict(_("现在是“%(state)s”，不能登记走访座谈。", state=cycle.state.label))
    if held_on > clock.today():
        raise FieldError("held_on", _("日期不能晚于今天。"))
    visit = SurveyVisit(
        cycle_id=cycle.id,
        kind=kind,
        held_on=held_on,
        place=place.strip(),
        participants=participants.strip(),
        attendance=attendance,
        findings=findings.strip(),
        recorded_by_id=actor.person_id,
        recorded_at=clock.now(),
    )
    db.session.add(visit)
    db.session.flush()
    audit.record(
        actor, "survey.visit_recorded", f"visit:{visit.id}", kind=kind.label, date=held_on, place=visit.place
    )
