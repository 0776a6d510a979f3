"""What is typed when an extension is asked for and decided on."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm

TEXT = Length(max=1000, message=_l("不超过1000字，请精简。"))


class ExtensionForm(BaseForm):
    """Until when, and why."""

    asked_due_on = DateField(_l("申请延到"), [InputRequired(_l("请选择日期，例如 2026-07-10。"))])
    reason = TextAreaField(
        _l("延期理由"),
        [InputRequired(_l("请写明申请延期的理由。")), TEXT],
        description=_l("写明未能按期的原因和已做的工作"),
        render_kw={"rows": 3},
    )


class WithdrawForm(BaseForm):
    """A step taken with a request as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class DecisionForm(WithdrawForm):
    """The leader's decision in words."""

    reason = TextAreaField(
        _l("批复意见"), [InputRequired(_l("请写明批复意见。")), TEXT], render_kw={"rows": 2}
    )
