"""Reads of admonitions; what the actor may not know of is as if it were not there."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.assessment.admonitions import policy
from fivestep_web.assessment.admonitions.models import (
    Admonition,
    AdmonitionNotice,
    AdmonitionStep,
    AdmonitionTalk,
)
from fivestep_web.assessment.admonitions.reminding import list_reminders
from fivestep_web.assessment.admonitions.rules import IN_EFFECT, OPEN, TOLD, AdmonitionState, Standing, bar
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission, Role
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.org.lookups import positions_on
from fivestep_web.org.models import Person, PlanYear, UnitPeriod
from fivestep_web.org.queries import role_holders

TALKERS: Final = (Role.MIN, Role.EXD, Role.DEP)
READ, EXPORTS = "admonition.read", ("admonition.exported", "document.exported")
FILES: Final = (DocumentKind.ADMONITION_NOTICE, DocumentKind.ADMONITION_RECORD)
SHOWN_READINGS: Final = 20
_case: Final = Admonition


def subject_of(case_id: int) -> str:
    """Return what its documents and its log are about."""
    return f"admonition:{case_id}"


def is_logged() -> ColumnElement[bool]:
    """Return the condition that an entry of the log is about an admonition."""
    return AuditEntry.subject.startswith("admonition:", autoescape=True)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor may know of an admonition: policy.access_of as SQL."""
    everything = actor.may(Permission.ADMONITION_READ)
    if actor.person_id is None:
        return true() if everything else _case.id.is_(None)
    me = actor.person_id
    noticed = select(AdmonitionNotice.admonition_id).where(AdmonitionNotice.talker_id == me)
    talked = select(AdmonitionTalk.admonition_id)
    held = talked.where(AdmonitionTalk.talker_id == me)
    as_talker = or_(_case.id.in_(held), and_(_case.id.in_(noticed), _case.id.not_in(talked)))
    return or_(
        and_(_case.person_id == me, _case.state.in_(TOLD)),
        and_(_case.person_id != me, true() if everything else as_talker),
    )


def _whole() -> tuple[Any, ...]:
    return (
        joinedload(_case.person),
        joinedload(_case.proposal),
        joinedload(_case.decision),
        joinedload(_case.notice).joinedload(AdmonitionNotice.talker),
        joinedload(_case.talk).options(
            joinedload(AdmonitionTalk.talker), joinedload(AdmonitionTalk.recorder)
        ),
        joinedload(_case.follow_up),
        selectinload(_case.steps).joinedload(AdmonitionStep.by),
    )


def get_case(actor: Actor, case_id: int, *, lock: bool = False) -> Admonition:
    """Return an admonition with all its steps left behind; hidden and absent look the same."""
    query = select(_case).where(_case.id == case_id, visible_to(actor)).options(*_whole())
    case = db.session.scalar(query.with_for_update(of=_case) if lock else query)
    if case is None:
        raise NotFound(_("没有这一页。"))
    return case


def list_cases(actor: Actor, year: int) -> Sequence[Admonition]:
    """Return the year's admonitions that the actor may know of, the newest first."""
    return db.session.scalars(
        select(_case)
        .where(_case.year == year, visible_to(actor))
        .options(*_whole())
        .order_by(_case.id.desc())
    ).all()


def list_entries(actor: Actor, year: int) -> Sequence[Any]:
    """Return number, name, post, day and end of each admonition held, to who keeps the files; no contents."""
    if not actor.may(Permission.ADMONITION_ENTRY):
        return ()
    return db.session.execute(
        select(
            AdmonitionNotice.number_year, AdmonitionNotice.number, Person.name, _case.post,
            AdmonitionTalk.talked_on, AdmonitionTalk.effect_until,
        )
        .select_from(_case)
        .join(Person, Person.id == _case.person_id)
        .join(AdmonitionNotice, AdmonitionNotice.admonition_id == _case.id)
        .join(AdmonitionTalk, AdmonitionTalk.admonition_id == _case.id)
        .where(_case.year == year, AdmonitionTalk.person_signed_on.is_not(None))
        .order_by(AdmonitionNotice.number_year, AdmonitionNotice.number)
    ).all()  # fmt: skip


