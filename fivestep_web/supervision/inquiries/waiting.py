"""Which inquiries wait for a person: to be answered or followed, or to be judged."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, or_, select

from fivestep_web.core.permissions import Actor, Permission, Role, Scope
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.inquiries.models import Inquiry
from fivestep_web.supervision.inquiries.queries import urges_of
from fivestep_web.supervision.inquiries.rules import WITH_LEADER, WITH_UNIT, InquiryState


def _is_to_answer(actor: Actor) -> ColumnElement[bool]:
    scopes = actor.scopes(Permission.INQUIRY_ANSWER)
    if not scopes:
        return false()
    whose = Goal.person_id == actor.person_id
    if Scope.UNIT in scopes:
        whose = or_(whose, Goal.unit_id == actor.unit_id)
    return and_(Inquiry.state.in_(WITH_UNIT), whose)


def _is_to_judge(actor: Actor) -> ColumnElement[bool]:
    """What the unit said waits for who asked, and for the minister what was brought there."""
    if not actor.may(Permission.INQUIRY_RAISE):
        return false()
    asked = and_(Inquiry.state.in_(WITH_LEADER), Inquiry.raised_by_id == actor.person_id)
    escalated = Inquiry.escalated_to_id == actor.person_id if Role.MIN in actor.roles else false()
    return or_(asked, and_(escalated, Inquiry.state != InquiryState.CLOSED))


def _waiting(actor: Actor, year: int, statement: Any) -> Select[Any]:
    joined: Select[Any] = statement.select_from(Inquiry).join(Goal, Goal.id == Inquiry.goal_id)
    return joined.where(Goal.year == year, or_(_is_to_answer(actor), _is_to_judge(actor)))


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits, none for who neither answers nor asks."""
    acts = (Permission.INQUIRY_ANSWER, Permission.INQUIRY_RAISE)
    if actor.person_id is None or not any(actor.may(permission) for permission in acts):
        return []
    return [_waiting(actor, year, select(func.count(Inquiry.id))).scalar_subquery()]


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return what waits for the actor, what is due first before the rest."""
    if not counts(actor, year):
        return []
    facts = select(Inquiry.id, Inquiry.kind, Inquiry.state, Inquiry.due_on, Goal.name)
    rows = db.session.execute(_waiting(actor, year, facts).order_by(Inquiry.due_on, Inquiry.id)).all()
    urges = urges_of([row.id for row in rows])
    return [_item(row, urges.get(row.id, 0)) for row in rows]


def _item(row: Any, urges: int) -> WaitingItem:
    note = str(_("%(state)s，时限%(day)s", state=row.state.label, day=row.due_on))
    if urges:
        note = str(_("%(note)s，已催办%(count)s次", note=note, count=urges))
    label = f"{row.kind.label}：{row.name}"
    return WaitingItem(label, note, "inquiries.inquiry_show", {"inquiry_id": row.id})
