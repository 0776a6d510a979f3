"""What is typed into the pages of supervision notices."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, choices
from fivestep_web.supervision.notices.rules import Colour, TalkOutcome

LONG = Length(max=4000, message=_l("不超过4000字，请精简。"))
NOTE = Length(max=1000, message=_l("不超过1000字，请精简。"))
TEXT_LABELS = {
    Colour.BLUE: _l("确认情况"),
    Colour.YELLOW: _l("滞后原因"),
    Colour.RED: _l("整改报告"),
}


class StepForm(BaseForm):
    """A step taken with a notice as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class AnswerForm(StepForm):
    """The answer to a notice; what its one long text is called depends on the colour."""

    text = TextAreaField(_l("答复内容"), [InputRequired(_l("请填写答复内容。")), LONG], render_kw={"rows": 5})


class PlanForm(AnswerForm):
    """The answer to a yellow notice: the reason, and how to catch up."""

    plan = TextAreaField(
        _l("补进度计划"),
        [InputRequired(_l("请填写补进度计划，写明措施、责任人和完成时间。")), LONG],
        render_kw={"rows": 5},
    )


def answer_form(colour: Colour, **data: object) -> AnswerForm:
    """Return the form a notice of this colour is answered with; *data* fills it instead of what was sent."""
    kind = PlanForm if colour is Colour.YELLOW else AnswerForm
    form = kind(formdata=None, data=data) if data else kind()
    form.text.label.text = TEXT_LABELS[colour]
    return form


class AcceptForm(StepForm):
    """Accepting an answer."""

    note = TextAreaField(_l("审核意见"), [Optional(), NOTE], render_kw={"rows": 2})


class ReturnForm(StepForm):
    """Returning an answer."""

    reason = TextAreaField(_l("退回理由"), [InputRequired(_l("请写明退回的理由，便于重新答复。")), NOTE],
                           render_kw={"rows": 2})  # fmt: skip


class TalkForm(StepForm):
    """What became of a talk that was offered."""

    outcome = RadioField(
        _l("约谈决定"),
        [InputRequired(_l("请选择已约谈或不约谈。"))],
        choices=choices((outcome.value, outcome.label) for outcome in TalkOutcome),
    )
    held_on = DateField(_l("约谈日期"), [Optional()], description=_l("不约谈的不填"))
    note = TextAreaField(
        _l("约谈情况或不约谈的理由"),
        [InputRequired(_l("请写明约谈情况，或不约谈的理由。")), NOTE],
        render_kw={"rows": 3},
    )
