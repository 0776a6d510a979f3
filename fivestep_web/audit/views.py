"""管理 → 操作日志: read only."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fivestep_web.audit import labels, queries
from fivestep_web.audit.forms import SearchForm
from fivestep_web.core.permissions import Permission, requires

blueprint = Blueprint("audit", __name__)


@blueprint.get("/admin/audit")
@requires(Permission.AUDIT_READ)
def audit_index() -> ResponseReturnValue:
    form = SearchForm.from_address()
    before = request.args.get("before", type=int)
    lines = queries.list_lines(form.search(), before=before)
    kept: dict[str, Any] = {field.name: request.args.get(field.name) or None for field in form}
    shown = lines[: queries.PAGE]
    is_more = len(lines) > queries.PAGE
    return render_template(
        "audit/audit_index.html",
        form=form,
        lines=shown,
        actions=sorted(labels.ACTIONS.items(), key=lambda item: item[1]),
        subject=labels.subject_shown(form.search().subject),
        first_url=url_for(".audit_index", **kept) if before else None,
        next_url=url_for(".audit_index", before=shown[-1].sequence, **kept) if is_more else None,
    )
