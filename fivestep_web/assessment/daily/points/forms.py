"""What is typed when points are entered."""

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from fivestep_web.assessment.daily.points.models import KIND_LABELS
from fivestep_web.assessment.daily.rules import MONTHS
from fivestep_web.core.forms import BaseForm, choices, id_or_none

TEXT = Length(max=400, message=_l("不超过400字，请精简。"))


class PointsEntryForm(BaseForm):
    """Points of a month; the choices of units are set by the page."""

    month = SelectField(_l("月份"), coerce=int, choices=choices((month, f"{month}月") for month in MONTHS))
    unit_id = SelectField(_l("单位"), [InputRequired(_l("请选择单位。"))], coerce=id_or_none)
    kind = RadioField(
        _l("加分还是扣分"),
        [InputRequired(_l("请选择加分或扣分。"))],
        choices=choices((kind.value, label) for kind, label in KIND_LABELS.items()),
    )
    points = DecimalField(_l("分值"), [InputRequired(_l("请填写分值。"))], places=None)
    reason = StringField(_l("事由"), [InputRequired(_l("请填写事由。")), TEXT])
    basis = StringField(
        _l("依据"),
        [InputRequired(_l("请填写依据。")), TEXT],
        description=_l("文件名称、文号或会议，例如“青组发〔2026〕3号”"),
    )
