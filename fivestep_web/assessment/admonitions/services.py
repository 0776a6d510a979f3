"""The steps of an admonition (domain.md 5.7); what is logged names the case, never contents or the person."""

from dataclasses import dataclass
from datetime import date, time

from flask_babel import gettext as _

from fivestep_web.assessment.admonitions import policy, queries, requests, rules
from fivestep_web.assessment.admonitions.models import (
    Admonition,
    AdmonitionDecision,
    AdmonitionFollowUp,
    AdmonitionNotice,
    AdmonitionProposal,
    AdmonitionStep,
    AdmonitionTalk,
)
from fivestep_web.assessment.admonitions.rules import AdmonitionState, Step
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.queries import File, read_checked
from fivestep_web.extensions import db
from fivestep_web.org.lookups import positions_on


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is proposed: findings about a period and, where a body studied them, which and when."""

    findings: str
    period_start: date
    period_end: date
    study_body: str
    studied_on: date | None


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """When, where and with whom the talk is to be held."""

    talk_on: date
    talk_at: time
    place: str
    talker_id: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """The talk as it was held, with the four parts of N10."""

    talked_on: date
    starts_at: time
    ends_at: time
    place: str
    talker_id: int
    recorder_id: int
    reason: str
    problems: str
    explanation: str
    requirements: str
    requirement_deadline: date
    commitment: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the follow-up found."""

    visited_on: date
    correction: str
    is_corrected: bool
    conclusion: str


def propose(actor: Actor, case: Admonition, proposal: Proposal) -> None:
    """Put a candidate on the proposed list; raises NotAllowed, Conflict, FieldError."""
    _require(policy.can_supervise(actor, case))
    state, today = _next(case, Step.PROPOSE), clock.today()
    if proposal.period_end < proposal.period_start:
        raise FieldError("period_end", _("结束日期不能早于开始日期"))
    if bool(proposal.study_body) != (proposal.studied_on is not None):
        field = "studied_on" if proposal.study_body else "study_body"
        raise FieldError(field, _("研究机关和研究日期要一并填写，或者都不填"))
    if proposal.studied_on and proposal.studied_on > today:
        raise FieldError("studied_on", _("研究日期不能晚于今天"))
    case.proposal = AdmonitionProposal(
        findings=proposal.findings.strip().rstrip("。"),
        period_start=proposal.period_start,
        period_end=proposal.period_end,
        study_body=proposal.study_body,
        studied_on=proposal.studied_on,
    )
    _advance(actor, case, state)


def decide(
    actor: Actor, case: Admonition, step: Step, *, authority: str, decided_on: date, opinion: str
) -> None:
    """Record the decision on a proposal: approve, decline, or make it a 提醒谈话.

    Only the minister decides, never on what the minister proposed (NotAllowed). Raises Conflict, FieldError.
    """
    _require(policy.can_decide(actor, case))
    if step not in rules.DECISIONS:
        raise _changed()
    state = _next(case, step)
    proposed_on = _day_of(case, AdmonitionState.PROPOSED)
    if fault := rules.span_fault(decided_on, proposed_on, clock.today(), _("批准日期")):
        raise FieldError("decided_on", fault)
    if step is not Step.APPROVE and not opinion.strip():
        raise FieldError("opinion", _("不予诫勉、改为提醒谈话的，请写明理由"))
    case.decision = AdmonitionDecision(
        authority=authority.strip(), decided_on=decided_on, opinion=opinion.strip()
    )
    _advance(actor, case, state)


def notify(actor: Actor, case: Admonition, appointment: Appointment) -> None:
    """Number the notice and tell the person; the Word file follows by the queue (C13)."""
    _require(policy.can_supervise(actor, case))
    state, today = _next(case, Step.NOTIFY), clock.today()
    if appointment.talk_on < today:
        raise FieldError("talk_on", _("谈话日期不能早于今天"))
    _check_person("talker_id", appointment.talker_id, queries.people_for(case, today).talkers)
    head = queries.find_head_id(case.unit_id)
    case.notice = AdmonitionNotice(
        number_year=today.year,
        number=queries.next_number(today.year),
        noticed_on=today,
        talk_on=appointment.talk_on,
        talk_at=appointment.talk_at,
        place=appointment.place.strip(),
        talker_id=appointment.talker_id,
        talker_post=_post(appointment.talker_id, today),
        copy_recipient=_post(head, today) if head and head != case.person_id else "",
    )
    _advance(actor, case, state)
    requests.ask_notice(actor, case)


