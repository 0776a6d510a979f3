"""Set the time limits of a year (R3.9)."""

from collections.abc import Mapping

from flask_babel import gettext as _

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from fivestep_web.supervision.limits import policy, queries, rules
from fivestep_web.supervision.limits.models import TimeLimit
from fivestep_web.supervision.limits.rules import LimitKind


def set_limits(actor: Actor, plan_year: PlanYear, workdays: Mapping[LimitKind, int], *, seen: int) -> None:
    """Set what differs from the limits in force; it holds for hand-overs that begin from now on.

    *plan_year* is locked, *seen* is the last setting the actor was shown. Raises Conflict when another one
    was made since, FieldError for a limit out of range, DomainError when nothing changes.
    """
    if not policy.can_set(actor):
        raise NotAllowed(_("办理时限由常务副部长或办公室设定。"))
    for kind, message in rules.faults(workdays).items():
        raise FieldError(kind.value, message)
    if queries.last_set(plan_year.year) != seen:
        raise Conflict(_("办理时限在您打开之后有变化，没有保存。请刷新后查看再改。"))
    now, history = clock.now(), queries.history_of(plan_year.year)
    before = {kind: rules.limit_at(history, kind, now) for kind in LimitKind}
    changed = {kind: days for kind, days in workdays.items() if days != before[kind]}
    if not changed:
        raise DomainError(_("时限没有改动，请修改后再保存。"))
    for kind, days in changed.items():
        db.session.add(
            TimeLimit(year=plan_year.year, kind=kind, workdays=days, set_by_id=actor.person_id, set_at=now)
        )
    db.session.flush()
    record(
        actor,
        "limit.set",
        f"year:{plan_year.year}",
        before={kind.label: before[kind] for kind in changed},
        after={kind.label: days for kind, days in changed.items()},
    )
