"""The evidence file of a signed letter, for its readers to keep (trust.md S7)."""

from urllib.parse import quote

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.extensions import limiter
from fivestep_web.responsibility.evidence import file as evidence_file

blueprint = Blueprint("evidence", __name__)

READERS = (Permission.LETTER_READ, Permission.LETTER_SIGN_RESPONSIBLE, Permission.LETTER_SIGN_ISSUING)


@blueprint.get("/letters/<int:letter_id>/versions/<int:version>/evidence")
@requires(*READERS)
@limiter.limit("20/minute", key_func=lambda: f"evidence:{actor().user_id}")
def evidence_download(letter_id: int, version: int) -> ResponseReturnValue:
    name, text = evidence_file.evidence_of(actor(), letter_id, version)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=evidence.json; filename*=UTF-8''{quote(name, safe='')}"
    )
    return response