def receive(actor: Actor, case: Admonition, *, received_on: date | None = None) -> None:
    """Note that the person got the notice: signed for today, or by a paper receipt of *received_on*."""
    if not policy.can_receive(actor, case) or case.notice is None:
        raise Conflict(_("这份通知书已经签收，或还没有送达"))
    is_own, today = policy.is_subject(actor, case), clock.today()
    day = today if is_own or received_on is None else received_on
    if fault := rules.span_fault(day, case.notice.noticed_on, today, _("签收日期")):
        raise FieldError("received_on", fault)
    case.notice.received_on, case.notice.is_paper_receipt = day, not is_own
    db.session.flush()
    record(actor, "admonition.received", f"admonition:{case.id}", date=day)


def record_talk(actor: Actor, case: Admonition, talk: Record) -> None:
    """Keep the record of the talk for signing; it may be mended until both have signed (C14 as a draft)."""
    _require(policy.can_supervise(actor, case))
    if case.state is not AdmonitionState.NOTIFIED or case.notice is None:
        raise _changed()
    _check_talk(case, case.notice, talk)
    facts = {name: value.strip() if isinstance(value, str) else value for name, value in vars(talk).items()}
    facts |= {
        "talker_post": _post(talk.talker_id, talk.talked_on),
        "recorder_post": _post(talk.recorder_id, talk.talked_on),
        "effect_until": rules.effect_until(talk.talked_on),
    }
    if case.talk is None:
        case.talk = AdmonitionTalk(**facts)
    for name, value in facts.items():
        setattr(case.talk, name, value)
    db.session.flush()
    db.session.refresh(case.talk, ["talker", "recorder"])
    record(actor, "admonition.recorded", f"admonition:{case.id}", date=talk.talked_on)
    requests.ask_record(actor, case)


def _check_talk(case: Admonition, notice: AdmonitionNotice, talk: Record) -> None:
    today = clock.today()
    if fault := rules.span_fault(talk.talked_on, notice.noticed_on, today, _("谈话日期")):
        raise FieldError("talked_on", fault)
    if talk.ends_at <= talk.starts_at:
        raise FieldError("ends_at", _("结束时间应晚于开始时间"))
    people = queries.people_for(case, talk.talked_on)
    _check_person("talker_id", talk.talker_id, people.talkers)
    _check_person("recorder_id", talk.recorder_id, people.recorders)
    if talk.talker_id == talk.recorder_id:
        raise FieldError("recorder_id", _("谈话人和记录人不能是同一人"))
    if talk.requirement_deadline <= talk.talked_on:
        raise FieldError("requirement_deadline", _("整改时限应晚于谈话日期"))
    for name in ("reason", "problems", "explanation", "requirements", "commitment"):
        if not getattr(talk, name).strip():
            raise FieldError(name, _("谈话记录的各项都要写明，没有的写“无”"))


def confirm_signatures(
    actor: Actor, case: Admonition, *, person_signed_on: date, talker_signed_on: date
) -> None:
    """Note that both signed the record: the talk is held, its effect period runs (5.7, N9)."""
    _require(policy.can_supervise(actor, case))
    state, talk, today = _next(case, Step.TALK), case.talk, clock.today()
    if talk is None:
        raise _changed()
    for name, day in (("person_signed_on", person_signed_on), ("talker_signed_on", talker_signed_on)):
        if fault := rules.span_fault(day, talk.talked_on, today, _("签字日期")):
            raise FieldError(name, fault)
    talk.person_signed_on, talk.talker_signed_on = person_signed_on, talker_signed_on
    _advance(actor, case, state)
    requests.ask_record(actor, case)


