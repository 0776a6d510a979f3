"""Step 2 责任: who is covered and how much everybody carries."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility.coverage.queries import read_coverage
from fivestep_web.responsibility.coverage.rules import LOAD_LABELS, LoadMark

blueprint = Blueprint("coverage", __name__)


@blueprint.get("/goals/coverage")
@requires(Permission.COVERAGE_READ)
def coverage_show() -> ResponseReturnValue:
    year = find_selected_year()
    return render_template(
        "responsibility/coverage.html",
        coverage=read_coverage(actor(), year) if year else None,
        load_labels=LOAD_LABELS,
        usual=LoadMark.USUAL,
        compared=(LoadMark.MUCH, LoadMark.LITTLE),
        year=year,
    )
