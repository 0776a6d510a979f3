"""The public pages of a vote: no account, no script, no trace of the code (trust.md B1–B9).

The same pages stand behind two doors: /survey for the social survey, /ballot for everybody else.
"""

from typing import Any, Final

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.ballots import casting, queries
from fivestep_web.assessment.ballots.answers import Answers, read_answers
from fivestep_web.assessment.ballots.codes import Known, in_groups, read
from fivestep_web.assessment.ballots.queries import BALLOT, SURVEY, Slip
from fivestep_web.assessment.ballots.rules import OPTIONS, abstention_label
from fivestep_web.assessment.ballots.sealed import draft_name, make_ticket, open_ticket, recognise
from fivestep_web.assessment.daily.achievements.queries import report_texts, reported_units
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.errors import Refusal
from fivestep_web.core.permissions import public
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import csrf, limiter

blueprint = Blueprint("voting", __name__)

COOKIE: Final = "fivestep-slip"
COOKIE_SECONDS: Final = 600  # from the scan to the form; from then on the form itself carries the ticket
# Only codes that are none count here: whoever guesses does not shut out the voters behind the same address.
WRONG_CODES, ALL_WRONG_CODES = "30/minute;300/hour", "3000/hour"


def init_app(app: Flask) -> None:
    """Add the pages behind both doors; their own tickets stand for the token, as no session may know them."""
    for view in (slip_enter, ballot_review, ballot_submit):
        csrf.exempt(view)
    for door in (SURVEY, BALLOT):
        app.register_blueprint(blueprint, name=door, url_prefix=f"/{door}")


@blueprint.get("/<code>")
@public
def slip_scan(code: str) -> ResponseReturnValue:
    """Take the code out of the address at once; whether it is one shows only behind the redirect."""
    return _to_form(recognise(code))


@blueprint.post("/enter")
@public
def slip_enter() -> ResponseReturnValue:
    """Take a typed code; the ticket of the entry form stands for the token."""
    _ticket()
    typed = request.form.get("code", "")
    if not read(typed):
        return _entry(_("请输入票面上的12位评价码")), 422
    return _to_form(recognise(typed))


@blueprint.get("")
@public
def ballot_show() -> ResponseReturnValue:
    """Show the ballot of the code just scanned or typed, its receipt once it is used, else the entry."""
    given = request.cookies.get(COOKIE, "")
    if not given:
        return _entry()
    try:
        known = open_ticket(_door(), given)
    except ValueError:
        known = None
    if known is None:
        return _entry()
    slip = _find(known)
    if slip is None:
        return _forget(_entry(_unknown()), 404)
    return _ballot(slip, known)


@blueprint.post("/review")
@public
def ballot_review() -> ResponseReturnValue:
    """Show what would be handed in, or the cards again where something has to be mended or changed."""
    known, slip = _known_slip()
    if slip.is_used or not slip.is_open:
        return _ballot(slip, known)
    answers = _answers(slip)
    if answers.strange or answers.faults or "edit" in request.form:
        return _ballot(slip, known, answers)
    return _render("ballots/ballot_review.html", known, slip=slip, answers=answers)


@blueprint.post("/submit")
@public
def ballot_submit() -> ResponseReturnValue:
    """Take the ballot and show its receipt; the same receipt for a code that was used before."""
    known, slip = _known_slip()
    answers = _answers(slip)
    if slip.is_used:
        return _receipt(slip, known)
    if answers.strange or answers.faults:
        return _ballot(slip, known, answers)
    offered = [line.unit_id for line in answers.lines]
    try:
        with unit_of_work():
            casting.cast_ballot(_door(), known, offered, answers.marks)
    except Refusal as refusal:
        page = _render("ballots/ballot_closed.html", known, slip=slip, message=refusal.message)
        return _forget(page, refusal.status)
    return _receipt(slip, known)


@blueprint.get("/receipts")
@public
def receipt_index() -> ResponseReturnValue:
    """Tell whether a tracking number is in the sealed list; it shows inclusion, never the choice (B6)."""
    number = read(request.args.get("number", ""))
    found = bool(number) and queries.is_received(number)
    if number and not found:
        _count_wrong_code()
    return render_template(
        "ballots/receipt_index.html", number=in_groups(number), found=found, asked=bool(number), door=_door()
    )


