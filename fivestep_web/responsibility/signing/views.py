"""Signing: one letter by its PIN, or letter after letter in a sitting of at most ten minutes (S1-S3)."""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import Conflict, DomainError, Refusal
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import limiter
from fivestep_web.keys import entry, sittings
from fivestep_web.keys import queries as keys
from fivestep_web.keys.entry import OpenKey
from fivestep_web.keys.models import SigningSitting
from fivestep_web.responsibility.forms import SignForm, SittingForm
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.letters.page import letter_context, letter_differences
from fivestep_web.responsibility.signing import services as signing
from fivestep_web.responsibility.signing import sitting_cookie

blueprint = Blueprint("signing", __name__)

SIGNERS = (Permission.LETTER_SIGN_RESPONSIBLE, Permission.LETTER_SIGN_ISSUING)
PAGE, FRAGMENT = "responsibility/letter_show.html", "responsibility/_letter.html"


class MissingPin(DomainError):  # noqa: N818 - a refusal with a reason
    """Neither a PIN nor a sitting."""


@dataclass(frozen=True)
class _Signed:
    """What came of signing: the sitting that goes on and, when it just began, its cookie."""

    number: str
    sitting_id: int | None
    cookie: str | None


def _limit_key() -> str:
    return f"sign:{actor().user_id}"


@blueprint.get("/letters/<int:letter_id>/sign")
@requires(*SIGNERS)
def letter_sign_form(letter_id: int) -> ResponseReturnValue:
    letter = queries.get_letter(actor(), letter_id)
    return htmx.render(PAGE, FRAGMENT, **letter_context(actor(), letter, is_signing=True))


@blueprint.post("/letters/<int:letter_id>/sign")
@requires(*SIGNERS)
@limiter.limit("60/minute", key_func=_limit_key)
def letter_sign(letter_id: int) -> ResponseReturnValue:
    form = SignForm()
    letter = queries.get_letter(actor(), letter_id)
    if not form.validate():
        context = letter_context(actor(), letter, form=form, is_signing=True)
        return htmx.render(PAGE, FRAGMENT, 422, **context)
    try:
        signed = _sign(letter_id, form)
    except Refusal as refusal:
        with unit_of_work():
            signing.record_refusal(actor(), letter_id, refusal)
        return _refused(letter_id, form, refusal)
    return _go_on(letter_id, signed)


def _sign(letter_id: int, form: SignForm) -> _Signed:
    subject, shown = signing.subject_of(letter_id), form.shown_sha256.data
    key, sitting = _open_key(subject, form.pin.data)
    cookie, sitting_id = None, sitting.id if sitting else None
    with unit_of_work():
        letter = queries.get_letter(actor(), letter_id, lock=True)
        signing.sign(actor(), letter, key=key, shown_sha256=shown, address=request.remote_addr or "")
        if sitting_id is not None and not key.by_pin:
            sittings.take(sitting_id, subject, shown)
        elif form.sitting.data:
            sitting_id, cookie = _begin(key)
        number = letter.number
    return _Signed(number, sitting_id, cookie)


def _open_key(subject: str, pin: str | None) -> tuple[OpenKey, SigningSitting | None]:
    """Open the key by the PIN, else by the running sitting, which goes on beside a PIN."""
    if pin:
        return entry.enter(actor(), pin, subject), sitting_cookie.find_sitting(actor())
    if not sitting_cookie.value():
        raise MissingPin(_("没有签署，请输入签名 PIN。连续签署满 10 分钟的，也要重新输入"))
    sitting = sitting_cookie.find_sitting(actor())
    if sitting is None:
        raise sittings.TokenUsed(_("连续签署已满 10 分钟或已结束，没有签署。请重新输入 PIN"))
    return sittings.open_key(sitting, sitting_cookie.value()), sitting


def _begin(key: OpenKey) -> tuple[int | None, str | None]:
    """Begin a sitting for what still waits; none where nothing does."""
    waiting = queries.list_waiting(actor())
    if not waiting:
        return None, None
    texts = {signing.subject_of(item.letter_id): item.sha256 for item in waiting}
    begun = sittings.begin(actor(), key, sitting_cookie.session_hash(), texts)
    return begun.sitting.id, begun.cookie


