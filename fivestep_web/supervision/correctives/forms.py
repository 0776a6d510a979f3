"""What is typed when a correction is ordered, reported on and verified."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, choices, id_or_none, to_choose
from fivestep_web.supervision.correctives.rules import Origin

NOTE = Length(max=1000, message=_l("不超过1000字，请精简。"))


class OrderForm(BaseForm):
    """A correction of a goal; `order_form` sets what may be chosen."""

    origin = SelectField(_l("来源"), [InputRequired(_l("请选择来源。"))])
    reason = TextAreaField(
        _l("发现的偏差"), [InputRequired(_l("请写明发现的偏差。")), NOTE], render_kw={"rows": 3}
    )
    what = TextAreaField(
        _l("纠偏措施"), [InputRequired(_l("请写明要采取的纠偏措施。")), NOTE], render_kw={"rows": 3}
    )
    person_id = SelectField(_l("责任人"), [InputRequired(_l("请选择责任人。"))], coerce=id_or_none)
    due_on = DateField(_l("完成时限"), [InputRequired(_l("请选择完成时限。"))])
    evaluation_id = HiddenField()


def order_form(
    origins: Sequence[Origin],
    carriers: Sequence[tuple[int, str]],
    *,
    is_sent: bool,
    **facts: Any,
) -> OrderForm:
    """Return the form, filled with *facts* or as it was sent."""
    form = OrderForm() if is_sent else OrderForm(formdata=None, data=facts)
    form.origin.choices = choices((origin.value, origin.label) for origin in origins)
    form.person_id.choices = to_choose(carriers)
    return form


class StepForm(BaseForm):
    """A step taken with an order as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class ReportForm(StepForm):
    """What was done."""

    text = TextAreaField(_l("落实情况"), [InputRequired(_l("请写明落实情况。")), NOTE], render_kw={"rows": 3})


class VerifyForm(StepForm):
    """What was found when it was looked into."""

    note = TextAreaField(_l("核实意见"), [Optional(), NOTE], render_kw={"rows": 2})


class SendBackForm(StepForm):
    """Why it is not put right yet."""

    reason = TextAreaField(
        _l("退回理由"), [InputRequired(_l("请写明退回的理由。")), NOTE], render_kw={"rows": 2}
    )
