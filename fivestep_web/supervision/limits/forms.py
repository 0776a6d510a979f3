"""What is typed when time limits are set."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm
from fivestep_web.supervision.limits.rules import LIMIT_LABELS, LimitKind


class LimitsForm(BaseForm):
    """The working days of each kind; *seen* is the last setting that was shown."""

    approval = IntegerField(LIMIT_LABELS[LimitKind.APPROVAL], [InputRequired(_l("请填写工作日数。"))])
    acceptance = IntegerField(LIMIT_LABELS[LimitKind.ACCEPTANCE], [InputRequired(_l("请填写工作日数。"))])
    write_off = IntegerField(LIMIT_LABELS[LimitKind.WRITE_OFF], [InputRequired(_l("请填写工作日数。"))])
    inquiry = IntegerField(LIMIT_LABELS[LimitKind.INQUIRY], [InputRequired(_l("请填写工作日数。"))])
    feedback = IntegerField(LIMIT_LABELS[LimitKind.FEEDBACK], [InputRequired(_l("请填写工作日数。"))])
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])

    def workdays(self) -> Mapping[LimitKind, int]:
        """Return what was typed by kind."""
        return {kind: self[kind.value].data for kind in LimitKind}
