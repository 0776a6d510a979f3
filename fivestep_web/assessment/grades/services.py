"""Commands on annual grades: the procedure, the seats, the proposal and the decision (N1–N6)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from fivestep_web.assessment.admonitions.opening import open_by_grade
from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.grades import files, policy, queries, rules, standing
from fivestep_web.assessment.grades.models import AnnualGrade, GradeStep, SeatApproval
from fivestep_web.assessment.grades.rules import Grade, GradeState, Remarks, Step
from fivestep_web.assessment.grades.standing import Candidate, Year
from fivestep_web.audit import services as audit
from fivestep_web.audit.facts import ROW, facts_of
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db

# what the log keeps as a hash: its page is the administrator's, who may not read grades (domain.md section 6)
HIDDEN = ("grade", "remarks", "reason", "figure", "return_reason")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What personnel proposes; *reason* says why, where a decided grade is corrected."""

    grade: Grade
    remarks: str = ""
    reason: str = ""


def record_steps(actor: Actor, year: int, held: Mapping[Step, tuple[date, str]]) -> None:
    """Record the days and notes of the procedure's steps (N3); what is left out is taken back."""
    _demand(actor, Permission.GRADE_PREPARE, _("考核程序由人事或常务副部长登记。"))
    today = clock.today()
    for step, (day, _note) in held.items():
        if day > today:
            raise FieldError(f"{step.value}_on", _("日期不能晚于今天。"))
    fault = rules.order_fault({step: day for step, (day, _note) in held.items()})
    if fault:
        raise FieldError(f"{fault[0].value}_on", f"{fault[1]}。")
    stored = queries.list_steps(year)
    _demand_kept(year, stored, {step: day for step, (day, _note) in held.items()})
    for step, row in stored.items():
        if step not in held:
            db.session.delete(row)
    for step, (day, note) in held.items():
        row = stored.get(step) or GradeStep(year=year, step=step)
        row.held_on, row.note, row.entered_by_id = day, note, actor.person_id or 0
        db.session.add(row)
    db.session.flush()
    days = [f"{step.label} {day:%Y-%m-%d}" for step, (day, _note) in held.items()]
    audit.record(actor, "grade.steps_recorded", f"year:{year}", days=days)


def _demand_kept(year: int, stored: Collection[Step], days: Mapping[Step, date]) -> None:
    """Refuse to take back a step that decided grades rest on, or to date it after the first of them."""
    first = queries.first_decision(year)
    if first is None:
        return
    for step in Step:
        if step in stored and step not in days:
            raise FieldError(f"{step.value}_on", _("已有等次确定，这一步不能删去。"))
        if step in days and days[step] > first:
            raise FieldError(f"{step.value}_on", _("%(day)s已有等次确定，这一步不能更晚。", day=first))


def approve_seats(actor: Actor, year: int, given: Mapping[Pool, tuple[str, date]]) -> None:
    """Record the approvals of up to 25 % 优秀, by pool; what is left out is taken back (N2).

    Raises FieldError where more are proposed already than the seats without it.
    """
    _demand(actor, Permission.GRADE_PREPARE, _("名额批准由人事或常务副部长登记。"))
    stored = queries.list_approvals(year)
    for pool, row in stored.items():
        if pool not in given:
            db.session.delete(row)
    for pool, (number, day) in given.items():
        if day > clock.today():
            raise FieldError(f"{pool.value}_on", _("批准日期不能晚于今天。"))
        row = stored.get(pool) or SeatApproval(year=year, pool=pool)
        row.number, row.approved_on, row.entered_by_id = number, day, actor.person_id or 0
        db.session.add(row)
    db.session.flush()
    known = standing.read(year)
    for pool, seats in known.seats.items():
        if known.taken(pool) > seats:
            sentence = _("已拟定%(count)s名优秀，撤去批准后只有%(seats)s个名额，请先调整。",
                         count=known.taken(pool), seats=seats)  # fmt: skip
            raise FieldError(f"{pool.value}_number", sentence)
    numbers = [f"{pool.label} {number}" for pool, (number, _day) in given.items()]
    audit.record(actor, "grade.seats_approved", f"year:{year}", lines=numbers)


def propose(actor: Actor, cycle: AssessmentCycle, person_id: int, proposal: Proposal) -> AnnualGrade:
    """Store what personnel proposes for a person of the locked *cycle*; a decided grade gets a new version.

    Refuses what a bar excludes, more 优秀 than there are seats, and missing or forbidden remarks.
    """
    if not policy.can_prepare(actor, person_id):
        raise NotAllowed(_("等次由人事或常务副部长拟定，本人的由他人拟定。"))
    known = standing.read(cycle.year)
    candidate = known.get(person_id)
    before = candidate.current
    is_correction = before is not None and before.state is GradeState.CONFIRMED
    states = policy.DECIDABLE if is_correction or (before and before.version > 1) else policy.PREPARABLE
    if cycle.state not in states:
        raise Conflict(_("考核在“%(state)s”，现在不能拟定等次。", state=cycle.state.label))
    _demand_allowed(known, candidate, proposal)
    grade = _version(candidate, proposal)
    grade.grade, grade.remarks, grade.reason = proposal.grade, proposal.remarks, proposal.reason
    grade.unit_id, grade.post, grade.pool = candidate.unit_id, candidate.post, candidate.pool
    grade.figure = candidate.figure
    if candidate.review:
        grade.objection_id = candidate.review.objection_id
    grade.state, grade.return_reason = GradeState.PROPOSED, ""
    grade.prepared_by_id, grade.prepared_on = actor.person_id or 0, clock.today()
    db.session.add(grade)
    db.session.flush()
    audit.record(actor, "grade.proposed", f"grade:{grade.id}", person=person_id, **_row(grade))
    return grade


