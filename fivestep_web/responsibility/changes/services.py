"""Change orders (R2.1): asked for, approved by the leader in charge, signed anew by both sides, in force.

A letter that is signed is never edited. What this module writes is the order and the new letter; the letter
in force and its goals stay as they are until both sides signed (effect.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, PlanYear
from fivestep_web.responsibility.changes import checks as change_checks
from fivestep_web.responsibility.changes import days as change_days
from fivestep_web.responsibility.changes import handover, reassign, taken_in
from fivestep_web.responsibility.changes import letters as change_letters
from fivestep_web.responsibility.changes import policy as change_policy
from fivestep_web.responsibility.changes.effect import check_still_open, lock_goals, take_effect
from fivestep_web.responsibility.changes.fields import PEOPLE, TAKEN_IN, label_of, spell
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.changes.turns import unsigned_of
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.row_log import order_rows
from fivestep_web.responsibility.rules import (
    CHANGE_STATE_LABELS,
    OPEN,
    UPPER_KIND,
    ChangeKind,
    ChangeState,
    LetterState,
)

__all__ = ["Proposal", "approve", "propose", "refuse", "revise", "take_effect", "withdraw"]


@dataclass(frozen=True)
class Proposal:
    """What is asked for: *changes* by goal and field, each value spelled as change_fields says.

    What equals the present value is no change. A handover needs no changes: they follow from posts and from
    the successor who takes over personal tasks. Where only some tasks go to the successor, *changes* has
    these goals with nothing more to say of them. *taken_in* are goals that the letter went out without.
    """

    kind: ChangeKind
    reason: str
    effective_on: date
    changes: Mapping[int, Mapping[str, str]]
    successor_id: int | None = None
    taken_in: Collection[int] = ()


def propose(actor: Actor, letter: Letter, proposal: Proposal, *, asker: Actor | None = None) -> ChangeOrder:
    """Open a change order for a letter in force; nothing of the letter or its goals changes yet.

    *asker* is who asked for it where *actor* only brings it about by a decision of their own. Raises
    NotAllowed, Conflict while another change is under way, DomainError for what cannot be so.
    """
    asker = asker or actor
    if not change_policy.can_request(asker, letter) or asker.person_id is None:
        raise NotAllowed(_("这份责任书的变更不由您申请"))
    _check_free(letter)
    serial = _next_serial(letter.year)
    order = ChangeOrder(
        year=letter.year,
        serial=serial,
        number=f"变〔{letter.year}〕{serial}号",
        letter_id=letter.id,
        kind=proposal.kind,
        state=ChangeState.PROPOSED,
        requested_by_id=asker.person_id,
        requested_at=clock.now(),
        items=[],
    )
    _fill(order, letter, proposal)
    db.session.add(order)
    db.session.flush()
    record(actor, "change.proposed", f"change:{order.id}", number=letter.number, **order_rows(order))
    return order


def revise(actor: Actor, order: ChangeOrder, letter: Letter, proposal: Proposal, *, revision: int) -> None:
    """Ask for something else: before the decision, or after an objection to the new letter.

    The order waits for approval again. Where tasks go to another comrade the new letters are drawn up anew.
    Raises Conflict for a stale form.
    """
    if not change_policy.can_edit(actor, order, letter) or actor.person_id is None:
        raise NotAllowed(_("这份变更单现在不能由您修改"))
    if revision != order.revision:
        raise Conflict(_("变更单在您打开之后已有变化，没有保存。请对照现在的内容修改后再保存"))
    if order.kind is ChangeKind.REASSIGN:
        change_letters.drop(actor, order, _("变更内容已修改"))
    order.items.clear()
    db.session.flush()
    _fill(order, letter, proposal)
    order.state, order.decided_by_id, order.decided_at = ChangeState.PROPOSED, None, None
    order.decision_note = ""
    order.requested_by_id, order.requested_at = actor.person_id, clock.now()
    db.session.flush()
    record(actor, "change.revised", f"change:{order.id}", **order_rows(order))


def approve(actor: Actor, order: ChangeOrder, letter: Letter, note: str = "") -> Letter:
    """Approve an order: the new letters are drawn up and issued at once, for both sides to sign.

    Returns the one that is to take the letter's place. Raises NotAllowed for who may not decide (who prepared
    it never may), Conflict when something changed since it was asked for, DomainError naming what a new
    letter lacks.
    """
    _decide(actor, order, letter)
    goals = lock_goals({item.goal_id for item in order.items})
    check_still_open(order, goals, clock.today())
    _check_unchanged(order, goals)
    order.state, order.decision_note = ChangeState.APPROVED, note.strip()
    order.decided_by_id, order.decided_at = actor.person_id, clock.now()
    db.session.flush()
    record(actor, "change.approved", f"change:{order.id}", **order_rows(order))
    drawn_up = unsigned_of(order, lock=True) or change_letters.draw_up(actor, order, letter)
    for new in drawn_up:
        letter_services.send_out(actor, new)
    return drawn_up[-1]


def refuse(actor: Actor, order: ChangeOrder, letter: Letter, reason: str) -> None:
    """Refuse an order with a reason; the letter in force stays untouched."""
    _decide(actor, order, letter)
    if not reason.strip():
        raise DomainError(_("请写明不批准的理由"))
    order.state, order.decision_note = ChangeState.REFUSED, reason.strip()
    order.decided_by_id, order.decided_at = actor.person_id, clock.now()
    db.session.flush()
    record(actor, "change.refused", f"change:{order.id}", **order_rows(order))
    change_letters.drop(actor, order, _("变更未批准"))


def withdraw(actor: Actor, order: ChangeOrder, letter: Letter) -> None:
    """Take an order back before it is decided on; afterwards the new letter has to be voided."""
    if order.state is not ChangeState.PROPOSED:
        raise Conflict(_state_sentence(order))
    if not change_policy.can_withdraw(actor, order, letter):
        raise NotAllowed(_("变更单由申请人或办公室撤回"))
    order.state = ChangeState.WITHDRAWN
    db.session.flush()
    record(actor, "change.withdrawn", f"change:{order.id}", **order_rows(order))
    change_letters.drop(actor, order, _("变更已撤回"))


def _decide(actor: Actor, order: ChangeOrder, letter: Letter) -> None:
    if order.state is not ChangeState.PROPOSED:
        raise Conflict(_state_sentence(order))
    if actor.person_id is not None and actor.person_id == order.requested_by_id:
        raise NotAllowed(_("自己申请的变更不能由自己批准，请由其他有权限的领导批准"))
    if not change_policy.can_decide(actor, order, letter):
        raise NotAllowed(_("变更由主管领导、常务副部长或部长批准"))


def _state_sentence(order: ChangeOrder) -> str:
    state = CHANGE_STATE_LABELS[order.state]
    return str(
        _("变更单 %(number)s 现在是“%(state)s”，不能办理，请刷新后查看", number=order.number, state=state)
    )


def _check_free(letter: Letter) -> None:
    if letter.state is not LetterState.IN_FORCE:
        raise Conflict(_("只有已生效的责任书需要变更；还没有签订的，请直接修改目标或作废后重新起草"))
    if number := _find_open(letter):
        raise Conflict(_("这份责任书正在变更（%(number)s），办结后才能再申请", number=number))


def _find_open(letter: Letter) -> str | None:
    """Return the number of the order by which a letter is being changed, as giver or taker of tasks."""
    is_asked = and_(ChangeOrder.letter_id == letter.id, ChangeOrder.state.in_(OPEN))
    drawn_up_by = select(Letter.change_order_id).where(Letter.id == letter.successor_id).scalar_subquery()
    return db.session.scalar(
        select(ChangeOrder.number).where(or_(is_asked, ChangeOrder.id == drawn_up_by)).limit(1)
    )


def _next_serial(year: int) -> int:
    db.session.execute(select(PlanYear.year).where(PlanYear.year == year).with_for_update())
    last = db.session.scalar(select(func.max(ChangeOrder.serial)).where(ChangeOrder.year == year))
    return (last or 0) + 1


def _fill(order: ChangeOrder, letter: Letter, proposal: Proposal) -> None:
    """Write what is asked for into the order, once it is found sound."""
    reason = spell(proposal.reason)
    if not reason:
        raise DomainError(_("请写明变更的理由"))
    changes = _changes(letter, proposal)
    change_days.check_day(letter, proposal.kind, proposal.successor_id, proposal.effective_on)
    items = [*_items(changes), *taken_in.items_of(letter, order.id, proposal.taken_in)]
    if not items and proposal.kind is ChangeKind.AMEND:
        raise DomainError(_("没有任何改动，请先填写要变更的内容"))
    change_checks.check_open(items, _goals({item.goal_id for item in items}), clock.today())
    order.reason, order.effective_on = reason, proposal.effective_on
    order.successor_id = proposal.successor_id if letter.kind in UPPER_KIND else None
    order.items.extend(items)


def _changes(letter: Letter, proposal: Proposal) -> Mapping[int, Mapping[str, str]]:
    """Return what is to change by goal and field, as it follows from the kind of order."""
    handover.issuer_of(letter)
    if proposal.kind is ChangeKind.HANDOVER:
        changes: Mapping[int, Mapping[str, str]] = handover.items_of(letter, proposal.successor_id)
    elif handover.why_outrun(letter):
        raise DomainError(_("签署人的职务已有变动，请先办理“职务变动移交”"))
    elif proposal.kind is ChangeKind.REASSIGN:
        changes = reassign.items_of(letter, proposal.changes, proposal.successor_id)
    else:
        changes = proposal.changes
        _check_amendable(letter, changes)
    _check_own_letter(letter, proposal.successor_id)
    return changes


def _check_amendable(letter: Letter, changes: Mapping[int, Mapping[str, str]]) -> None:
    if not changes.keys() <= {item.goal_id for item in letter.goals}:
        raise DomainError(_("只能变更这份责任书里的目标，请刷新后重新填写"))
    fields = {field for texts in changes.values() for field in texts}
    if letter.kind in UPPER_KIND and "person_id" in fields:
        raise DomainError(_("岗位责任书的责任人用“调整责任人”或“职务变动移交”办理"))


def _check_own_letter(letter: Letter, successor_id: int | None) -> None:
    own = change_letters.find_own_letter(letter, successor_id) if successor_id else None
    if own is not None and (own.state is not LetterState.IN_FORCE or _find_open(own)):
        raise Conflict(_("承接人的责任书 %(number)s 还没有生效或正在变更，请先办结再移交", number=own.number))


def _items(changes: Mapping[int, Mapping[str, str]]) -> list[ChangeItem]:
    """Return the items that differ from what is stored, each checked with the goal it belongs to."""
    goals = _goals(changes)
    phases = change_checks.phases_of(goals)
    by_code = _people(goals.values(), changes)
    by_id = {person.id: person for person in by_code.values()}
    items: list[ChangeItem] = []
    for goal_id, goal in goals.items():
        values = change_checks.read_values(goal, changes[goal_id], by_code)
        differing = {}
        for field, value in values.items():
            before = change_checks.spelled(goal, field, by_id, phases[goal_id])
            after = value.code if isinstance(value, Person) else spell(value)
            if before != after:
                differing[field] = value
                items.append(ChangeItem(goal_id=goal_id, field=field, before=before, after=after))
        change_checks.check_goal(goal, differing, phases[goal_id])
    return items


def _goals(goal_ids: Collection[int]) -> dict[int, Goal]:
    rows = db.session.scalars(select(Goal).where(Goal.id.in_(goal_ids)).order_by(Goal.code))
    return {goal.id: goal for goal in rows}


def _people(goals: Iterable[Goal], changes: Mapping[int, Mapping[str, str]]) -> dict[str, Person]:
    """Return everybody who carries the goals, is in charge of them or is named by the changes, by code."""
    ids = {person_id for goal in goals for person_id in (goal.person_id, goal.leader_id)}
    codes = {texts[field] for texts in changes.values() for field in PEOPLE if field in texts}
    people = db.session.scalars(
        select(Person).where(or_(Person.id.in_(ids - {None}), Person.code.in_(codes)))
    )
    return {person.code: person for person in people}


def _check_unchanged(order: ChangeOrder, goals: Mapping[int, Goal]) -> None:
    """Raise Conflict when a goal is no longer what the order says it was."""
    phases = change_checks.phases_of(goals)
    people = _people(goals.values(), {})
    by_id = {person.id: person for person in people.values()}
    for item in order.items:
        goal = goals[item.goal_id]
        if item.field == TAKEN_IN:  # looked at when the letter is drawn up, and each time it goes out
            continue
        if change_checks.spelled(goal, item.field, by_id, phases[goal.id]) != item.before:
            raise Conflict(
                _(
                    "目标“%(goal)s”的%(field)s在申请之后已有变化，请退回申请人重新填写",
                    goal=goal.name,
                    field=label_of(item.field),
                )
            )
