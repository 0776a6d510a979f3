"""Which plan year a page speaks of."""

from flask import g, request
from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.errors import NotFound
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear


def list_years() -> list[int]:
    """Return the plan years, the newest first. Read once per request."""
    if "plan_years" not in g:
        g.plan_years = list(db.session.scalars(select(PlanYear.year).order_by(PlanYear.year.desc())))
    years: list[int] = g.plan_years
    return years


def default_year() -> int | None:
    """Return this year where it is planned, else the newest planned, else none."""
    years, this_year = list_years(), clock.today().year
    return this_year if this_year in years else next(iter(years), None)


def find_selected_year() -> int | None:
    """Return the year in the address (path or ?year=), else the default one."""
    wanted = (request.view_args or {}).get("year") or request.args.get("year", type=int)
    return wanted if wanted in list_years() else default_year()


def get_selected_year() -> int:
    """Return the year the page is about; NotFound when nothing is planned yet."""
    year = find_selected_year()
    if year is None:
        raise NotFound(_("还没有任何年度，请先导入年度工作簿"))
    return year