def list_of_year(year: int) -> Sequence[Admonition]:
    """Return all admonitions of a year in the order they were opened, for its documents and candidates."""
    return db.session.scalars(
        select(_case).where(_case.year == year).options(*_whole()).order_by(_case.id)
    ).all()


def list_current(actor: Actor, today: date) -> list[tuple[Admonition, str]]:
    """Return the admonitions under way that the actor knows of, oldest first.

    Each comes with what the actor is to do; empty where it waits for others.
    """
    unsigned = select(AdmonitionNotice.admonition_id).where(AdmonitionNotice.received_on.is_(None))
    cases = db.session.scalars(
        select(_case)
        .where(visible_to(actor), or_(_case.state.in_(OPEN), _case.id.in_(unsigned)))
        .options(*_whole())
        .order_by(_case.id)
    ).all()
    reminded = {item.admonition_id for item in list_reminders([case.id for case in cases])}
    return [(case, _waits_for(actor, case, today) or _comes_near(actor, case, reminded)) for case in cases]


def _comes_near(actor: Actor, case: Admonition, reminded: Collection[int]) -> str:
    """Return what the clock reminded supervisors of while the follow-up is still to come."""
    if case.talk is None or case.id not in reminded or not policy.can_supervise(actor, case):
        return ""
    if case.state is not AdmonitionState.RECTIFYING:
        return ""
    return str(_("影响期到%(day)s为止，请准备回访评估", day=case.talk.effect_until.isoformat()))


def _waits_for(actor: Actor, case: Admonition, today: date) -> str:
    if policy.is_subject(actor, case):
        return str(_("请查看并签收")) if policy.can_receive(actor, case) else ""
    turns = policy.turns(actor, case, today)
    if turns:
        return str(TURN_LABELS[turns[0]])
    is_mine = case.state is AdmonitionState.NOTIFIED and actor.person_id == case.talker_id
    if is_mine and case.notice is not None:
        notice = case.notice
        return str(
            _("由您谈话：%(day)s %(time)s", day=f"{notice.talk_on:%Y-%m-%d}", time=f"{notice.talk_at:%H:%M}")
        )
    return ""


TURN_LABELS: Final = {
    policy.Turn.PROPOSE: _l("待提出诫勉建议"),
    policy.Turn.DECIDE: _l("待审批"),
    policy.Turn.NOTIFY: _l("待送达通知书"),
    policy.Turn.RECORD: _l("待记录谈话"),
    policy.Turn.SIGN: _l("待登记双方签字"),
    policy.Turn.RECTIFY: _l("待转入整改期"),
    policy.Turn.FOLLOW_UP: _l("已满六个月，待回访评估"),
    policy.Turn.CONCLUDE: _l("待审定回访结论"),
}


def standings() -> dict[int, list[Standing]]:
    """Return the admonitions in effect or once in effect, by person."""
    rows = db.session.execute(
        select(_case.person_id, _case.state, _case.year, AdmonitionTalk.talked_on)
        .outerjoin(
            AdmonitionTalk,
            and_(AdmonitionTalk.admonition_id == _case.id, AdmonitionTalk.person_signed_on.is_not(None)),
        )
        .where(_case.state.in_(IN_EFFECT))
    )
    found: dict[int, list[Standing]] = {}
    for person_id, state, year, talked_on in rows:
        found.setdefault(person_id, []).append(Standing(state, year, talked_on))
    return found


def barred(year: int, day: date) -> dict[int, tuple[Standing, str]]:
    """Return who may not be commended or recommended for *year* on *day*, each with the first reason."""
    found: dict[int, tuple[Standing, str]] = {}
    for person_id, held in standings().items():
        for standing in held:
            if reason := bar(standing, year, day):
                found.setdefault(person_id, (standing, reason))
    return found


