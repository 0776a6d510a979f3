"""管理 → 工作日历 → 导入: a year's notice as a workbook, checked and shown before it is stored."""

from io import BytesIO

from flask import Blueprint, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.packages import UnsafeFile
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.sheets import write_workbook
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.org import queries, services
from fivestep_web.org.rules import DayOff, ListError, parse_days
from fivestep_web.workbook import calendar_sheet, upload_services
from fivestep_web.workbook.forms import CalendarForm
from fivestep_web.workbook.views import XLSX

blueprint = Blueprint("calendar_import", __name__, url_prefix="/admin/calendar/import")

PAGE = "workbook/calendar_import.html"
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _year() -> int:
    year = request.values.get("calendar_year", type=int) or clock.today().year + 1
    return min(max(year, FIRST_YEAR), LAST_YEAR)


@blueprint.get("")
@requires(Permission.CALENDAR_EDIT)
def calendar_import() -> ResponseReturnValue:
    return render_template(PAGE, form=CalendarForm(formdata=None), year=_year())


@blueprint.get("/template")
@requires(Permission.CALENDAR_EDIT)
def calendar_template() -> ResponseReturnValue:
    file = BytesIO()
    write_workbook(file, [(calendar_sheet.SHEET, [calendar_sheet.HEADINGS])])
    file.seek(0)
    name = _("%(year)s年工作日历（空白）.xlsx", year=_year())
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


@blueprint.post("")
@requires(Permission.CALENDAR_EDIT)
def calendar_check() -> ResponseReturnValue:
    form, year = CalendarForm(), _year()
    if not form.validate():
        return render_template(PAGE, form=form, year=year), 422
    try:
        raw = upload_services.read_bytes(form.file.data.read())
    except UnsafeFile as refusal:
        form.file.errors = [_("文件没有读取：%(reason)s", reason=refusal.message)]
        return render_template(PAGE, form=form, year=year), 422
    found = calendar_sheet.read(raw, year)
    if found.problems:
        return render_template(PAGE, form=form, year=year, problems=found.problems), 422
    return _preview(found.text, year)


def _preview(text: str, year: int) -> ResponseReturnValue:
    days = parse_days(text)
    calendar = queries.get_calendar()
    stored = {row.day for own in {item.day.year for item in days} for row in queries.list_days(own)}
    rows = [_change(item, calendar, is_stored=item.day in stored) for item in days]
    return render_template(
        PAGE,
        form=CalendarForm(formdata=None),
        year=year,
        text=text,
        changes=[row for row in rows if row["is_new"]],
        same=sum(1 for row in rows if not row["is_new"]),
    )


def _change(item: DayOff, calendar: WorkCalendar, *, is_stored: bool) -> dict[str, object]:
    is_workday = calendar.is_workday(item.day)
    return {
        "day": item.day,
        "before": is_workday,
        "after": item.is_workday,
        "note": item.note,
        "is_new": is_workday != item.is_workday or not is_stored,
    }


@blueprint.post("/store")
@requires(Permission.CALENDAR_EDIT)
def calendar_store() -> ResponseReturnValue:
    form, year = CalendarForm(formdata=None), _year()
    try:
        days = parse_days(request.form.get("days", ""))
    except ListError as error:
        form.form_errors.append(str(error))
        return render_template(PAGE, form=form, year=year), 422
    with unit_of_work():
        count = services.enter_days(actor(), days)
    page = url_for("org.calendar_show", calendar_year=year)
    return htmx.leave(page, _("已导入 %(count)s 天", count=count))
