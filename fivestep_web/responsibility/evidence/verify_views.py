"""核验: is this letter, or this Word file, genuine? Open to everybody (trust.md S4, S6, D7)."""

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core.permissions import public
from fivestep_web.core.uploads import HashedUpload, hash_only
from fivestep_web.extensions import limiter
from fivestep_web.responsibility.evidence import verify_queries
from fivestep_web.responsibility.evidence.verify_queries import CheckedVersion, KnownFile, Standing
from fivestep_web.responsibility.rules import (
    STEP_LABELS,
    Capacity,
    printed_serial,
    serial_fault,
    typed_serial,
)

blueprint = Blueprint("verify", __name__)

PAGE = "verify/verify_show.html"
ADDRESS = "/verify"
LOOKUPS = "120/minute"
UPLOADS = "10/minute;60/hour"
# Only wrong codes count here, so that one who guesses does not shut out the others behind his address.
WRONG_CODES, ALL_WRONG_CODES = "20/minute;200/hour", "2000/hour"


def init_app(app: Flask) -> None:
    """Add the pages; what is uploaded there is hashed as it comes in and kept nowhere."""
    app.register_blueprint(blueprint)
    hash_only(app, ADDRESS)


@blueprint.get(ADDRESS)
@public
@limiter.limit(LOOKUPS)
def verify_index() -> ResponseReturnValue:
    typed = request.args.get("code", "")
    if not typed.strip():
        return _page()
    serial = typed_serial(typed)
    if serial is None:
        return _page(code=typed, fault=serial_fault(typed)), 422
    return redirect(url_for(".verify_show", serial=serial), 303)


@blueprint.get(f"{ADDRESS}/<serial>")
@public
@limiter.limit(LOOKUPS)
def verify_show(serial: str) -> ResponseReturnValue:
    checked = _find(serial)
    if checked is None:
        found = typed_serial(serial)
        return _page(code=printed_serial(found) if found else serial, fault=serial_fault(serial)), 404
    return _page(checked=checked)


@blueprint.post(ADDRESS)
@public
@limiter.limit(UPLOADS)
def verify_upload() -> ResponseReturnValue:
    upload = request.files.get("file")
    typed = request.form.get("code", "").strip()
    if upload is None or not upload.filename or not isinstance(upload.stream, HashedUpload):
        return _page(error=_("请选择要核验的 Word 文件，再点“核验文件”"), typed=typed), 422
    sha256, size = upload.stream.hexdigest(), upload.stream.size
    if not size:
        return _page(error=_("文件是空的，请重新选择"), typed=typed), 422
    checked = _find(typed) if typed else None
    known = verify_queries.find_file(sha256)
    of_code = checked is not None
    if checked is None and known is not None and known.letter_id is not None and not known.is_draft:
        checked = verify_queries.check_letter(known.letter_id)
    finding = _finding(known, checked if of_code else None)
    if finding == "genuine" and checked is not None and checked.standing is Standing.SUPERSEDED:
        finding = "replaced"  # by the file of the letter in its place
    shown = checked if of_code or finding in ("genuine", "replaced") else None
    is_refused = bool(typed) and not of_code
    page = _page(
        checked=shown,
        known=known,
        finding=finding,
        sha256=sha256,
        name=upload.filename[:200],
        typed=typed,
        fault=serial_fault(typed) if is_refused else None,
    )
    return page, 404 if is_refused else 200


def _find(typed: str) -> CheckedVersion | None:
    """Return the version a typed code stands for; a code that stands for none is counted."""
    serial = typed_serial(typed)
    checked = verify_queries.check_serial(serial) if serial else None
    if checked is None:
        _count_wrong_code()
    return checked


def _finding(known: KnownFile | None, asked: CheckedVersion | None) -> str:
    """Return what a file is: its words stand in the template."""
    if known is None:
        return "altered" if asked else "unknown"
    if not known.is_logged:
        return "altered"
    if asked and known.letter_id != asked.version.letter_id:
        return "another"
    if known.is_draft:
        return "draft"
    return "genuine" if known.is_newest else "replaced"


def _count_wrong_code() -> None:
    """Slow down who tries codes: by address, and all together; 429 from then on, for wrong codes only."""
    with limiter.limit(WRONG_CODES), limiter.limit(ALL_WRONG_CODES, key_func=lambda: "verify"):
        pass


def _page(checked: CheckedVersion | None = None, **more: Any) -> str:
    """Return the page; *fault* says why a code cannot be one, empty where it could but stands for nothing."""
    nothing = {"known": None, "finding": None, "error": None, "fault": None, "code": "", "typed": ""}
    return render_template(
        PAGE,
        checked=checked,
        printed_serial=printed_serial,
        step_labels=STEP_LABELS,
        deputy=Capacity.DEPUTY,
        **(nothing | more),
    )
