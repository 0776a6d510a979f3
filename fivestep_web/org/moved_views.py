"""管理 → 日期调整: dates that another working calendar would move."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org import moved_dates, policy
from fivestep_web.org.labels import MOVED_STATE_LABELS
from fivestep_web.org.models import MovedState
from fivestep_web.org.views import blueprint


@blueprint.get("/admin/calendar/moved")
@requires(Permission.MOVED_DATE_DECIDE, Permission.CALENDAR_EDIT)
def moved_index() -> ResponseReturnValue:
    wanted = request.args.get("state", "")
    state = MovedState(wanted) if wanted in set(MovedState) else None
    rows = moved_dates.list_moved(state)
    return render_template(
        "org/moved_index.html",
        rows=rows,
        state=wanted,
        states=[(item.value, label) for item, label in MOVED_STATE_LABELS.items()],
        labels=MOVED_STATE_LABELS,
        reasons={row.id: moved_dates.why_fixed(row) for row in rows if row.is_signed},
        decidable={row.id for row in rows if policy.can_decide_moved(actor(), row) and not row.is_signed},
    )


@blueprint.post("/admin/calendar/moved/<int:moved_id>/approve")
@requires(Permission.MOVED_DATE_DECIDE)
def moved_approve(moved_id: int) -> ResponseReturnValue:
    with unit_of_work():
        moved_dates.approve(actor(), moved_dates.get_moved(moved_id, lock=True))
    return htmx.leave(url_for(".moved_index"), _("日期已调整"))


@blueprint.post("/admin/calendar/moved/<int:moved_id>/keep")
@requires(Permission.MOVED_DATE_DECIDE)
def moved_keep(moved_id: int) -> ResponseReturnValue:
    with unit_of_work():
        moved_dates.keep(actor(), moved_dates.get_moved(moved_id, lock=True))
    return htmx.leave(url_for(".moved_index"), _("已保持原日期"))


@blueprint.post("/admin/calendar/moved/approve")
@requires(Permission.MOVED_DATE_DECIDE)
def moved_approve_all() -> ResponseReturnValue:
    with unit_of_work():
        count = moved_dates.approve_all(actor())
    return htmx.leave(url_for(".moved_index"), _("已调整 %(count)s 项", count=count))
