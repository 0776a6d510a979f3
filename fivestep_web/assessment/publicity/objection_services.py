"""Commands on objections: file, receive, answer; what was said stays, a correction is added (N8)."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from fivestep_web.assessment.cycles import services as cycles
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.publicity import deadlines, policy, queries, rules, services
from fivestep_web.assessment.publicity.filing import list_matters
from fivestep_web.assessment.publicity.models import Objection, ObjectionAnswer, Publicity
from fivestep_web.assessment.publicity.rules import ObjectionKind, ObjectionState, PublicityState
from fivestep_web.audit import services as audit
from fivestep_web.audit.facts import ROW, facts_of
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db

# what becomes of an objection later; the rest is as it was filed
LATER = ("state", "received_by_id", "received_on", "decide_by", "revision")


@dataclass(frozen=True, slots=True)
class Filing:
    """What somebody says: *matter* is a key of filing.list_matters.

    *objector* names who came on paper, empty for one's own; *filed_on* is the day it came in.
    """

    matter: str
    facts: str
    evidence: str
    contact: str
    objector: str = ""
    filed_on: date | None = None


def file(actor: Actor, cycle: AssessmentCycle, filing: Filing) -> Objection:
    """Store an objection; one entered for somebody on paper is received at once by who enters it."""
    is_for_other = bool(filing.objector)
    wanted = Permission.OBJECTION_RECEIVE if is_for_other else Permission.OBJECTION_FILE
    if actor.person_id is None or not actor.may(wanted):
        raise NotAllowed(_("您的岗位没有这项权限。"))
    filed_on = filing.filed_on or clock.today() if is_for_other else clock.today()
    objection = _start(actor, cycle, filing, filed_on)
    objection.objector_id = None if is_for_other else actor.person_id
    objection.objector = filing.objector or actor.name
    objection.contact, objection.facts, objection.evidence = filing.contact, filing.facts, filing.evidence
    objection.filed_on, objection.entered_by_id = filed_on, actor.person_id
    if is_for_other:
        _note_receipt(actor, objection)
    else:
        objection.state = ObjectionState.FILED
    db.session.add(objection)
    db.session.flush()
    audit.record(
        actor,
        "objection.filed",
        f"objection:{objection.id}",
        kind=objection.kind.value,
        **{ROW: facts_of(objection, without=LATER)},
    )
    return objection


def _start(actor: Actor, cycle: AssessmentCycle, filing: Filing, filed_on: date) -> Objection:
    """Return the objection begun; refuse what is not there for this actor, and a day out of time."""
    if filed_on > clock.today():
        raise FieldError("filed_on", _("收到日期不能晚于今天。"))
    matters = {matter.key: matter for matter in list_matters(actor, cycle, clock.today())}
    matter = matters.get(filing.matter)
    if matter is None:
        raise FieldError("matter", _("现在不能对它提出异议，请重新选择。"))
    is_own = filing.objector or matter.kind is not ObjectionKind.REVIEW or matter.person_id == actor.person_id
    is_own_unit = filing.objector or matter.kind is not ObjectionKind.COUNT or _is_of(actor, matter.unit_id)
    if not (is_own and is_own_unit):
        raise FieldError("objector", _("替他人登记的，请填写异议人姓名。"))
    if filing.objector and policy.is_about(actor, person_id=matter.person_id, unit_id=matter.unit_id):
        raise FieldError("matter", _("这件异议涉及您本人或您所在单位，须由其他人登记。"))
    problem = matter.problem(filed_on)
    if problem:
        raise FieldError("matter", problem)
    return matter.start(cycle.year)


def _is_of(actor: Actor, unit_id: int | None) -> bool:
    return unit_id is None or unit_id == actor.unit_id


def receive(actor: Actor, objection: Objection) -> None:
    """Receive an objection: from today its days for the answer run."""
    if objection.state is not ObjectionState.FILED:
        raise Conflict(_("这件异议已经受理，请刷新。"))
    if not policy.can_receive(actor, objection):
        raise NotAllowed(_("异议由办公室、人事或干部监督科受理，本人提出的、涉及本人或本单位的由他人受理。"))
    _note_receipt(actor, objection)
    db.session.flush()
    audit.record(actor, "objection.received", f"objection:{objection.id}", decide_by=str(objection.decide_by))


def _note_receipt(actor: Actor, objection: Objection) -> None:
    objection.state = ObjectionState.RECEIVED
    objection.received_by_id = actor.person_id
    objection.received_on = clock.today()
    objection.decide_by = deadlines.read().decide_by(clock.today())


def answer(
    actor: Actor,
    cycle: AssessmentCycle,
    objection: Objection,
    *,
    outcome: ObjectionState,
    text: str,
    reason: str,
) -> ObjectionAnswer:
    """Answer a received objection, or correct the answer by a further one; all of them are kept.

    Refuses who prepared the result, received or filed it, or is concerned (NotAllowed). What is upheld
    while the results are publicized takes the cycle back to 已审核 (5.6); other words for the same outcome
    change nothing.
    """
    if not actor.may(Permission.OBJECTION_HANDLE) or actor.person_id is None:
        raise NotAllowed(_("异议由干部监督科、常务副部长或主管领导答复。"))
    if objection.state is ObjectionState.FILED:
        raise Conflict(_("这件异议还没有受理。"))
    barred = policy.why_not_answer(actor, objection, queries.preparers(cycle))
    if barred:
        raise NotAllowed(barred)
    before = objection.answers[-1] if objection.answers else None
    told = ObjectionAnswer(
        objection=objection,
        outcome=outcome,
        answer=text,
        reason=reason,
        corrects_id=before.id if before else None,
        appeal_by=_appeal_by(objection.kind, outcome),
        answered_on=clock.today(),
        answered_at=clock.now(),
        person_id=actor.person_id,
    )
    db.session.add(told)
    objection.state = outcome
    db.session.flush()
    audit.record(
        actor,
        "objection.answer_corrected" if before else "objection.answered",
        f"objection:{objection.id}",
        state=outcome.value,
        **{ROW: facts_of(told)},
    )
    if before is None or before.outcome is not outcome:
        _follow(actor, cycle, objection)
    return told


def _appeal_by(kind: ObjectionKind, outcome: ObjectionState) -> date | None:
    if kind is not ObjectionKind.REVIEW or outcome is ObjectionState.UPHELD:
        return None
    return deadlines.read().appeal_by(clock.today())


def _follow(actor: Actor, cycle: AssessmentCycle, objection: Objection) -> None:
    """Do what follows from an answer: send results back, stop a list that was wrong, end what waited.

    What is upheld against one to be commended holds that one, not the list; against a list that was stopped
    already, nothing any more.
    """
    is_publicized = cycle.state is CycleState.PUBLICIZING
    against = db.session.get(Publicity, objection.publicity_id) if objection.publicity_id else None
    concerns_cycle = against is None or (
        against.subject is not rules.Subject.COMMENDATION and against.state in queries.POSTED
    )
    if concerns_cycle and rules.sends_back(objection.kind, objection.state, is_publicized=is_publicized):
        reason = _("关于%(about)s的%(kind)s成立", about=objection.about, kind=objection.kind.label)
        cycles.send_back(actor, cycle, reason)
    elif (
        concerns_cycle
        and objection.state is ObjectionState.UPHELD
        and against
        and _is_wrong(cycle, objection, against)
    ):
        services.stop(actor, against)
    else:
        services.end_due(cycle.year)


def _is_wrong(cycle: AssessmentCycle, objection: Objection, against: Publicity) -> bool:
    """Say whether a running list is to be drawn up anew.

    Once results are confirmed, one who was wrongly on the list of 优秀 goes alone: the others stay.
    """
    goes_alone = (
        objection.person_id is not None
        and against.subject is rules.Subject.EXCELLENT
        and cycle.state in (CycleState.CONFIRMED, CycleState.FILED)
    )
    return against.state is PublicityState.RUNNING and not goes_alone
