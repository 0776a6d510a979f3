"""Shape of what is typed when a template is uploaded or put to use."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from fivestep_web.core.forms import BaseForm
from fivestep_web.documents.word_templates.models import NOTE


class UploadForm(BaseForm):
    """A template as a file, with what was changed in it."""

    file = FileField(
        _l("改好的模板"),
        [FileRequired(_l("请先选择文件"))],
        description=_l(".docx 文件，不超过 5 MB"),
        render_kw={"accept": ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    )
    note = TextAreaField(
        _l("改了什么"),
        [
            DataRequired(_l("请写明这一版改了什么")),
            Length(max=NOTE, message=_l("说明不超过 200 字，请精简")),
        ],
        description=_l("写给以后查看的人，如“表格的字号改为小四号”。"),
    )


class UseForm(BaseForm):
    """Why a version is put to use."""

    note = TextAreaField(
        _l("说明"),
        [
            DataRequired(_l("请写明为什么启用或恢复")),
            Length(max=NOTE, message=_l("说明不超过 200 字，请精简")),
        ],
    )
    is_confirmed = BooleanField(_l("版式与公文格式标准不同的地方已逐条看过，确认按这样印发"))
