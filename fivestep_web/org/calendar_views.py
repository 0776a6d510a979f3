"""管理 → 工作日历."""

from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org import calendar_page, services
from fivestep_web.org.forms import DaysForm
from fivestep_web.org.rules import ListError, parse_days
from fivestep_web.org.views import blueprint

FIRST_YEAR, LAST_YEAR = 2000, 2100


def _year() -> int:
    year = request.values.get("calendar_year", type=int) or clock.today().year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


@blueprint.get("/admin/calendar")
@requires(Permission.CALENDAR_EDIT)
def calendar_show() -> ResponseReturnValue:
    return _page(DaysForm(formdata=None))


@blueprint.post("/admin/calendar")
@requires(Permission.CALENDAR_EDIT)
def calendar_update() -> ResponseReturnValue:
    form = DaysForm()
    if form.validate():
        try:
            days = parse_days(form.days.data)
            with unit_of_work():
                count = services.enter_days(actor(), days)
            page = url_for(".calendar_show", calendar_year=days[0].day.year)
            return htmx.leave(page, _("已录入 %(count)s 天", count=count))
        except ListError as error:
            form.days.errors = [str(error)]
    return _page(form, 422)


@blueprint.post("/admin/calendar/remove")
@requires(Permission.CALENDAR_EDIT)
def calendar_day_remove() -> ResponseReturnValue:
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError as error:
        raise NotFound(_("这一天没有录入过。")) from error
    with unit_of_work():
        services.remove_day(actor(), day)
    page = url_for(".calendar_show", calendar_year=day.year)
    return htmx.leave(page, _("已删去 %(day)s", day=day.isoformat()))


def _page(form: DaysForm, status: int = 200) -> ResponseReturnValue:
    return render_template("org/calendar_show.html", form=form, calendar=calendar_page.build(_year())), status
