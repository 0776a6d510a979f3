"""Step 2 责任: letters, drafted, issued, signed, objected to."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import limiter
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import find_selected_year, get_selected_year
from fivestep_web.responsibility import drafting, letter_content, letter_services, policy, queries
from fivestep_web.responsibility.forms import ReasonForm, SignForm
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import KIND_LABELS, STATE_LABELS, LetterState

blueprint = Blueprint("letters", __name__)

READERS = (Permission.LETTER_READ, Permission.LETTER_SIGN_RESPONSIBLE, Permission.LETTER_SIGN_ISSUING)
SIGNERS = (Permission.LETTER_SIGN_RESPONSIBLE, Permission.LETTER_SIGN_ISSUING)
PAGE, FRAGMENT = "responsibility/letter_show.html", "responsibility/_letter.html"
LINE = (LetterState.DRAFT, LetterState.ISSUED, LetterState.ACCEPTED, LetterState.IN_FORCE)


@blueprint.get("/letters")
@requires(*READERS)
def letter_index() -> ResponseReturnValue:
    year = find_selected_year()
    filters = {
        "kind": request.args.get("kind", ""),
        "state": request.args.get("state", ""),
        "unit_id": request.args.get("unit_id", type=int),
        "mine": request.args.get("mine") == "1",
    }
    return htmx.render(
        "responsibility/letter_index.html",
        "responsibility/_letter_rows.html",
        letters=queries.list_letters(actor(), year, **filters) if year else [],
        counts=[(STATE_LABELS[state], count) for state, count in queries.count_states(actor(), year).items()]
        if year
        else [],
        filters=filters,
        kinds=list(KIND_LABELS.items()),
        states=list(STATE_LABELS.items()),
        kind_labels=KIND_LABELS,
        state_labels=STATE_LABELS,
        units=unit_choices(),
    )


def _context(letter: Letter, **more: Any) -> dict[str, Any]:
    version = next((item for item in letter.versions if item.version == letter.version), None)
    content = version.content if version else letter_content.compose(letter, clock.today())
    return {
        "letter": letter,
        "version": version,
        "content": content,
        "lower": queries.list_lower(letter),
        "state": STATE_LABELS[letter.state],
        "states": [STATE_LABELS[item] for item in LINE],
        "state_labels": STATE_LABELS,
        "can_sign": policy.can_sign(actor(), letter),
        "can_object": policy.can_object(actor(), letter),
        "can_issue": policy.can_issue(actor(), letter),
        "can_allow_exception": actor().may(Permission.STEP_TWO_OPEN)
        and letter.state is LetterState.DRAFT
        and letter.upper is not None,
        "next_letter_id": queries.find_next_waiting(actor(), letter.id),
        "form": SignForm(formdata=None, shown_sha256=version.content_sha256 if version else ""),
        "reason_form": ReasonForm(formdata=None),
        **more,
    }


@blueprint.get("/letters/<int:letter_id>")
@requires(*READERS)
def letter_show(letter_id: int) -> ResponseReturnValue:
    return htmx.render(PAGE, FRAGMENT, **_context(queries.get_letter(actor(), letter_id)))


@blueprint.get("/letters/<int:letter_id>/sign")
@requires(*SIGNERS)
def letter_sign_form(letter_id: int) -> ResponseReturnValue:
    queries.get_letter(actor(), letter_id)
    return redirect(url_for(".letter_show", letter_id=letter_id, _anchor="sign"), 303)


@blueprint.post("/letters/<int:letter_id>/sign")
@requires(*SIGNERS)
@limiter.limit("10/minute", key_func=lambda: f"sign:{actor().user_id}")
def letter_sign(letter_id: int) -> ResponseReturnValue:
    form = SignForm()
    letter = queries.get_letter(actor(), letter_id)
    if not form.validate():
        return htmx.render(PAGE, FRAGMENT, 422, **_context(letter, form=form))
    with unit_of_work():
        is_confirmed = letter_services.confirm(actor(), letter_id, form.password.data or "")
    if not is_confirmed:
        form.password.errors = [_("密码不对，没有签署，请重新输入")]
        letter = queries.get_letter(actor(), letter_id)
        return htmx.render(PAGE, FRAGMENT, 403, **_context(letter, form=form))
    with unit_of_work():
        letter = queries.get_letter(actor(), letter_id, lock=True)
        letter_services.sign(
            actor(), letter, shown_sha256=form.shown_sha256.data or "", address=request.remote_addr or ""
        )
    return _done(letter_id, _("已签署"))


def _done(letter_id: int, message: str) -> ResponseReturnValue:
    letter = queries.get_letter(actor(), letter_id)
    return htmx.done(url_for(".letter_show", letter_id=letter_id), FRAGMENT, message, **_context(letter))


def _change(letter_id: int, change: Callable[[Letter], object], message: str) -> ResponseReturnValue:
    with unit_of_work():
        change(queries.get_letter(actor(), letter_id, lock=True))
    return _done(letter_id, message)


def _reason() -> str:
    form = ReasonForm()
    return form.reason.data or "" if form.validate() else ""


@blueprint.post("/letters/<int:letter_id>/issue")
@requires(Permission.LETTER_ISSUE)
def letter_issue(letter_id: int) -> ResponseReturnValue:
    return _change(letter_id, lambda letter: letter_services.issue(actor(), letter), _("责任书已发出"))


@blueprint.post("/letters/<int:letter_id>/object")
@requires(Permission.LETTER_SIGN_RESPONSIBLE)
def letter_object(letter_id: int) -> ResponseReturnValue:
    reason = _reason()
    return _change(
        letter_id,
        lambda letter: letter_services.object_to(actor(), letter, reason),
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
    reason = _reason()
    return _change(letter_id, lambda letter: letter_services.void(actor(), letter, reason), _("责任书已作废"))


@blueprint.post("/letters/<int:letter_id>/exception")
@requires(Permission.STEP_TWO_OPEN)
def letter_exception(letter_id: int) -> ResponseReturnValue:
    reason = _reason()
    return _change(
        letter_id,
        lambda letter: letter_services.allow_exception(actor(), letter, reason),
        _("已批准先行发出"),
    )


@blueprint.post("/letters/draft")
@requires(Permission.LETTER_ISSUE)
def letter_draft() -> ResponseReturnValue:
    year = get_selected_year()
    with unit_of_work():
        count = drafting.draft_letters(actor(), year)
    flash(_("新起草责任书 %(count)s 份", count=count) if count else _("责任书都已起草，没有新增"), "success")
    return redirect(url_for(".letter_index", year=year, state="draft"), 303)


@blueprint.post("/letters/issue")
@requires(Permission.LETTER_ISSUE)
def letter_issue_many() -> ResponseReturnValue:
    year, kind = get_selected_year(), request.form.get("kind", "")
    with unit_of_work():
        issued, waiting = letter_services.issue_ready(actor(), year, kind)
    flash(
        _("发出 %(issued)s 份；%(waiting)s 份还在等上级责任书生效或需要补充", issued=issued, waiting=waiting),
        "success",
    )
    return redirect(url_for(".letter_index", year=year, state="issued"), 303)
