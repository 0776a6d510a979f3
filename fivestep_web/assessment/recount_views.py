"""下载复算表: the workbook that computes the year's totals again."""

from io import BytesIO

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.export import write_workbook
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.views import blueprint
from fivestep_web.core.permissions import Permission, requires
from fivestep_web.documents.downloads import attached

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/assessment/<int:year>/workbook")
@requires(Permission.RESULT_READ)
def workbook_download(year: int) -> ResponseReturnValue:
    made = BytesIO()
    write_workbook(score_year(year), made)
    name = _("%(year)s年度考核复算表.xlsx", year=year)
    return attached(Response(made.getvalue(), mimetype=WORKBOOK), name)
