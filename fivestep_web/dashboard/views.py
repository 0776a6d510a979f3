"""The today page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fivestep_web.core.permissions import Permission, requires

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@requires(Permission.SIGNED_IN)
def today() -> ResponseReturnValue:
    return render_template("dashboard/today.html")
