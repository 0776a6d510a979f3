"""What is typed when a leader asks or advises, and in each step after that."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, choices
from fivestep_web.supervision.inquiries.rules import InquiryKind, Move

LONG = Length(max=2000, message=_l("不超过2000字，请精简。"))


class InquiryForm(BaseForm):
    """A question about a goal, or an opinion on it."""

    kind = RadioField(
        _l("类别"),
        [InputRequired(_l("请选择质询或指导性意见。"))],
        choices=choices((kind.value, kind.label) for kind in InquiryKind),
        default=InquiryKind.QUESTION.value,
    )
    text = TextAreaField(
        _l("事项或意见"), [InputRequired(_l("请写明要质询的事项或指导性意见。")), LONG], render_kw={"rows": 4}
    )
    due_on = DateField(
        _l("落实时限"), [Optional()], description=_l("指导性意见用。质询的答复时限按时限设定计算。")
    )


class StepForm(BaseForm):
    """A step taken with an inquiry as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class AnswerForm(StepForm):
    """The unit's answer."""

    text = TextAreaField(_l("答复"), [InputRequired(_l("请填写答复内容。")), LONG], render_kw={"rows": 4})


class RectifyForm(StepForm):
    """What the unit did about an opinion."""

    text = TextAreaField(_l("落实情况"), [InputRequired(_l("请写明落实情况。")), LONG], render_kw={"rows": 4})


class AskAgainForm(StepForm):
    """What the answer did not say."""

    text = TextAreaField(
        _l("还要说清的"), [InputRequired(_l("请写明还要说清什么。")), LONG], render_kw={"rows": 3}
    )


class GuideForm(StepForm):
    """An opinion and until when it is to be followed."""

    text = TextAreaField(
        _l("指导性意见"), [InputRequired(_l("请填写指导性意见。")), LONG], render_kw={"rows": 3}
    )
    due_on = DateField(_l("落实时限"), [InputRequired(_l("请选择落实时限。"))])


class CloseForm(StepForm):
    """A word at the end, if any."""

    text = TextAreaField(_l("办结意见"), [Optional(), LONG], render_kw={"rows": 2})


FORMS: dict[Move, type[StepForm]] = {
    Move.ACKNOWLEDGE: StepForm,
    Move.ANSWER: AnswerForm,
    Move.ASK_AGAIN: AskAgainForm,
    Move.GUIDE: GuideForm,
    Move.RECTIFY: RectifyForm,
    Move.CLOSE: CloseForm,
}