@blueprint.get("/receipts.txt")
@public
def receipt_list() -> ResponseReturnValue:
    """Publish every tracking number of the sealed votes; a copy shows later if one is gone (B6)."""
    text = render_template("ballots/receipts.txt", lists=queries.receipt_lists(_door()), in_groups=in_groups)
    return Response(text, content_type="text/plain; charset=utf-8")


def door_of(group: Group) -> str:
    """Return behind which door a group's ballots are."""
    return SURVEY if group in queries.DOORS[SURVEY] else BALLOT


def _door() -> str:
    """Return survey or ballot."""
    return str(request.blueprint)


def _to_form(known: Known) -> ResponseReturnValue:
    response = redirect(url_for(".ballot_show"), 303)
    response.set_cookie(
        COOKIE,
        make_ticket(_door(), known),
        max_age=COOKIE_SECONDS,
        path=url_for(".ballot_show"),
        secure=current_app.config["FIVESTEP"].is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


def _ticket() -> Known | None:
    """Return what the form's ticket holds; 400 for a form that this instance did not make (W4)."""
    try:
        return open_ticket(_door(), request.form.get("ticket", ""))
    except ValueError:
        abort(400)


def _known_slip() -> tuple[Known, Slip]:
    known = _ticket()
    if known is None:
        abort(400)
    slip = _find(known)
    if slip is None:
        abort(_forget(_entry(_unknown()), 404))
    return known, slip


def _find(known: Known) -> Slip | None:
    slip = queries.find_slip(_door(), known.digest)
    if slip is None:
        _count_wrong_code()
    return slip


def _count_wrong_code() -> None:
    """Slow down who guesses: by address, and all together; 429 from then on, for wrong codes only (B2)."""
    with limiter.limit(WRONG_CODES), limiter.limit(ALL_WRONG_CODES, key_func=lambda: "voting"):
        pass


def _answers(slip: Slip) -> Answers:
    to_read = reported_units(slip.year) if slip.reads_first else ()
    return read_answers(slip.form, queries.offered_units(slip), request.form, to_read)


def _unknown() -> str:
    return str(_("这个码不能使用。请核对票面上的码后再试；仍不行，请向发票的同志换一张"))


def _ballot(slip: Slip, known: Known, answers: Answers | None = None) -> ResponseReturnValue:
    """Return the cards, 422 where *answers* have to be mended; before, after and once used another page."""
    if slip.is_used:
        return _receipt(slip, known)
    if not slip.is_open:
        early = _("评价还没有开始，请在开始后再扫码。")
        message = early if slip.is_early else _("评价已经截止，不再接收。")
        return _render("ballots/ballot_closed.html", known, slip=slip, message=message)
    shown = answers or read_answers(slip.form, queries.offered_units(slip), {})
    page = _render(
        "ballots/ballot_show.html",
        known,
        slip=slip,
        answers=shown,
        reports=report_texts(slip.year),
        options=OPTIONS[slip.form],
        fault=_("不能评价本单位或名单以外的单位，这次提交没有计入") if shown.strange else "",
        draft=draft_name(known),
    )
    return page, 422 if shown.strange or shown.faults else 200


def _receipt(slip: Slip, known: Known) -> Response:
    page = _render("ballots/receipt_show.html", known, slip=slip, number=in_groups(known.tracking))
    return _forget(page, 200)


def _render(page: str, known: Known, *, slip: Slip, **context: Any) -> str:
    return render_template(
        page,
        slip=slip,
        door=_door(),
        ticket=make_ticket(_door(), known),
        abstention=abstention_label(slip.form),
        **context,
    )


def _entry(fault: str = "") -> str:
    return render_template("ballots/slip_enter.html", door=_door(), ticket=make_ticket(_door()), fault=fault)


def _forget(page: str, status: int) -> Response:
    """Answer with *page* and have the browser drop the ticket."""
    response = make_response(page, status)
    response.delete_cookie(COOKIE, path=url_for(".ballot_show"))
    return response