def reasons_for(actor: Actor, year: int, day: date) -> dict[int, str]:
    """Return of those barred only the reasons the actor is entitled to; nobody is told the own one here."""
    knows_all = actor.may(Permission.ADMONITION_READ)
    keeps_entries = actor.may(Permission.ADMONITION_ENTRY)
    return {
        person_id: reason
        for person_id, (standing, reason) in barred(year, day).items()
        if person_id != actor.person_id and (knows_all or (keeps_entries and standing.talked_on is not None))
    }


@dataclass(frozen=True)
class People:
    """Who may hold a talk and who may record it, as (id, name and post)."""

    talkers: list[tuple[int, str]]
    recorders: list[tuple[int, str]]


def people_for(case: Admonition, day: date) -> People:
    """Return the leaders who may talk and the supervisors who may record, never the person concerned."""
    holders, posts = role_holders(day), positions_on(day)

    def named(*roles: Role) -> list[tuple[int, str]]:
        people = {held.person_id: held.person.name for role in roles for held in holders[role]}
        people.pop(case.person_id, None)
        return [(person_id, f"{posts.get(person_id, '')} {name}") for person_id, name in people.items()]

    return People(named(*TALKERS), named(Role.SUP))


def find_head_id(unit_id: int) -> int | None:
    """Return who heads the unit now."""
    return db.session.scalar(
        select(UnitPeriod.head_id).where(UnitPeriod.unit_id == unit_id, UnitPeriod.valid_to.is_(None))
    )


def next_number(year: int) -> int:
    """Return the next number of the notices of *year*; no other is taken before the transaction ends.

    The series is their own: the register of the other documents' numbers must not count them (B10).
    """
    db.session.scalars(select(PlanYear.year).order_by(PlanYear.year.desc()).limit(1).with_for_update()).all()
    last = select(func.max(AdmonitionNotice.number)).where(AdmonitionNotice.number_year == year)
    return (db.session.scalar(last) or 0) + 1


def list_files(actor: Actor, case: Admonition) -> Sequence[Any]:
    """Return the newest file of each kind of an admonition the actor was given; to its person no drafts."""
    document = GeneratedDocument
    is_own = policy.is_subject(actor, case)
    rows = db.session.execute(
        select(
            document.id,
            document.kind,
            document.title,
            document.state,
            document.is_draft,
            document.failure,
            document.blob_sha256,
        )
        .where(
            document.year == case.year,
            document.kind.in_(FILES),
            document.subject == subject_of(case.id),
            document.state != DocumentState.SUPERSEDED,
            document.is_draft.is_(False) if is_own else true(),
        )
        .order_by(document.kind, document.version)
    )  # fmt: skip
    return list({row.kind: row for row in rows}.values())


@dataclass(frozen=True)
class Reading:
    """Who opened or exported an admonition, and when."""

    at: datetime
    name: str
    position: str
    is_export: bool


def list_readings(case_id: int) -> list[Reading]:
    """Return the latest readings of an admonition and exports of its files, wherever they were taken."""
    about = subject_of(case_id)
    files = select(literal("document:") + cast(GeneratedDocument.id, String)).where(
        GeneratedDocument.kind.in_(FILES), GeneratedDocument.subject == about
    )
    entries = db.session.scalars(
        select(AuditEntry)
        .where(
            or_(AuditEntry.subject == about, AuditEntry.subject.in_(files)),
            AuditEntry.action.in_((READ, *EXPORTS)),
        )
        .order_by(AuditEntry.sequence.desc())
        .limit(SHOWN_READINGS)
    )
    read = [(entry, json.loads(entry.body)) for entry in entries]
    return [
        Reading(entry.at, body["name"], body["position"], entry.action in EXPORTS) for entry, body in read
    ]
