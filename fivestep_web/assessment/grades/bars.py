"""Commands on what bars grades (N5, N11): entered, ended and withdrawn by personnel, with its document."""

from datetime import date

from flask_babel import gettext as _

from fivestep_web.assessment.grades import policy
from fivestep_web.assessment.grades.models import GradeBar
from fivestep_web.assessment.grades.rules import Period
from fivestep_web.audit import services as audit
from fivestep_web.audit.facts import ROW, facts_of
from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_person

HIDDEN = ("kind", "basis", "withdrawal_reason")


def enter(actor: Actor, person_id: int, period: Period, basis: str) -> GradeBar:
    """Record what bars a person from some or all grades, with its period and document."""
    _demand(actor, person_id)
    get_person(person_id)
    _demand_order(period.starts_on, period.ends_on)
    bar = GradeBar(
        person_id=person_id,
        kind=period.kind,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        basis=basis,
        entered_by_id=actor.person_id or 0,
        entered_on=clock.today(),
    )
    db.session.add(bar)
    db.session.flush()
    audit.record(actor, "grade_bar.entered", f"grade_bar:{bar.id}", person=person_id, **_row(bar))
    return bar


def end(actor: Actor, bar: GradeBar, ends_on: date) -> None:
    """Set the last day of a bar: a case that was closed, a leave that ended."""
    _demand(actor, bar.person_id)
    _demand_order(bar.starts_on, ends_on)
    bar.ends_on = ends_on
    db.session.flush()
    audit.record(actor, "grade_bar.ended", f"grade_bar:{bar.id}", person=bar.person_id, **_row(bar))


def withdraw(actor: Actor, bar: GradeBar, reason: str) -> None:
    """Withdraw a wrong entry; it stays readable with the reason and bars nothing."""
    _demand(actor, bar.person_id)
    if not reason.strip():
        raise DomainError(_("请写明撤销的理由。"))
    bar.withdrawn_on, bar.withdrawal_reason = clock.today(), reason.strip()
    db.session.flush()
    audit.record(actor, "grade_bar.withdrawn", f"grade_bar:{bar.id}", person=bar.person_id, **_row(bar))


def _demand(actor: Actor, person_id: int) -> None:
    if not policy.can_enter_bar(actor, person_id):
        raise NotAllowed(_("影响等次的情形由人事登记，本人的由另一名人事登记。"))


def _demand_order(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise FieldError("ends_on", _("结束日期不能早于开始日期。"))


def _row(bar: GradeBar) -> dict[str, object]:
    return {ROW: facts_of(bar, keyed=HIDDEN)}
