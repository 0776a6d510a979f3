"""The duties page of a unit: list, add, word anew, take off (R2.2)."""

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import NotFound, Refusal
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.goals import duty_services
from fivestep_web.responsibility.models import Duty

blueprint = Blueprint("duties", __name__)

INDEX = "responsibility/duty_index.html"


@blueprint.get("/duties")
@requires(Permission.DUTY_EDIT)
def duty_index() -> ResponseReturnValue:
    units = _own_units()
    if not units:
        raise NotFound(_("您没有需要维护职责的单位"))
    own = [unit_id for unit_id, _name in units]
    unit_id = request.args.get("unit_id", type=int) or actor().unit_id
    return _page(unit_id if unit_id in own else own[0])


def _own_units() -> list[tuple[int, str]]:
    return [unit for unit in unit_choices() if policy.can_edit_duties(actor(), unit[0])]


def _page(unit_id: int, status: int = 200, **typed: object) -> ResponseReturnValue:
    unit = duty_services.get_unit(actor(), unit_id)
    given = {"error": "", "failed_id": None, "text": "", **typed}
    return (
        render_template(
            INDEX,
            unit=unit,
            units=_own_units(),
            duties=duty_services.list_duties(unit_id, with_ended=True),
            goals=duty_services.count_goals(unit_id, find_selected_year()),
            **given,
        ),
        status,
    )


@blueprint.post("/duties/units/<int:unit_id>")
@requires(Permission.DUTY_EDIT)
def duty_add(unit_id: int) -> ResponseReturnValue:
    text = request.form.get("text", "")
    try:
        with unit_of_work():
            unit = duty_services.get_unit(actor(), unit_id)
            duty_services.add_duty(actor(), unit, text)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(unit_id, refusal.status, error=refusal.message, text=text)
    return htmx.leave(url_for(".duty_index", unit_id=unit_id), _("职责已登记"))


@blueprint.post("/duties/<int:duty_id>")
@requires(Permission.DUTY_EDIT)
def duty_update(duty_id: int) -> ResponseReturnValue:
    text = request.form.get("text", "")
    return _change(
        duty_id, lambda duty: duty_services.change_duty(actor(), duty, text), _("职责已修改"), text
    )


@blueprint.post("/duties/<int:duty_id>/end")
@requires(Permission.DUTY_EDIT)
def duty_end(duty_id: int) -> ResponseReturnValue:
    return _change(duty_id, lambda duty: duty_services.end_duty(actor(), duty), _("职责已停用"))


def _change(duty_id: int, act: Callable[[Duty], None], message: str, text: str = "") -> ResponseReturnValue:
    try:
        with unit_of_work():
            duty = duty_services.get_duty(actor(), duty_id)
            unit_id = duty.unit_id
            act(duty)
    except NotFound:
        raise
    except Refusal as refusal:
        unit_id = duty_services.get_duty(actor(), duty_id).unit_id
        return _page(unit_id, refusal.status, error=refusal.message, failed_id=duty_id, text=text)
    return htmx.leave(url_for(".duty_index", unit_id=unit_id), message)