def _version(candidate: Candidate, proposal: Proposal) -> AnnualGrade:
    """Return the proposal under way, or a new version; a correction says why."""
    before = candidate.current
    if before is None:
        return AnnualGrade(year=candidate.year, person_id=candidate.person_id, version=1)
    if (before.version > 1 or before.state is GradeState.CONFIRMED) and not proposal.reason:
        raise FieldError("reason", _("请写明更正的理由。"))
    if before.state is not GradeState.CONFIRMED:
        return before
    return AnnualGrade(
        year=candidate.year,
        person_id=candidate.person_id,
        version=before.version + 1,
        corrects_id=before.id,
    )


def _demand_allowed(known: Year, candidate: Candidate, proposal: Proposal) -> None:
    allowed = candidate.allowed
    if proposal.grade not in allowed.grades:
        raise FieldError("grade", candidate.why_not(proposal.grade))
    if allowed.remarks is Remarks.REQUIRED and not proposal.remarks:
        raise FieldError("remarks", _("按规定只写评语、不定等次，请填写评语。"))
    if allowed.remarks is Remarks.FORBIDDEN and proposal.remarks:
        raise FieldError("remarks", _("按规定不写评语，请清空。"))
    problem = known.seat_problem(candidate, proposal.grade)
    if problem:
        raise FieldError("grade", problem)


def decide(actor: Actor, cycle: AssessmentCycle, grade: AnnualGrade) -> None:
    """Confirm a proposed grade; 基本称职 makes the person a candidate of admonition (N6).

    Refuses who prepared it, an unfinished procedure or publicity, and what a bar excludes by now. After
    filing the decision writes the correcting entry of the achievement file at once (R5.8).
    """
    known = standing.read(cycle.year)
    _decide(actor, cycle, known, grade)
    files.follow(actor, cycle, [grade])


def ready(actor: Actor, cycle: AssessmentCycle, known: Year) -> list[AnnualGrade]:
    """Return the proposals that the actor may decide on and that nothing keeps from it."""
    return [
        item.current
        for item in known.candidates
        if item.current and policy.can_decide(actor, item.current) and not known.why_undecided(cycle, item)
    ]


def decide_all(actor: Actor, cycle: AssessmentCycle, shown: Collection[str]) -> int:
    """Confirm the proposals of the marks *shown* (AnnualGrade.mark); return how many.

    Raises Conflict where one of them is by now another than the one that was on the page.
    """
    known = standing.read(cycle.year)
    chosen = [grade for grade in ready(actor, cycle, known) if grade.mark in shown]
    if not shown:
        raise Conflict(_("现在没有可以确定的等次。"))
    if len(chosen) != len(shown):
        raise Conflict(_("名单上的等次在您打开之后有变化，没有确定。请刷新后查看再办。"))
    for grade in chosen:
        _decide(actor, cycle, known, grade)
    files.follow(actor, cycle, chosen)
    return len(chosen)


def _decide(actor: Actor, cycle: AssessmentCycle, known: Year, grade: AnnualGrade) -> None:
    if not policy.can_decide(actor, grade):
        raise NotAllowed(_("等次由部长确定，拟定人和本人不能确定。"))
    problem = known.why_undecided(cycle, known.get(grade.person_id))
    if problem:
        raise Conflict(problem)
    grade.state = GradeState.CONFIRMED
    grade.decided_by_id, grade.decided_on = actor.person_id, clock.today()
    db.session.flush()
    audit.record(actor, "grade.confirmed", f"grade:{grade.id}", person=grade.person_id, **_row(grade))
    _note_decision(actor, grade.year)
    if grade.grade is Grade.BASIC:
        open_by_grade(actor, grade)


def _note_decision(actor: Actor, year: int) -> None:
    """Record the last step of the procedure on the day grades are first decided."""
    if Step.DECISION not in queries.list_steps(year):
        db.session.add(
            GradeStep(
                year=year, step=Step.DECISION, held_on=clock.today(), entered_by_id=actor.person_id or 0
            )
        )
        db.session.flush()


def send_back(actor: Actor, grade: AnnualGrade, reason: str) -> None:
    """Return a proposal to personnel, with the reason."""
    if not policy.can_decide(actor, grade):
        raise NotAllowed(_("等次由部长确定，拟定人和本人不能确定。"))
    if not reason.strip():
        raise DomainError(_("请写明退回的理由。"))
    grade.state, grade.return_reason = GradeState.RETURNED, reason.strip()
    db.session.flush()
    audit.record(actor, "grade.returned", f"grade:{grade.id}", person=grade.person_id, **_row(grade))


def _row(grade: AnnualGrade) -> dict[str, object]:
    return {ROW: facts_of(grade, keyed=HIDDEN)}


def _demand(actor: Actor, permission: Permission, sentence: str) -> None:
    if not actor.may(permission) or actor.person_id is None:
        raise NotAllowed(sentence)
