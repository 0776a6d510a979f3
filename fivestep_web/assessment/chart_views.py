"""The charts of step 5, on pages of their own beside the results."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.charts.figures import PastYear, series_figures, unit_figures
from fivestep_web.assessment.scores import YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.trimming import trim_effects
from fivestep_web.assessment.views import blueprint, get_unit, neighbours
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Permission, requires
from fivestep_web.org.years import list_years

YEARS_SHOWN = 5


@blueprint.get("/assessment/<int:year>/charts")
@requires(Permission.RESULT_READ)
def series_charts(year: int) -> ResponseReturnValue:
    score = score_year(year)
    return render_template(
        "assessment/series_charts.html",
        score=score,
        series=series_figures(score),
        effects=trim_effects(score),
    )


@blueprint.get("/assessment/<int:year>/units/<code>/charts")
@requires(Permission.RESULT_READ)
def unit_charts(year: int, code: str) -> ResponseReturnValue:
    score = score_year(year)
    unit = get_unit(score, code)
    previous, following = neighbours(score, unit)
    return render_template(
        "assessment/unit_charts.html",
        score=score,
        unit=unit,
        figures=unit_figures(score, unit, _past_years(score)),
        previous=previous,
        following=following,
    )


def _past_years(score: YearScore) -> list[PastYear]:
    """Return the year and those before it, at most YEARS_SHOWN, from the first that is planned."""
    planned = {year for year in list_years() if score.year - YEARS_SHOWN < year <= score.year}
    past = [_past_year(year, is_planned=year in planned) for year in range(min(planned), score.year)]
    return [*past, PastYear(score.year, score)]


def _past_year(year: int, *, is_planned: bool) -> PastYear:
    if not is_planned:
        return PastYear(year, None, _("系统里没有该年度"))
    try:
        return PastYear(year, score_year(year))
    except DomainError:
        return PastYear(year, None, _("该年度的考核设置有误"))