def begin_rectifying(actor: Actor, case: Admonition, *, note: str) -> None:
    """Start the time of correction once the person's measures are handed in."""
    _require(policy.can_supervise(actor, case))
    state = _next(case, Step.RECTIFY)
    if not note.strip():
        raise FieldError("note", _("请写明收到的整改措施"))
    _advance(actor, case, state, note=note)


def follow_up(actor: Actor, case: Admonition, finding: Finding) -> None:
    """Record what was found of the correction, six calendar months after the talk at the earliest (N9)."""
    _require(policy.can_supervise(actor, case))
    state = _next(case, Step.FOLLOW_UP)
    if case.talk is None:
        raise _changed()
    if fault := rules.follow_up_fault(case.talk.talked_on, finding.visited_on, clock.today()):
        raise FieldError("visited_on", fault)
    case.follow_up = AdmonitionFollowUp(
        visited_on=finding.visited_on,
        correction=finding.correction.strip(),
        is_corrected=finding.is_corrected,
        conclusion=finding.conclusion.strip(),
    )
    _advance(actor, case, state)
    requests.ask_record(actor, case)


def conclude(actor: Actor, case: Admonition, step: Step, *, note: str) -> None:
    """End an admonition: lifted only where correction was found, else handled further with a reason."""
    _require(policy.can_conclude(actor, case))
    if step not in rules.CONCLUSIONS or case.follow_up is None:
        raise _changed()
    state = _next(case, step)
    if step is Step.LIFT and not case.follow_up.is_corrected:
        raise DomainError(_("回访认定没有改正的，不能期满结束，请选择另行处理"))
    if step is Step.FURTHER and not note.strip():
        raise FieldError("note", _("请写明另行处理的理由和办法"))
    _advance(actor, case, state, note=note)


def note_reading(actor: Actor, case: Admonition) -> None:
    """Log that the actor opened the contents (each reading of a record is logged)."""
    record(actor, "admonition.read", f"admonition:{case.id}")


def export(actor: Actor, case: Admonition, document_id: int) -> File:
    """Return a Word file of the admonition and log who took it (B10); the person has no drafts."""
    allowed = {file.id for file in queries.list_files(actor, case)}
    if document_id not in allowed:
        raise NotFound(_("这份文档不存在，或您无权查看"))
    file = read_checked(document_id)
    record(actor, "admonition.exported", f"admonition:{case.id}", sha256=file.sha256)
    return file


def _next(case: Admonition, step: Step) -> AdmonitionState:
    """Return the state that *step* leads to now; Conflict where 5.7 lists no such transition."""
    state = rules.after(case.state, step)
    if state is None:
        raise _changed()
    return state


def _advance(actor: Actor, case: Admonition, state: AdmonitionState, *, note: str = "") -> None:
    case.state = state
    add_step(actor, case, note=note)
    record(actor, "admonition.moved", f"admonition:{case.id}", after=state)


def add_step(actor: Actor, case: Admonition, *, note: str = "") -> None:
    """Note who brought the case into its state."""
    if actor.person_id is None:
        raise NotAllowed(_("您不是人员账号，不能办理诫勉"))
    case.steps.append(
        AdmonitionStep(
            state=case.state,
            at=clock.now(),
            by_id=actor.person_id,
            position=actor.position,
            note=note.strip(),
        )
    )
    db.session.flush()


def _require(is_allowed: bool) -> None:  # noqa: FBT001 - the answer of a policy
    if not is_allowed:
        raise NotAllowed(_("这一步不由您办理：诫勉由干部监督提出、记录，部长审批，提出人和本人都不能审批"))


def _changed() -> Conflict:
    return Conflict(_("这件事的状态已变化，请刷新后重试"))


def _check_person(field: str, person_id: int, offered: list[tuple[int, str]]) -> None:
    if person_id not in dict(offered):
        raise FieldError(field, _("请从名单中选择，本人不能作谈话人或记录人"))


def _post(person_id: int, day: date) -> str:
    return positions_on(day, [person_id]).get(person_id, "")


def _day_of(case: Admonition, state: AdmonitionState) -> date:
    moment = next(step.at for step in reversed(case.steps) if step.state is state)
    return moment.astimezone(clock.ZONE).date()
