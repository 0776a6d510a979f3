"""Shape of what the import page takes."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from fivestep_web.core.forms import BaseForm


class CalendarForm(BaseForm):
    """A year's days off as a file."""

    file = FileField(
        _l("工作日历"),
        [FileRequired(_l("请先选择文件"))],
        description=_l(".xlsx 文件，按模板填写，不超过 20 MB"),
        render_kw={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    )


class UploadForm(BaseForm):
    """The annual workbook as a file."""

    file = FileField(
        _l("年度工作簿"),
        [FileRequired(_l("请先选择文件"))],
        description=_l(".xlsx 文件，不超过 20 MB"),
        render_kw={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    )
