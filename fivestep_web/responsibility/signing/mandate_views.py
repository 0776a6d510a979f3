"""Mandates (代签委托), below /account: given and revoked by their principal, seen by the deputy too."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import DomainError, FieldError
from fivestep_web.core.forms import choices
from fivestep_web.core.permissions import actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import limiter
from fivestep_web.keys import entry
from fivestep_web.keys import queries as keys
from fivestep_web.responsibility.forms import MandateForm, ReasonForm
from fivestep_web.responsibility.signing import mandates

blueprint = Blueprint("mandates", __name__)


def _form(**data: object) -> MandateForm:
    form = MandateForm(**data)
    form.deputy_id.choices = choices([("", _("请选择")), *mandates.list_deputies(actor())])
    return form


@blueprint.get("/account/mandates")
@requires(*keys.SIGNERS)
def mandate_index() -> ResponseReturnValue:
    today = clock.today()
    return _page(_form(formdata=None, data={"valid_from": today, "valid_to": today}))


def _page(
    form: MandateForm, status: int = 200, *, refused: tuple[int, ReasonForm] | None = None
) -> ResponseReturnValue:
    own = mandates.list_own(actor())
    reasons = {item.id: ReasonForm(formdata=None) for item in own} | dict([refused] if refused else [])
    context = {
        "form": form,
        "mandates": own,
        "me": actor(),
        "today": clock.today(),
        "has_key": keys.find_living(actor().person_id) is not None,
        "key_url": url_for("keys.key_show", next=url_for(".mandate_index")),
        "reasons": {number: item.named(f"revoke-{number}") for number, item in reasons.items()},
    }
    return render_template("responsibility/mandate_index.html", **context), status


@blueprint.post("/account/mandates")
@requires(*keys.SIGNERS)
@limiter.limit("10/minute", key_func=lambda: f"pin:{actor().user_id}")
def mandate_create() -> ResponseReturnValue:
    form, status = _form(), 422
    if form.validate():
        try:
            opened = entry.enter(actor(), form.pin.data, "mandate")
            with unit_of_work():
                mandates.give(
                    actor(),
                    opened,
                    deputy_id=form.deputy_id.data,
                    valid_from=form.valid_from.data,
                    valid_to=form.valid_to.data,
                    reason=form.reason.data,
                )
        except (entry.PinRefused, entry.NoKey) as refusal:
            form.pin.errors, status = [refusal.message], refusal.status
        except FieldError as refusal:
            form[refusal.field].errors = [refusal.message]
        except DomainError as refusal:
            form.form_errors.append(refusal.message)
        else:
            return htmx.leave(url_for(".mandate_index"), _("代签委托已生效"))
    return _page(form, status)


@blueprint.post("/account/mandates/<int:mandate_id>/revoke")
@requires(*keys.SIGNERS)
def mandate_revoke(mandate_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    mandates.get_own(actor(), mandate_id)
    if not form.validate():
        today = clock.today()
        blank = _form(formdata=None, data={"valid_from": today, "valid_to": today})
        return _page(blank, 422, refused=(mandate_id, form))
    with unit_of_work():
        mandate = mandates.get_own(actor(), mandate_id, lock=True)
        mandates.revoke(actor(), mandate, form.reason.data)
    return htmx.leave(url_for(".mandate_index"), _("代签委托已撤销，以前代签的仍然有效"))
