"""管理 → 年度."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org import policy, queries, services, year_settings
from fivestep_web.org.forms import StepTwoForm
from fivestep_web.org.views import blueprint


@blueprint.get("/admin/years")
@requires(Permission.YEAR_MANAGE, Permission.STEP_TWO_OPEN)
def year_index() -> ResponseReturnValue:
    return render_template("org/year_index.html", years=queries.list_plan_years())


@blueprint.get("/admin/years/<int:year>")
@requires(Permission.YEAR_MANAGE, Permission.STEP_TWO_OPEN)
def year_show(year: int) -> ResponseReturnValue:
    return _page(year, StepTwoForm(formdata=None))


@blueprint.post("/admin/years/<int:year>/step-two")
@requires(Permission.STEP_TWO_OPEN)
def year_open_step_two(year: int) -> ResponseReturnValue:
    form = StepTwoForm()
    if not form.validate():
        return _page(year, form, 422)
    with unit_of_work():
        services.open_step_two(actor(), queries.get_plan_year(year, lock=True), form.reason.data)
    return htmx.leave(url_for(".year_show", year=year), _("已开启%(year)s年度的责任步骤", year=year))


def _page(year: int, form: StepTwoForm, status: int = 200) -> ResponseReturnValue:
    plan_year = queries.get_plan_year(year)
    page = render_template(
        "org/year_show.html",
        plan_year=plan_year,
        settings=year_settings.in_force(plan_year.settings),
        form=form,
        can_open=policy.can_open_step_two(actor()) and not plan_year.step_two_open,
    )
    return page, status
