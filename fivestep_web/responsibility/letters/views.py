"""Step 2 责任: letters, drafted, issued, signed, objected to."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.queries import get_calendar
from fivestep_web.org.years import find_selected_year, get_selected_year
from fivestep_web.responsibility.changes.handover import list_affected
from fivestep_web.responsibility.coverage import reminders
from fivestep_web.responsibility.forms import ReasonForm
from fivestep_web.responsibility.letters import drafting, queries, run_queries
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.letters.page import letter_context
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import KIND_LABELS, STATE_LABELS, LetterState

blueprint = Blueprint("letters", __name__)

READERS = (Permission.LETTER_READ, Permission.LETTER_SIGN_RESPONSIBLE, Permission.LETTER_SIGN_ISSUING)
PAGE, FRAGMENT = "responsibility/letter_show.html", "responsibility/_letter.html"


@blueprint.get("/letters")
@requires(*READERS)
def letter_index() -> ResponseReturnValue:
    year = find_selected_year()
    filters: dict[str, Any] = {
        "kind": request.args.get("kind", ""),
        "state": request.args.get("state", ""),
        "unit_id": request.args.get("unit_id", type=int),
        "mine": request.args.get("mine") == "1",
        "late": request.args.get("late") == "1",
    }
    letters: list[queries.LetterRow] = []
    counts: dict[LetterState, int] = {}
    if year:
        signing_ends = get_calendar().last_workday_of_month(year, 1)
        letters = queries.list_letters(actor(), year, signing_ends=signing_ends, **filters)
        counts = queries.count_states(actor(), year)
    return htmx.render(
        "responsibility/letter_index.html",
        "responsibility/_letter_rows.html",
        letters=letters,
        counts=[(label, counts[state]) for state, label in STATE_LABELS.items() if state in counts],
        vacancies=run_queries.list_vacancies(actor(), year, filters["kind"]) if year else [],
        run=run_queries.find_latest_run(actor(), year) if year else None,
        filters=filters,
        kinds=list(KIND_LABELS.items()),
        states=list(STATE_LABELS.items()),
        kind_labels=KIND_LABELS,
        state_labels=STATE_LABELS,
        units=unit_choices(),
        affected=list_affected(actor()) if actor().may(Permission.CHANGE_REQUEST) else [],
    )


@blueprint.get("/letters/<int:letter_id>")
@requires(*READERS)
def letter_show(letter_id: int) -> ResponseReturnValue:
    return htmx.render(PAGE, FRAGMENT, **letter_context(actor(), queries.get_letter(actor(), letter_id)))


def _done(letter_id: int, message: str) -> ResponseReturnValue:
    letter = queries.get_letter(actor(), letter_id)
    url = url_for(".letter_show", letter_id=letter_id)
    return htmx.done(url, FRAGMENT, message, **letter_context(actor(), letter))


def _change(letter_id: int, change: Callable[[Letter], object], message: str) -> ResponseReturnValue:
    with unit_of_work():
        change(queries.get_letter(actor(), letter_id, lock=True))
    return _done(letter_id, message)


def _change_with_reason(
    action: str, letter_id: int, change: Callable[[Letter, str], object], message: str
) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate():
        letter = queries.get_letter(actor(), letter_id)
        return htmx.render(PAGE, FRAGMENT, 422, **letter_context(actor(), letter, reasons={action: form}))
    return _change(letter_id, lambda letter: change(letter, form.reason.data), message)


@blueprint.post("/letters/<int:letter_id>/issue")
@requires(Permission.LETTER_ISSUE)
def letter_issue(letter_id: int) -> ResponseReturnValue:
    return _change(letter_id, lambda letter: letter_services.issue(actor(), letter), _("责任书已发出"))


@blueprint.post("/letters/<int:letter_id>/remind")
@requires(Permission.REMIND)
def letter_remind(letter_id: int) -> ResponseReturnValue:
    return _change(
        letter_id,
        lambda letter: reminders.remind_signer(actor(), letter),
        _("已提醒，对方在“今天”页可以看到"),
    )


@blueprint.post("/letters/<int:letter_id>/object")
@requires(Permission.LETTER_SIGN_RESPONSIBLE)
def letter_object(letter_id: int) -> ResponseReturnValue:
    return _change_with_reason(
        "object",
        letter_id,
        lambda letter, reason: letter_services.object_to(actor(), letter, reason),
        _("异议已提出，等待甲方修改"),
    )


@blueprint.post("/letters/<int:letter_id>/revise")
@requires(Permission.LETTER_ISSUE)
def letter_revise(letter_id: int) -> ResponseReturnValue:
    return _change(
        letter_id, lambda letter: letter_services.revise(actor(), letter), _("已退回起草，改好后重新发出")
    )


@blueprint.post("/letters/<int:letter_id>/void")
@requires(Permission.LETTER_ISSUE)
def letter_void(letter_id: int) -> ResponseReturnValue:
    return _change_with_reason(
        "void",
        letter_id,
        lambda letter, reason: letter_services.void(actor(), letter, reason),
        _("责任书已作废"),
    )


@blueprint.post("/letters/<int:letter_id>/exception")
@requires(Permission.STEP_TWO_OPEN)
def letter_exception(letter_id: int) -> ResponseReturnValue:
    return _change_with_reason(
        "exception",
        letter_id,
        lambda letter, reason: letter_services.allow_exception(actor(), letter, reason),
        _("已批准先行发出"),
    )


@blueprint.post("/letters/draft")
@requires(Permission.LETTER_ISSUE)
def letter_draft() -> ResponseReturnValue:
    year = get_selected_year()
    with unit_of_work():
        count = drafting.draft_letters(actor(), year)
    flash(
        _("新起草责任书 %(count)s 份，草稿已按最新目标和职务更新", count=count)
        if count
        else _("没有需要新起草的责任书，草稿已按最新目标和职务更新"),
        "success",
    )
    return redirect(url_for(".letter_index", year=year, state="draft"), 303)
