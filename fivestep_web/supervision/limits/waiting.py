"""What is held beyond its limit by the actor, or by somebody right below (R3.9)."""

from flask_babel import gettext as _
from sqlalchemy import ScalarSelect

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.supervision.limits import queries
from fivestep_web.supervision.limits.queries import Handover


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return nothing: each hand-over is counted once, where it waits to be done."""
    del actor, year
    return []


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return the overdue hand-overs the actor holds or stands above, the longest overdue first."""
    if actor.person_id is None or not actor.may(Permission.LIMIT_READ):
        return []
    return [
        WaitingItem(
            f"{item.unit} {item.step.label}".strip(),
            _note(actor, item),
            item.step.endpoint,
            dict(item.step.values),
        )
        for item in queries.list_overdue(year, clock.today())
        if actor.person_id in (*item.holder.people, *item.above.people)
    ]


def _note(actor: Actor, item: Handover) -> str:
    facts = {"kind": item.kind.label, "late": item.timing.late, "holder": item.holder.name}
    if actor.person_id in item.holder.people:
        return str(_("%(kind)s超时限%(late)s个工作日，请尽快办理", **facts))
    return str(_("%(kind)s超时限%(late)s个工作日，现由%(holder)s办理，请督促", **facts))
