"""Step 2 责任: drafting and issuing many letters at once, and how far it is."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fivestep_web.core import htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.years import get_selected_year
from fivestep_web.responsibility.letters import run_queries
from fivestep_web.responsibility.letters import runs as letter_runs
from fivestep_web.responsibility.rules import KIND_LABELS, LetterKind

blueprint = Blueprint("letter_runs", __name__)


@blueprint.post("/letters/runs")
@requires(Permission.LETTER_ISSUE)
def run_create() -> ResponseReturnValue:
    year, kind = get_selected_year(), request.form.get("kind", "")
    with unit_of_work():
        run_id = letter_runs.start(actor(), year, kind).id
    return redirect(url_for(".run_show", run_id=run_id), 303)


@blueprint.get("/letters/runs/<int:run_id>")
@requires(Permission.LETTER_ISSUE)
def run_show(run_id: int) -> ResponseReturnValue:
    run = run_queries.get_run(actor(), run_id)
    if not htmx.wants_fragment():
        label = KIND_LABELS[LetterKind(run.kind)] if run.kind else ""
        return render_template("responsibility/run_show.html", run=run, kind_label=label)
    if run.finished_at is None:
        return render_template("responsibility/_run_progress.html", run=run)
    return htmx.leave(url_for(".run_show", run_id=run_id))
