"""What is typed about a problem."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, id_or_none

NOTE = Length(max=1000, message=_l("不超过1000字，请精简。"))


class ProblemForm(BaseForm):
    """A problem of a goal; the page sets the goals to choose from."""

    goal_id = SelectField(_l("目标"), [InputRequired(_l("请选择目标。"))], coerce=id_or_none)
    text = TextAreaField(
        _l("存在的问题"), [InputRequired(_l("请写明存在什么问题。")), NOTE], render_kw={"rows": 4}
    )
    suggestion = TextAreaField(_l("解决建议"), [Optional(), NOTE], render_kw={"rows": 3})


class StepForm(BaseForm):
    """A step taken with a thing as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class SolveForm(StepForm):
    """A solution with who and by when; the page sets the people to choose from."""

    solution = TextAreaField(
        _l("解决办法"), [InputRequired(_l("请写明解决办法。")), NOTE], render_kw={"rows": 3}
    )
    owner_id = SelectField(_l("责任人"), [InputRequired(_l("请选择责任人。"))], coerce=id_or_none)
    due_on = DateField(_l("时限"), [InputRequired(_l("请填写时限。"))])


class WithdrawForm(StepForm):
    """Why a problem is taken back."""

    reason = TextAreaField(
        _l("撤回理由"), [InputRequired(_l("请写明撤回的理由。")), NOTE], render_kw={"rows": 2}
    )
