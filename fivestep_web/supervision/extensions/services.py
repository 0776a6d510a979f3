"""Ask for an extension, decide on it, take it back."""

from datetime import date

from flask_babel import gettext as _

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.extensions import policy, queries, rules
from fivestep_web.supervision.extensions.models import ExtensionRequest
from fivestep_web.supervision.extensions.registry import Item, get_kind
from fivestep_web.supervision.extensions.rules import ExtensionState


def ask(actor: Actor, kind: str, item_id: int, *, asked_due_on: date, reason: str) -> ExtensionRequest:
    """Ask for a later date of a thing (延期申请).

    Raises NotFound for what the actor may not see, NotAllowed for another's thing, Conflict when it is done
    or a request is open, FieldError for a date it may not move to and for no reason.
    """
    item = get_kind(kind).find(actor, item_id, True)  # noqa: FBT003 - locked
    if not policy.can_ask(actor, item) or actor.person_id is None:
        raise NotAllowed(_("延期由责任人或本单位负责人申请。"))
    _check_free(kind, item)
    _check_date(item, asked_due_on)
    request = ExtensionRequest(
        year=item.year,
        kind=kind,
        item_id=item_id,
        label=item.label,
        unit_id=item.unit_id,
        due_on=item.due_on,
        asked_due_on=asked_due_on,
        reason=_given(reason, _("请写明申请延期的理由。")),
        requested_by_id=actor.person_id,
        requested_at=clock.now(),
    )
    db.session.add(request)
    db.session.flush()
    record(
        actor, "extension.requested", f"extension:{request.id}",
        title=request.label, before=request.due_on, after=asked_due_on, reason=request.reason,
    )  # fmt: skip
    return request


def _given(text: str, message: str) -> str:
    if not text.strip():
        raise FieldError("reason", message)
    return text.strip()


def _check_free(kind: str, item: Item) -> None:
    _check_open(item)
    if queries.find_open(kind, item.id):
        raise Conflict(_("这一项已有延期申请等待批准，批复以后才能再申请。"))


def _check_open(item: Item) -> None:
    if not item.is_open:
        raise Conflict(_("“%(item)s”已经办结，不需要延期。", item=item.label))
    if item.barred:
        raise Conflict(item.barred)


def _check_date(item: Item, asked: date) -> None:
    message = rules.why_not(
        asked,
        due_on=item.due_on,
        latest_on=item.latest_on,
        today=clock.today(),
        calendar=get_calendar(),
        bound=item.bound,
    )
    if message:
        raise FieldError("asked_due_on", message)


def grant(actor: Actor, request: ExtensionRequest, *, reason: str) -> None:
    """Agree, and move the thing's date; *request* is locked.

    Raises Conflict when the thing is done by now or its date changed since, DomainError when the date asked
    for is no longer possible.
    """
    _must_decide(actor, request)
    kind = get_kind(request.kind)
    item = kind.find(actor, request.item_id, True)  # noqa: FBT003 - locked
    _check_open(item)
    if item.due_on != request.due_on:
        raise Conflict(_("这一项的期限在申请之后已有变动，请申请人撤回后重新申请。"))
    _check_date(item, request.asked_due_on)
    kind.move(request.item_id, request.asked_due_on)
    _decide(actor, request, ExtensionState.GRANTED, reason)


def refuse(actor: Actor, request: ExtensionRequest, *, reason: str) -> None:
    """Refuse; the date stays as it is."""
    _must_decide(actor, request)
    _decide(actor, request, ExtensionState.REFUSED, reason)


def _must_decide(actor: Actor, request: ExtensionRequest) -> None:
    if not policy.may_decide(actor, request):
        raise NotAllowed(_("延期由主管领导批准，申请人不能批准自己的申请。"))
    _check_undecided(request)


def _check_undecided(request: ExtensionRequest) -> None:
    if request.state is not ExtensionState.REQUESTED:
        raise Conflict(_("这份延期申请现在是“%(state)s”，不能再办。", state=request.state.label))


def _decide(actor: Actor, request: ExtensionRequest, state: ExtensionState, reason: str) -> None:
    request.state, request.decision_reason = state, _given(reason, _("请写明批复意见。"))
    request.decided_by_id, request.decided_at = actor.person_id, clock.now()
    db.session.flush()
    record(
        actor, "extension.decided", f"extension:{request.id}",
        title=request.label, after=state.label, date=request.asked_due_on, reason=request.decision_reason,
    )  # fmt: skip


def withdraw(actor: Actor, request: ExtensionRequest) -> None:
    """Take an own request back before it is decided on."""
    if actor.person_id is None or actor.person_id != request.requested_by_id:
        raise NotAllowed(_("延期申请由申请人自己撤回。"))
    _check_undecided(request)
    request.state = ExtensionState.WITHDRAWN
    db.session.flush()
    record(actor, "extension.withdrawn", f"extension:{request.id}", title=request.label)
