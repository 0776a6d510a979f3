"""What is typed about additions, deductions and vetoes."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from fivestep_web.assessment.adjustments.services import Decision, Entry
from fivestep_web.assessment.daily.forms import MoveForm, ReasonForm
from fivestep_web.assessment.models import ADJUSTMENT_LABELS, AdjustmentKind
from fivestep_web.core.forms import BaseForm, choices, id_or_none

TEXT = Length(max=400, message=_l("不超过400字，请精简。"))


class ProposalForm(BaseForm):
    """What is proposed for a unit; the page sets the choices of units."""

    unit_id = SelectField(_l("单位"), [InputRequired(_l("请选择单位。"))], coerce=id_or_none)
    kind = RadioField(
        _l("类型"),
        [InputRequired(_l("请选择类型。"))],
        choices=choices((kind.value, label) for kind, label in ADJUSTMENT_LABELS.items()),
    )
    points = DecimalField(
        _l("分值"),
        [Optional()],
        places=None,
        description=_l("加分、扣分填写正数，最多两位小数；一票否决不填"),
    )
    reason = StringField(_l("事由"), [InputRequired(_l("请填写事由。")), TEXT])
    basis = StringField(
        _l("依据文件"),
        [InputRequired(_l("请填写依据文件。")), TEXT],
        description=_l("文件名称和文号，例如“关于表彰组工信息先进单位的通报（青组发〔2026〕3号）”"),
    )

    def entry(self) -> Entry:
        """Return what a valid form says."""
        return Entry(
            self.unit_id.data,
            AdjustmentKind(self.kind.data),
            self.points.data,
            self.reason.data,
            self.basis.data,
        )


def _meeting() -> DateField:
    return DateField(_l("部务会议日期"), [InputRequired(_l("请填写部务会议日期。"))])


class ApprovalForm(MoveForm):
    """The meeting approved it."""

    meeting_on = _meeting()

    def decision(self) -> Decision:
        """Return what a valid form says."""
        return Decision(self.meeting_on.data, is_approved=True)


class RefusalForm(ReasonForm):
    """The meeting did not approve it, and why."""

    meeting_on = _meeting()

    def decision(self) -> Decision:
        """Return what a valid form says."""
        return Decision(self.meeting_on.data, is_approved=False, note=self.reason.data)
