"""Daily assessment of a year: each unit's months, and the points entered and approved."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.daily.forms import MoveForm, ReasonForm
from fivestep_web.assessment.daily.points import page, policy, queries, services
from fivestep_web.assessment.daily.points.forms import PointsEntryForm
from fivestep_web.assessment.daily.points.models import MonthlyPoints, PointsKind
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import DomainError, FieldError
from fivestep_web.core.forms import to_choose
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.queries import get_plan_year

blueprint = Blueprint("points", __name__)
follow(blueprint, "points.daily_show")


@blueprint.get("/assessment/<int:year>/daily")
@requires(Permission.RESULT_READ)
def daily_show(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    return _show(year)


def _show(year: int, status: int = 200, **failed: Any) -> ResponseReturnValue:
    return render_template(
        "daily/daily_show.html",
        year=year,
        series=page.series(year),
        months=page.month_heads(),
        lines=page.points_lines(actor(), year),
        may_enter=policy.may_enter(actor()),
        failed=failed or None,
    ), status


@blueprint.get("/assessment/<int:year>/points/new")
@requires(Permission.BULLETIN_PREPARE)
def points_new(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    last_month = (clock.today().month + 10) % 12 + 1
    form = PointsEntryForm(formdata=None, data={"month": last_month})
    form.unit_id.choices = to_choose(page.unit_choices(year))
    return _new(year, form)


def _new(year: int, form: PointsEntryForm, status: int = 200) -> ResponseReturnValue:
    return render_template("daily/points_new.html", year=year, form=form), status


@blueprint.post("/assessment/<int:year>/points")
@requires(Permission.BULLETIN_PREPARE)
def points_create(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    form = PointsEntryForm()
    form.unit_id.choices = to_choose(page.unit_choices(year))
    if not form.validate():
        return _new(year, form, 422)
    entry = services.Entry(
        form.month.data, form.unit_id.data, PointsKind(form.kind.data), form.points.data,
        form.reason.data, form.basis.data,
    )  # fmt: skip
    try:
        with unit_of_work():
            services.enter(actor(), year, entry)
    except FieldError as refusal:
        form[refusal.field].errors = [refusal.message]
        return _new(year, form, 422)
    except DomainError as refusal:
        form.form_errors.append(refusal.message)
        return _new(year, form, 422)
    return _leave(year, _("已登记，等部长或常务副部长批准"))


def _leave(year: int, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for(".daily_show", year=year, _anchor="points"), message)


def _decide(
    year: int, points_id: int, form: MoveForm, command: Callable[[MonthlyPoints], None], message: str
) -> ResponseReturnValue:
    """Do what a button beside the points says, on the points as they were shown."""
    queries.get_points(actor(), year, points_id)
    if not form.validate():
        return _show(year, 422, points_id=points_id, form=form)
    with unit_of_work():
        command(queries.get_points(actor(), year, points_id, lock=True, revision=form.revision.data))
    return _leave(year, message)


@blueprint.post("/assessment/<int:year>/points/<int:points_id>/approve")
@requires(Permission.DAILY_POINTS_APPROVE)
def points_approve(year: int, points_id: int) -> ResponseReturnValue:
    message = _("已批准，计入当月得分")
    return _decide(year, points_id, MoveForm(), lambda found: services.approve(actor(), found), message)


@blueprint.post("/assessment/<int:year>/points/<int:points_id>/refuse")
@requires(Permission.DAILY_POINTS_APPROVE)
def points_refuse(year: int, points_id: int) -> ResponseReturnValue:
    form = ReasonForm()

    def refuse(found: MonthlyPoints) -> None:
        services.refuse(actor(), found, reason=form.reason.data)

    return _decide(year, points_id, form, refuse, _("没有批准，理由已记录"))


@blueprint.post("/assessment/<int:year>/points/<int:points_id>/withdraw")
@requires(Permission.BULLETIN_PREPARE)
def points_withdraw(year: int, points_id: int) -> ResponseReturnValue:
    message = _("已撤回")
    return _decide(year, points_id, MoveForm(), lambda found: services.withdraw(actor(), found), message)
