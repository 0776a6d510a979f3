"""管理: what it leads to."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fivestep_web.core import admin_menu
from fivestep_web.core.permissions import actor, requires

blueprint = Blueprint("org", __name__)


@blueprint.get("/admin/")
@requires(*admin_menu.PERMISSIONS)
def admin_index() -> ResponseReturnValue:
    return render_template("org/admin_index.html", pages=admin_menu.pages_for(actor()))
