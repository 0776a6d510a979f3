"""What the person before an entry's page may do with it: each action once, for its button and its route."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.ledger import forms, policy
from fivestep_web.ledger import write_off_services as services
from fivestep_web.ledger.forms import ActionForm
from fivestep_web.ledger.models import LedgerEntry


@dataclass(frozen=True)
class Action:
    """A button: its verb, what follows, the form it asks for, who sees it, what it does."""

    key: str
    verb: LazyString
    consequence: LazyString
    done: LazyString
    form: type[ActionForm]
    permissions: tuple[Permission, ...]
    can: Callable[[Actor, LedgerEntry], bool]
    perform: Callable[[Actor, LedgerEntry, ActionForm], object]
    tone: str = "plain"


def _can(command: policy.Command) -> Callable[[Actor, LedgerEntry], bool]:
    return lambda actor, entry: policy.can(actor, command, entry)


REQUEST = Action(
    "request", _l("申请销号"), _l("由办公室核查佐证材料，主管领导批准后销号。"),
    _l("已申请销号，请等办公室核查"), forms.WriteOffForm, (Permission.PROGRESS_REPORT,), _can(policy.REQUEST),
    lambda actor, entry, form: services.request_write_off(actor, entry, conditions=form.conditions),
    tone="primary",
)  # fmt: skip
CHECK = Action(
    "check", _l("核查通过"), _l("核查通过后，由主管领导批准销号。"), _l("已记录核查，请主管领导批准"),
    forms.CheckForm, (Permission.WRITE_OFF_CHECK,), policy.can_check,
    lambda actor, entry, form: services.record_check(actor, entry, note=form.note.data or ""), tone="primary",
)  # fmt: skip
APPROVE = Action(
    "approve", _l("批准销号"), _l("给出销号编号，进展不再填报；发现问题可以重新挂账。"), _l("已销号"),
    ActionForm, (Permission.WRITE_OFF_APPROVE,), policy.can_approve,
    lambda actor, entry, _form: services.approve_write_off(actor, entry), tone="primary",
)  # fmt: skip
SEND_BACK = Action(
    "send-back", _l("退回"), _l("回到推进中，由责任人补充后重新申请。"), _l("已退回责任人"),
    forms.ReasonForm, (Permission.WRITE_OFF_CHECK, Permission.WRITE_OFF_APPROVE), _can(policy.SEND_BACK),
    lambda actor, entry, form: services.send_back(actor, entry, reason=form.reason.data),
)  # fmt: skip
REOPEN = Action(
    "reopen", _l("重新挂账"), _l("原销号编号保留，责任人整改后重新申请销号。"), _l("已重新挂账"),
    forms.FindingForm, (Permission.WRITE_OFF_CHECK, Permission.WRITE_OFF_APPROVE), _can(policy.REOPEN),
    lambda actor, entry, form: services.reopen(actor, entry, finding=form.reason.data), tone="danger",
)  # fmt: skip
SUSPEND = Action(
    "suspend", _l("暂缓"), _l("暂缓期间不亮红黄灯，到复核日期再定是否恢复。"), _l("已暂缓"),
    forms.SuspendForm, (Permission.ENTRY_SUSPEND,), _can(policy.SUSPEND),
    lambda actor, entry, form: services.suspend(
        actor, entry, reason=form.reason.data, review_on=form.review_on.data
    ),
)  # fmt: skip
RESUME = Action(
    "resume", _l("恢复推进"), _l("回到推进中，按原完成时限重新亮灯。"), _l("已恢复推进"), ActionForm,
    (Permission.ENTRY_SUSPEND,), _can(policy.RESUME),
    lambda actor, entry, _form: services.resume(actor, entry),
)  # fmt: skip
CANCEL = Action(
    "cancel", _l("撤账"), _l("撤账后不能恢复，历史记录保留。"), _l("已撤账"), forms.ChangeOrderForm,
    (Permission.ENTRY_CANCEL,), _can(policy.CANCEL),
    lambda actor, entry, form: services.cancel(actor, entry, reason=form.reason.data), tone="danger",
)  # fmt: skip

ACTIONS = {
    action.key: action for action in (REQUEST, CHECK, APPROVE, SEND_BACK, RESUME, SUSPEND, REOPEN, CANCEL)
}


def list_actions(actor: Actor, entry: LedgerEntry) -> list[Action]:
    """Return what this person may do with the entry now."""
    return [action for action in ACTIONS.values() if action.can(actor, entry)]
