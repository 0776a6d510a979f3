"""One goal given to many at once: tasks to comrades, or unit goals to units; all or nothing (R2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from fivestep_web.core.errors import DomainError, FieldError, Refusal
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.services import GoalFacts, Place
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.models import Goal

COMMON = frozenset({"name", "completion_standard", "deadline", "starts_on", "link"})


@dataclass(frozen=True)
class Receiver:
    """Who is given the goal: a unit through its head, or a person; and the unit's duty it falls under.

    *is_outside* says that it falls under none of the unit's duties, for the reason given.
    """

    unit_id: int
    person_id: int | None
    duty_id: int | None = None
    is_outside: bool = False


class ManyError(DomainError):
    """Some cannot be given the goal; nothing was made. *errors* are by place of the receiver."""

    def __init__(self, errors: dict[int, str]) -> None:
        super().__init__(_("有 %(count)s 处需要改正，一项也没有保存", count=len(errors)))
        self.errors = errors


def heads_of(unit_ids: Sequence[int]) -> dict[int, int | None]:
    """Return each unit's head, who leads its unit goals."""
    units = (db.session.get(Unit, unit_id) for unit_id in unit_ids)
    return {unit.id: unit.current.head_id for unit in units if unit is not None}


def create_many(actor: Actor, base: Place, facts: GoalFacts, receivers: Sequence[Receiver]) -> list[Goal]:
    """Make the same goal for each receiver, at *base* but for unit and person.

    Raises DomainError for what no goal can be, ManyError naming what is wrong with which receiver; the
    caller's unit of work then keeps nothing.
    """
    if not receivers:
        raise DomainError(_("请至少选择一个单位或一位同志"))
    made: list[Goal] = []
    errors: dict[int, str] = {}
    for place, receiver in enumerate(receivers):
        if receiver.person_id is None:
            errors[place] = _("这个单位现在没有负责人，请先任命")
            continue
        where = replace(base, unit_id=receiver.unit_id, person_id=receiver.person_id)
        reason = facts.outside_duties_reason if receiver.is_outside else ""
        own = replace(facts, duty_id=receiver.duty_id, outside_duties_reason=reason)
        try:
            made.append(goal_services.create_goal(actor, where, own))
        except FieldError as refusal:
            if refusal.field in COMMON:
                raise
            errors[place] = refusal.message
        except Refusal as refusal:
            errors[place] = refusal.message
    if errors:
        raise ManyError(errors)
    for unit_id in {goal.unit_id for goal in made}:
        drafting.refresh_drafts(base.year, unit_id)
    return made
