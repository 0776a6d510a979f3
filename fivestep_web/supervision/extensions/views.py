"""Extension requests (延期申请): the list, asking, one request and the decision on it."""

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import NotAllowed
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.queries import get_calendar
from fivestep_web.org.years import find_selected_year
from fivestep_web.supervision.extensions import policy, queries, services
from fivestep_web.supervision.extensions.forms import DecisionForm, ExtensionForm, WithdrawForm
from fivestep_web.supervision.extensions.models import ExtensionRequest
from fivestep_web.supervision.extensions.registry import get_kind, label_of
from fivestep_web.supervision.extensions.rules import EXTENSION_STATE_LABELS

blueprint = Blueprint("extension_requests", __name__)


@blueprint.get("/extensions")
@requires(Permission.EXTENSION_READ)
def extension_index() -> ResponseReturnValue:
    year, state = find_selected_year(), request.args.get("state", "")
    return render_template(
        "extensions/extension_index.html",
        rows=[
            (found, unit, label_of(found.kind))
            for found, unit in (queries.list_requests(actor(), year, state=state) if year else ())
        ],
        state=state,
        states=list(EXTENSION_STATE_LABELS.items()),
    )


@blueprint.get("/extensions/<kind>/<int:item_id>/new")
@requires(Permission.EXTENSION_ASK)
def extension_new(kind: str, item_id: int) -> ResponseReturnValue:
    return _new(kind, item_id, ExtensionForm(formdata=None))


def _new(kind: str, item_id: int, form: ExtensionForm, status: int = 200) -> ResponseReturnValue:
    item = get_kind(kind).find(actor(), item_id, False)  # noqa: FBT003 - not locked
    if not policy.can_ask(actor(), item):
        raise NotAllowed(_("延期由责任人或本单位负责人申请。"))
    return render_template(
        "extensions/extension_new.html",
        kind=get_kind(kind),
        item=item,
        form=form,
        history=queries.list_of_item(actor(), kind, item_id),
        is_known=get_calendar().is_known(item.due_on.year),
    ), status


@blueprint.post("/extensions/<kind>/<int:item_id>/new")
@requires(Permission.EXTENSION_ASK)
def extension_create(kind: str, item_id: int) -> ResponseReturnValue:
    form = ExtensionForm()
    made: list[ExtensionRequest] = []

    def ask() -> None:
        made.append(
            services.ask(actor(), kind, item_id, asked_due_on=form.asked_due_on.data, reason=form.reason.data)
        )

    if not carry_out(form, ask):
        return _new(kind, item_id, form, 422)
    return htmx.leave(url_for(".extension_show", request_id=made[0].id), _("已申请延期，等主管领导批准"))


@blueprint.get("/extensions/<int:request_id>")
@requires(Permission.EXTENSION_READ)
def extension_show(request_id: int) -> ResponseReturnValue:
    return _show(request_id)


def _show(request_id: int, status: int = 200, **failed: DecisionForm) -> ResponseReturnValue:
    found = queries.get_request(actor(), request_id)
    item = get_kind(found.kind).find(actor(), found.item_id, False)  # noqa: FBT003 - not locked
    shown = {"revision": found.revision}
    forms = {
        "grant": DecisionForm(formdata=None, data=shown, prefix="grant-"),
        "refuse": DecisionForm(formdata=None, data=shown, prefix="refuse-"),
        "withdraw": WithdrawForm(formdata=None, data=shown),
    }
    return render_template(
        "extensions/extension_show.html",
        extension=found,
        item=item,
        kind=label_of(found.kind),
        forms=forms | failed,
        failed=set(failed),
        may_decide=policy.can_decide(actor(), found),
        may_withdraw=policy.can_withdraw(actor(), found),
        history=queries.list_of_item(actor(), found.kind, found.item_id),
    ), status


def _step(
    request_id: int,
    name: str,
    form: WithdrawForm,
    command: Callable[[ExtensionRequest], None],
    message: str,
) -> ResponseReturnValue:
    """Do what a button says with the request as it was shown."""

    def take() -> None:
        command(queries.get_request(actor(), request_id, lock=True, revision=form.revision.data))

    if not carry_out(form, take):
        return _show(request_id, 422, **{name: form})
    return htmx.leave(url_for(".extension_show", request_id=request_id), message)


@blueprint.post("/extensions/<int:request_id>/grant")
@requires(Permission.EXTENSION_DECIDE)
def extension_grant(request_id: int) -> ResponseReturnValue:
    form = DecisionForm(prefix="grant-")

    def grant(found: ExtensionRequest) -> None:
        services.grant(actor(), found, reason=form.reason.data)

    return _step(request_id, "grant", form, grant, _("已同意延期，期限已改"))


@blueprint.post("/extensions/<int:request_id>/refuse")
@requires(Permission.EXTENSION_DECIDE)
def extension_refuse(request_id: int) -> ResponseReturnValue:
    form = DecisionForm(prefix="refuse-")

    def refuse(found: ExtensionRequest) -> None:
        services.refuse(actor(), found, reason=form.reason.data)

    return _step(request_id, "refuse", form, refuse, _("没有同意，期限不变"))


@blueprint.post("/extensions/<int:request_id>/withdraw")
@requires(Permission.EXTENSION_ASK)
def extension_withdraw(request_id: int) -> ResponseReturnValue:
    def withdraw(found: ExtensionRequest) -> None:
        services.withdraw(actor(), found)

    return _step(request_id, "withdraw", WithdrawForm(), withdraw, _("延期申请已撤回"))
