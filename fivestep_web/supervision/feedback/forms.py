"""What is typed in a feedback, in its thread, and when its date is set."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, choices
from fivestep_web.supervision.feedback.rules import EARLIEST, LATEST, offset_label
from fivestep_web.supervision.feedback.services import Words

TEXT = Length(max=4000, message=_l("不超过4000字，请精简。"))
STALE = InputRequired(_l("请刷新页面后重试。"))


class FeedbackForm(BaseForm):
    """The three parts of a feedback."""

    completion = TextAreaField(
        _l("工作目标完成情况"),
        [InputRequired(_l("请填写本月工作目标完成情况。")), TEXT],
        description=_l("已按台账写好，可以修改、补充；上面的台账数字随报送一起留存"),
        render_kw={"rows": 6},
    )
    problems = TextAreaField(
        _l("存在的问题"),
        [InputRequired(_l("请填写存在的问题，没有的写“无”。")), TEXT],
        render_kw={"rows": 4},
    )
    suggestions = TextAreaField(
        _l("意见建议"),
        [InputRequired(_l("请填写意见建议，没有的写“无”。")), TEXT],
        render_kw={"rows": 4},
    )
    revision = IntegerField(widget=HiddenInput(), validators=[STALE])

    def words(self) -> Words:
        """Return what was typed."""
        return Words(self.completion.data or "", self.problems.data or "", self.suggestions.data or "")


class SayingForm(BaseForm):
    """An answer, a question or a reply."""

    text = TextAreaField(_l("内容"), [InputRequired(_l("请填写内容。")), TEXT], render_kw={"rows": 4})
    revision = IntegerField(widget=HiddenInput(), validators=[STALE])


class ScheduleForm(BaseForm):
    """Until when a month's feedback is due."""

    workday_offset = SelectField(
        _l("报送期限"),
        coerce=int,
        choices=choices((offset, offset_label(offset)) for offset in range(EARLIEST, LATEST + 1)),
    )
    seen = IntegerField(widget=HiddenInput(), validators=[STALE])
