"""Step 4 台账: the ledger, one topic's ledger, an entry, reporting into it, deciding on it."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.execution.acceptance.page import list_phases
from fivestep_web.execution.evidence import queries as evidence_queries
from fivestep_web.execution.evidence.taking import let_files_in, take
from fivestep_web.ledger import actions, page_queries, queries, services
from fivestep_web.ledger.filters import MONTHS, LedgerView, read_day, read_view
from fivestep_web.ledger.forms import ActionForm, ReportForm
from fivestep_web.ledger.links import links_for
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import STATE_LABELS, Signal
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import get_selected_year
from fivestep_web.topics.queries import get_topic

blueprint = Blueprint("ledger", __name__)
let_files_in(blueprint, "entry_report_create")

ROW = "ledger/_ledger_row.html"
FORM = "ledger/_report_row.html"
SIGNALS = [(signal, f"{signal.shape} {signal.word}") for signal in Signal if signal is not Signal.NONE]


@blueprint.get("/ledger")
@requires(Permission.LEDGER_READ)
def ledger_index() -> ResponseReturnValue:
    view = read_view(request.args, get_selected_year())
    return _show_ledger(view, "ledger/ledger_index.html", ".ledger_index")


@blueprint.get("/ledger/<int:topic_id>")
@requires(Permission.LEDGER_READ)
def ledger_show(topic_id: int) -> ResponseReturnValue:
    topic = get_topic(topic_id)
    view = read_view(request.args, topic.year, topic_id)
    return _show_ledger(view, "ledger/ledger_show.html", ".ledger_show", topic=topic, topic_id=topic_id)


def _show_ledger(view: LedgerView, template: str, endpoint: str, **context: Any) -> ResponseReturnValue:
    page = page_queries.get_page(actor(), view)
    place: dict[str, Any] = {"topic_id": view.topic} if view.topic else {"year": view.year}

    def address(**changes: Any) -> str:
        return url_for(endpoint, **place, **view.address(**changes))

    context |= {
        "view": view,
        "page": page,
        "today": clock.today(),
        "action": url_for(endpoint, **place),
        "previous_url": None if page.previous is None else address(after=page.previous or None),
        "next_url": None if page.following is None else address(after=page.following),
        "today_url": address(as_of=None),
        "replay": f"?as_of={view.as_of}" if view.is_replay else "",
    }
    rows = "ledger/_ledger_rows.html"
    if htmx.wants_fragment():
        return render_template(rows, **context)
    return render_template(
        template,
        units=[] if queries.reach(actor()) else unit_choices(),
        leaders=page_queries.leader_choices(view.year),
        signals=SIGNALS,
        states=list(STATE_LABELS.items()),
        months=[(month, _("%(month)s月", month=month)) for month in MONTHS],
        **context,
    )


@blueprint.get("/ledger/entries/<int:entry_id>")
@requires(Permission.LEDGER_READ)
def entry_show(entry_id: int) -> ResponseReturnValue:
    entry = queries.get_entry(actor(), entry_id)
    return _show_entry(entry)


def _show_entry(entry: LedgerEntry, status: int = 200, **failed: Any) -> ResponseReturnValue:
    day = read_day(request.args.get("as_of", ""))
    row = page_queries.get_row(actor(), entry, day)
    if row is not None and htmx.wants_fragment():
        return render_template(ROW, row=row), status
    possible = actions.list_actions(actor(), entry) if day == clock.today() else []
    is_report_first = row is not None and row.can_report and row.days_left is not None
    primary = None if is_report_first else next((item for item in possible if item.tone == "primary"), None)
    return render_template(
        "ledger/entry_show.html",
        entry=entry,
        row=row,
        day=day,
        today=clock.today(),
        links=links_for(actor(), entry.goal),
        phases=list_phases(entry.goal, day),
        event_files=evidence_queries.of_events(entry.goal_id),
        events=page_queries.list_events(entry.goal_id, day),
        changes=[change for change in entry.changes if change.changed_on <= day],
        is_report_first=is_report_first,
        primary=primary,
        others=[item for item in possible if item is not primary],
        forms={item.key: item.form(formdata=None, revision=entry.revision) for item in possible},
        failed=failed or None,
    ), status


@blueprint.get("/ledger/entries/<int:entry_id>/report")
@requires(Permission.PROGRESS_REPORT)
def entry_report(entry_id: int) -> ResponseReturnValue:
    entry = queries.get_entry(actor(), entry_id)
    services.check_reportable(actor(), entry)
    return _show_report(entry, None)


def _show_report(entry: LedgerEntry, form: ReportForm | None, status: int = 200) -> ResponseReturnValue:
    """Show *form*, or a new one that keeps a completion reported before: the latest report is what counts."""
    row = page_queries.get_row(actor(), entry, clock.today())
    if form is None:
        form = ReportForm(happened_on=clock.today(), completed_on=row.completed_on if row else None)
    chosen = evidence_queries.chosen_for_report(entry.goal_id, actor().person_id)
    return htmx.render(
        "ledger/entry_report.html", FORM, status, entry=entry, row=row, form=form, chosen=chosen
    )


@blueprint.post("/ledger/entries/<int:entry_id>/report")
@requires(Permission.PROGRESS_REPORT)
def entry_report_create(entry_id: int) -> ResponseReturnValue:
    form = ReportForm()
    entry = queries.get_entry(actor(), entry_id)
    services.check_reportable(actor(), entry)
    goal_id = entry.goal_id

    def report() -> None:
        services.report_progress(
            actor(),
            goal_id,
            happened_on=form.happened_on.data,
            done=form.done.data,
            completed_on=form.completed_on.data,
            note=form.note.data or "",
            evidence=form.evidence.data or "",
        )

    if not (take(form, actor(), entry.goal) and carry_out(form, report)):
        return _show_report(queries.get_entry(actor(), entry_id), form, 422)
    row = page_queries.get_row(actor(), queries.get_entry(actor(), entry_id), clock.today())
    url = url_for(".entry_show", entry_id=entry_id)
    return htmx.done(url, ROW, _("已汇报"), row=row, is_saved=True)


def _decide(entry_id: int, action: actions.Action) -> ResponseReturnValue:
    """Do what a button of the entry's page says, on the entry as it was shown."""
    form: ActionForm = action.form()

    def perform() -> None:
        entry = queries.get_entry(actor(), entry_id, lock=True, revision=form.revision.data)
        action.perform(actor(), entry, form)

    if carry_out(form, perform):
        return htmx.leave(url_for(".entry_show", entry_id=entry_id), str(action.done))
    return _show_entry(queries.get_entry(actor(), entry_id), 422, action=action, form=form)


def _add_decision(action: actions.Action) -> None:
    @requires(*action.permissions)
    def decide(entry_id: int) -> ResponseReturnValue:
        return _decide(entry_id, action)

    endpoint = f"entry_{action.key.replace('-', '_')}"
    rule = f"/ledger/entries/<int:entry_id>/{action.key}"
    blueprint.add_url_rule(rule, endpoint, decide, methods=["POST"])


for _action in actions.ACTIONS.values():
    _add_decision(_action)
