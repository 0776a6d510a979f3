"""Append dated progress events (R3.1); nothing reported before is ever changed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from fivestep_web.audit.services import record
from fivestep_web.core import clock, events
from fivestep_web.core.errors import DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.execution import policy
from fivestep_web.execution.acceptance import moves
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.models import Goal

LIMIT = Decimal(10) ** 12
SMALLEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported for a day: *done* is cumulative in the goal's unit, None means 不涉及.

    *has_files*: evidence files come with it.
    """

    happened_on: date
    done: Decimal | None
    completed_on: date | None = None
    note: str = ""
    evidence: str = ""
    has_files: bool = False


def append_event(actor: Actor, goal: Goal, report: Report) -> ProgressEvent:
    """Append *report* to the goal's history; what the ledger entry allows is asked by ledger.services.

    A day of the plan year that is past may be reported late: recorded_at tells when that was done.
    Raises NotAllowed for another's goal, DomainError for what cannot be so.
    """
    is_assisted = assignments.assists(actor, goal.id)
    if not policy.can_report(actor, unit_id=goal.unit_id, person_id=goal.person_id, is_assisted=is_assisted):
        raise NotAllowed(_("这项目标不由您汇报，请由责任人、协办人或本单位汇报。"))
    _check(goal, report)
    event = ProgressEvent(
        goal_id=goal.id,
        happened_on=report.happened_on,
        done=report.done,
        is_not_applicable=report.done is None,
        completed_on=report.completed_on,
        note=report.note.strip(),
        evidence=report.evidence.strip(),
        reporter_id=actor.person_id,
        recorded_at=clock.now(),
    )
    db.session.add(event)
    db.session.flush()
    moves.start_current(actor, goal)
    record(
        actor,
        "progress.reported",
        f"goal:{goal.id}",
        event=event.id,
        happened_on=report.happened_on,
        done=report.done,
        completed_on=report.completed_on,
    )
    events.tell(events.Event.GOAL_CHANGED, goal.id)
    return event


def _check(goal: Goal, report: Report) -> None:
    today = clock.today()
    if report.happened_on > today:
        raise DomainError(_("汇报日期不能晚于今天（%(today)s），请改为今天或之前。", today=today))
    if report.happened_on.year != goal.year:
        raise DomainError(_("汇报日期不在%(year)s年度内，请改为该年度的日期。", year=goal.year))
    if report.done is not None:
        _check_figure(report.done)
    if report.completed_on is None:
        return
    if report.done is None:
        raise DomainError(_("不涉及的目标没有完成日期，请二者只填其一。"))
    if report.completed_on > report.happened_on:
        raise DomainError(_("完成日期不能晚于汇报日期，请核对。"))
    if not report.evidence.strip() and not report.has_files:
        raise DomainError(_("报完成须有佐证材料，请上传文件，或写明文件名称、文号、存放位置。"))
    moves.check_all_accepted(goal)


def _check_figure(done: Decimal) -> None:
    if not done.is_finite() or abs(done) >= LIMIT or done != done.quantize(SMALLEST):
        raise DomainError(_("累计完成应为数字，整数不超过 12 位、小数不超过 6 位。"))
    if done < 0:
        raise DomainError(_("累计完成不能小于 0，请填累计数。"))
