"""Step 2 责任: who has not signed, and reminding them."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.queries import get_calendar
from fivestep_web.org.years import find_selected_year, get_selected_year
from fivestep_web.responsibility.coverage import matrix_queries, reminders
from fivestep_web.responsibility.coverage.rules import STAGE_LABELS, WAITING
from fivestep_web.responsibility.rules import KIND_LABELS

blueprint = Blueprint("matrix", __name__)


@blueprint.get("/letters/matrix")
@requires(Permission.COVERAGE_READ)
def matrix_show() -> ResponseReturnValue:
    year = find_selected_year()
    signing_ends = get_calendar().last_workday_of_month(year, 1) if year else None
    levels = (
        matrix_queries.list_levels(actor(), year, signing_ends=signing_ends) if year and signing_ends else []
    )
    return render_template(
        "responsibility/matrix.html",
        levels=levels,
        signing_ends=signing_ends,
        kind_labels=KIND_LABELS,
        stage_labels=STAGE_LABELS,
        waiting=WAITING,
        year=year,
    )


@blueprint.post("/letters/remind")
@requires(Permission.REMIND)
def matrix_remind() -> ResponseReturnValue:
    year, form = get_selected_year(), request.form
    with unit_of_work():
        count = reminders.remind(
            actor(),
            year,
            form.get("kind", ""),
            form.get("stage", ""),
            unit_id=form.get("unit_id", type=int),
        )
    message = _("已提醒 %(count)s 份责任书的签署人，对方在“今天”页可以看到", count=count)
    return htmx.leave(url_for(".matrix_show", year=year), message)
