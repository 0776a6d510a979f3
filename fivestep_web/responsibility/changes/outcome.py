"""Why an order does not go on: objections to its new letters, and who ended it with which words."""

import json
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.changes import policy as change_policy
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.changes.turns import unsigned_of
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import ChangeState, LetterState

ENDED = ("change.withdrawn", "change.in_force")


@dataclass(frozen=True)
class Objection:
    """An objection to a new letter, what comes next and whether the actor does it on the letter's page."""

    letter: Letter
    who: str
    reason: str
    next_step: str
    is_own_turn: bool


@dataclass(frozen=True)
class Ending:
    """Who took an order back or voided its new letter, when and why (empty where no reason was asked for)."""

    name: str
    at: datetime
    reason: str


def list_objections(actor: Actor, order: ChangeOrder, letter: Letter) -> list[Objection]:
    """Return the objections to new letters of *order* that were not issued again since."""
    if order.state is not ChangeState.APPROVED:
        return []
    can_edit = change_policy.can_edit(actor, order, letter)
    found = []
    for new in unsigned_of(order):
        reason = _latest_objection(new)
        if reason and new.state in (LetterState.OBJECTED, LetterState.DRAFT) and policy.can_read(actor, new):
            is_own_turn = policy.can_handle(actor, new)
            step = _next_step(new, can_edit=can_edit, is_own_turn=is_own_turn)
            found.append(Objection(new, new.responsible.name, reason, step, is_own_turn))
    return found


def _latest_objection(letter: Letter) -> str:
    objections = {version.version: version.objection for version in letter.versions if version.objection}
    return objections[max(objections)] if objections else ""


def _next_step(letter: Letter, *, can_edit: bool, is_own_turn: bool) -> str:
    if letter.state is LetterState.DRAFT and can_edit:
        return str(_("新责任书已退回起草，请修改变更内容后重新提交，或者重新发出、作废新责任书。"))
    if not is_own_turn:
        return str(_("由甲方一方处理异议后重新发出。"))
    if letter.state is LetterState.DRAFT:
        return str(_("新责任书已退回起草，请重新发出或作废。"))
    return str(_("请先在新责任书页面上退回起草，再修改变更内容、重新发出或作废。"))


def find_ending(order: ChangeOrder) -> Ending | None:
    """Return who ended an order before both sides signed all of it, from the log; None for any other."""
    if order.state not in (ChangeState.WITHDRAWN, ChangeState.IN_FORCE):
        return None
    entry = db.session.execute(
        select(AuditEntry.body, AuditEntry.at)
        .where(AuditEntry.subject == f"change:{order.id}", AuditEntry.action.in_(ENDED))
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
    ).first()
    if entry is None:
        return None
    said = json.loads(entry.body)
    reason = said["detail"].get("reason", "")
    is_ended = order.state is ChangeState.WITHDRAWN or bool(reason)
    return Ending(said["name"], entry.at, reason) if is_ended else None
