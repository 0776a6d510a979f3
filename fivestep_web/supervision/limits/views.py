"""Time limits (限时办结, R3.9): what is overdue, statistics, the single hand-overs, the limits themselves."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.queries import get_calendar, get_plan_year
from fivestep_web.org.years import find_selected_year, get_selected_year
from fivestep_web.supervision.limits import page, policy, queries, services
from fivestep_web.supervision.limits.forms import LimitsForm
from fivestep_web.supervision.limits.page import Filters
from fivestep_web.supervision.limits.queries import Handover

blueprint = Blueprint("limits", __name__)


def _filters() -> Filters:
    return Filters(
        request.args.get("kind", ""),
        request.args.get("unit_id", 0, type=int),
        request.args.get("month", 0, type=int),
    )


def _choices(items: list[Handover]) -> dict[str, Any]:
    """Return what the filter line offers: what there is to see."""
    units = {item.step.unit_id: item.unit for item in items if item.step.unit_id}
    return {
        "kinds": list({item.kind.code: item.kind.label for item in items}.items()),
        "units": sorted(units.items()),
        "months": [(month, page.month_label(month)) for month in sorted({item.month for item in items})],
    }


@blueprint.get("/limits")
@requires(Permission.LIMIT_READ)
def limit_index() -> ResponseReturnValue:
    year, filters = find_selected_year(), _filters()
    items = queries.list_handovers(actor(), year) if year else []
    shown = [item for item in items if filters.keeps(item)]
    by = request.args.get("by", "kind")
    by = by if by in page.GROUPS else "kind"
    return render_template(
        "limits/limit_index.html",
        year=year,
        filters=filters,
        choices=_choices(items),
        overdue=page.overdue(shown),
        running=page.running(shown),
        by=by,
        groups=page.group_lines(shown, by),
        total=page.total(shown),
        is_known=year is None or get_calendar().is_known(year),
    )


@blueprint.get("/limits/steps")
@requires(Permission.LIMIT_READ)
def step_index() -> ResponseReturnValue:
    year, filters = find_selected_year(), _filters()
    items = queries.list_handovers(actor(), year) if year else []
    shown = sorted(
        (item for item in items if filters.keeps(item)), key=lambda item: (-item.timing.spent, item.since)
    )
    first = max(request.args.get("after", 0, type=int), 0)
    carried: dict[str, Any] = {
        "kind": filters.kind,
        "unit_id": filters.unit_id or "",
        "month": filters.month or "",
    }

    def address(after: int) -> str:
        return url_for(".step_index", **carried, after=after or None)

    return render_template(
        "limits/step_index.html",
        year=year,
        filters=filters,
        choices=_choices(items),
        steps_shown=shown[first : first + page.SHOWN],
        total=page.total(shown),
        previous_url=address(max(first - page.SHOWN, 0)) if first else None,
        next_url=address(first + page.SHOWN) if first + page.SHOWN < len(shown) else None,
    )


@blueprint.get("/limits/settings")
@requires(Permission.LIMIT_READ)
def limit_edit() -> ResponseReturnValue:
    year = get_selected_year()
    lines = page.limit_lines(queries.list_limits(year))
    form = LimitsForm(
        formdata=None,
        data={line.kind.value: line.workdays for line in lines} | {"seen": queries.last_set(year)},
    )
    return _edit(year, form)


def _edit(year: int, form: LimitsForm, status: int = 200) -> ResponseReturnValue:
    rows = queries.list_limits(year)
    return render_template(
        "limits/limit_edit.html",
        year=year,
        lines=page.limit_lines(rows),
        history=list(reversed(rows)),
        form=form if policy.can_set(actor()) else None,
    ), status


@blueprint.post("/limits/<int:year>/settings")
@requires(Permission.LIMIT_SET)
def limit_update(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    form = LimitsForm()

    def update() -> None:
        plan_year = get_plan_year(year, lock=True)
        services.set_limits(actor(), plan_year, form.workdays(), seen=form.seen.data)

    if not carry_out(form, update):
        return _edit(year, form, 422)
    return htmx.leave(url_for(".limit_edit", year=year), _("已保存，以后交办的环节按新时限计算"))
