"""管理: what it leads to."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fivestep_web.core import admin_menu
from fivestep_web.core.permissions import Permission, actor, requires

blueprint = Blueprint("org", __name__)


@blueprint.get("/admin/")
@requires(
    Permission.ORG_MANAGE,
    Permission.ACCOUNT_MANAGE,
    Permission.YEAR_MANAGE,
    Permission.STEP_TWO_OPEN,
    Permission.CALENDAR_EDIT,
    Permission.WORKBOOK_IMPORT,
    Permission.JOB_READ,
    Permission.AUDIT_READ,
)
def admin_index() -> ResponseReturnValue:
    return render_template("org/admin_index.html", pages=admin_menu.pages_for(actor()))
