"""Steps taken with a paper or with points as they were shown."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm

NOTE = Length(max=1000, message=_l("不超过1000字，请精简。"))
LONG = Length(max=4000, message=_l("不超过4000字，请精简。"))


class MoveForm(BaseForm):
    """A step taken with a thing as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class ReasonForm(MoveForm):
    """A step that needs a reason."""

    reason = TextAreaField(_l("理由"), [InputRequired(_l("请写明理由。")), NOTE], render_kw={"rows": 2})