def _go_on(letter_id: int, signed: _Signed) -> ResponseReturnValue:
    """In a sitting show the next letter at once, else this one as signed."""
    letter = queries.get_letter(actor(), letter_id)
    waiting = queries.find_next_waiting(actor(), letter)
    if signed.sitting_id is not None and waiting is not None:
        url = url_for(".letter_sign_form", letter_id=waiting.letter_id)
        message = _("%(number)s 已签署。下一份（余%(count)s份）", number=signed.number, count=waiting.count)
        response = make_response(htmx.leave(url, message))
    else:
        url = url_for("letters.letter_show", letter_id=letter_id)
        response = make_response(htmx.done(url, FRAGMENT, _("已签署"), **letter_context(actor(), letter)))
        _end(response)
    if signed.cookie:
        sitting_cookie.put(response, signed.cookie)
    return response


def _refused(letter_id: int, form: SignForm, refusal: Refusal) -> ResponseReturnValue:
    """Answer on the letter's page where the reader can mend it; anything else is the error handler's."""
    letter = queries.get_letter(actor(), letter_id)
    more: dict[str, object] = {"form": form, "is_signing": True}
    if isinstance(refusal, signing.StaleText):
        differences = letter_differences(letter, form.shown_sha256.data)
        more = {"stale": {"message": refusal.message, "differences": differences}}
    elif isinstance(refusal, entry.PinRefused | entry.NoKey | sittings.TokenUsed | MissingPin):
        form.pin.errors = [refusal.message]
    else:
        raise refusal
    return htmx.render(PAGE, FRAGMENT, refusal.status, **letter_context(actor(), letter, **more))


@blueprint.get("/letters/sitting")
@requires(*SIGNERS)
def sitting_new() -> ResponseReturnValue:
    return _sitting_page(SittingForm(formdata=None))


def _sitting_page(form: SittingForm, status: int = 200) -> ResponseReturnValue:
    has_key = keys.find_living(actor().person_id) is not None
    context = {
        "form": form,
        "obstacle": "" if has_key else entry.no_key_message(actor()),
        "waiting": queries.list_waiting(actor()),
        "sitting": sitting_cookie.find_sitting(actor()),
        "key_url": url_for("keys.key_show", next=url_for(".sitting_new")),
    }
    return render_template("responsibility/sitting.html", **context), status


@blueprint.post("/letters/sitting")
@requires(*SIGNERS)
@limiter.limit("10/minute", key_func=_limit_key)
def sitting_begin() -> ResponseReturnValue:
    form, status = SittingForm(), 422
    if form.validate():
        try:
            key = entry.enter(actor(), form.pin.data, "sitting")
            with unit_of_work():
                waiting = queries.list_waiting(actor())
                if not waiting:
                    raise Conflict(_("没有等您签署的责任书，不需要连续签署"))
                _sitting_id, cookie = _begin(key)
        except (entry.PinRefused, entry.NoKey) as refusal:
            form.pin.errors, status = [refusal.message], refusal.status
        else:
            url = url_for(".letter_sign_form", letter_id=waiting[0].letter_id)
            response = make_response(htmx.leave(url))
            sitting_cookie.put(response, cookie or "")
            return response
    return _sitting_page(form, status)


@blueprint.post("/letters/sitting/end")
@requires(*SIGNERS)
def sitting_end() -> ResponseReturnValue:
    response = make_response(htmx.leave(url_for("letters.letter_index", mine=1), _("连续签署已结束")))
    _end(response)
    return response


def _end(response: Response) -> None:
    """End the browser's sitting, where one runs, and take its cookie back."""
    sitting = sitting_cookie.find_sitting(actor())
    if sitting is not None:
        sitting_id = sitting.id
        with unit_of_work():
            sittings.end(actor(), sitting_id)
    if sitting_cookie.value():
        sitting_cookie.clear(response)
