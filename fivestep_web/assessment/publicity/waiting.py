"""What of publicities and objections waits for somebody today, or is worth knowing."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.publicity import deadlines, policy, queries
from fivestep_web.assessment.publicity.models import Objection, Publicity
from fivestep_web.assessment.publicity.rules import OPEN, ObjectionState, PublicityState, time_left
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db

BEFORE_TALLY = frozenset(list(CycleState)[: list(CycleState).index(CycleState.TALLIED)])


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the today page, where it leads, and whether it asks for something."""

    sentence: str
    verb: str
    endpoint: str
    values: dict[str, int]
    is_task: bool
    is_urgent: bool = False


def find_lines(actor: Actor, cycle: AssessmentCycle, today: date) -> list[Line]:
    """Return the running publicities, then the objections that wait for the actor or are the own ones.

    Before the tally there is neither.
    """
    if not actor.may(Permission.OBJECTION_FILE) or cycle.state in BEFORE_TALLY:
        return []
    return [*_publicities(cycle.year), *_objections(actor, cycle, today)]


def _publicities(year: int) -> list[Line]:
    running = select(Publicity).where(Publicity.year == year, Publicity.state == PublicityState.RUNNING)
    found = []
    for publicity in db.session.scalars(running.order_by(Publicity.id)):
        last = queries.last_day(publicity)
        if last is not None:
            sentence = _(
                "%(year)s年度%(subject)s正在公示，到%(month)s月%(day)s日为止。",
                year=year,
                subject=publicity.subject.label,
                month=last.month,
                day=last.day,
            )
            values = {"publicity_id": publicity.id}
            found.append(Line(sentence, _("查看"), "publicity.publicity_show", values, is_task=False))
    return found


def _objections(actor: Actor, cycle: AssessmentCycle, today: date) -> list[Line]:
    query = queries.visible_to(actor).where(Objection.year == cycle.year, Objection.state.in_(OPEN))
    found = db.session.scalars(query.order_by(Objection.id)).all()
    if not found:
        return []
    handles = actor.may(Permission.OBJECTION_HANDLE)
    preparers = queries.preparers(cycle) if handles else frozenset()
    lines = []
    for objection in found:
        if policy.can_receive(actor, objection):
            lines.append(_task(objection, _("等您受理"), _("受理"), today))
        elif handles and objection.state is ObjectionState.RECEIVED:
            if not policy.why_not_answer(actor, objection, preparers):
                lines.append(_task(objection, _("等您答复"), _("答复"), today))
        elif objection.objector_id == actor.person_id:
            lines.append(_own(objection))
    return lines


def _task(objection: Objection, what: str, verb: str, today: date) -> Line:
    due_on, left = objection.decide_by, ""
    if due_on:
        left = f"，{time_left(today, due_on)}"
    sentence = _(
        "关于%(about)s的%(kind)s%(what)s%(left)s。",
        about=objection.about,
        kind=objection.kind.label,
        what=what,
        left=left,
    )
    is_urgent = due_on is not None and deadlines.read().is_near(today, due_on)
    values = {"objection_id": objection.id}
    return Line(sentence, verb, "objections.objection_show", values, is_task=True, is_urgent=is_urgent)


def _own(objection: Objection) -> Line:
    sentence = _("您提出的%(kind)s%(state)s。", kind=objection.kind.label, state=objection.state.label)
    values = {"objection_id": objection.id}
    return Line(sentence, _("查看"), "objections.objection_show", values, is_task=False)
