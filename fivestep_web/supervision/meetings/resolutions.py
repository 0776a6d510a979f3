"""Follow what meetings decided: reported done by its owner, confirmed by the chair or the office (R3.7)."""

from flask_babel import gettext as _

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.supervision.meetings import policy
from fivestep_web.supervision.meetings.models import Resolution
from fivestep_web.supervision.meetings.rules import ResolutionMove, resolution_after


def _move(resolution: Resolution, move: ResolutionMove) -> None:
    state = resolution_after(resolution.state, move)
    if state is None:
        raise Conflict(_("议定事项现在是“%(state)s”，请刷新后查看再办。", state=resolution.state.label))
    resolution.state = state


def report(actor: Actor, resolution: Resolution, *, text: str) -> None:
    """Report what was decided as done; only its owner does."""
    if actor.person_id is None or actor.person_id != resolution.owner_id:
        raise NotAllowed(_("议定事项由责任人报告办理情况。"))
    if not text.strip():
        raise FieldError("text", _("请写明办理情况。"))
    _move(resolution, ResolutionMove.REPORT)
    resolution.report, resolution.return_reason = text.strip(), ""
    resolution.reported_on, resolution.reported_by_id = clock.today(), actor.person_id
    db.session.flush()
    record(actor, "resolution.reported", f"resolution:{resolution.id}", note=resolution.report)


def _require_confirmer(actor: Actor, resolution: Resolution) -> None:
    if not policy.may_confirm(actor, resolution):
        raise NotAllowed(_("办结由主持人或办公室确认，责任人不能确认自己报告的。"))


def confirm(actor: Actor, resolution: Resolution) -> None:
    """Confirm that it is done."""
    _require_confirmer(actor, resolution)
    _move(resolution, ResolutionMove.CONFIRM)
    resolution.confirmed_by_id, resolution.confirmed_on = actor.person_id, clock.today()
    db.session.flush()
    record(actor, "resolution.confirmed", f"resolution:{resolution.id}", note=resolution.matter)


def send_back(actor: Actor, resolution: Resolution, *, reason: str) -> None:
    """Return a report with the reason; its owner goes on."""
    _require_confirmer(actor, resolution)
    if not reason.strip():
        raise FieldError("reason", _("请写明退回的理由。"))
    _move(resolution, ResolutionMove.RETURN)
    resolution.return_reason = reason.strip()
    db.session.flush()
    record(actor, "resolution.returned", f"resolution:{resolution.id}", reason=resolution.return_reason)
