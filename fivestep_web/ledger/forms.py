"""Shape of what is typed into the ledger; what may be is decided by the services."""

from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm
from fivestep_web.execution.evidence.forms import EvidenceFields
from fivestep_web.ledger.write_off_services import CONDITION_LABELS, AcceptanceCondition

NOTE = Length(max=1000, message=_l("不超过 1000 字，请精简。"))


class GivenUnlessNotApplicable:
    """A figure has to be given, unless 不涉及 is ticked: then whatever stands there is not read."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        if form.is_not_applicable.data:
            field.data, field.errors = None, []
            raise StopValidation
        if not any(text.strip() for text in field.raw_data or ()):
            field.errors = []
            raise StopValidation(_("请填写累计完成数，或勾选不涉及。"))


class ReportForm(EvidenceFields):
    """What was reached by a day."""

    happened_on = DateField(_l("日期"), [InputRequired(_l("请选择日期。"))])
    done = DecimalField(
        _l("累计完成"),
        [GivenUnlessNotApplicable()],
        places=None,
        description=_l("到这一天为止的累计数"),
        render_kw={"autocomplete": "off", "required": False},
    )
    is_not_applicable = BooleanField(_l("不涉及本单位"))
    note = StringField(_l("情况"), [Optional(), NOTE])
    completed_on = DateField(_l("完成日期"), [Optional()])
    evidence = StringField(_l("材料说明"), [Optional(), NOTE])


class ActionForm(BaseForm):
    """A decision on an entry as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class WriteOffForm(ActionForm):
    """The acceptance conditions, ticked one by one."""

    standard_met = BooleanField(CONDITION_LABELS[AcceptanceCondition.STANDARD_MET])
    evidence_complete = BooleanField(CONDITION_LABELS[AcceptanceCondition.EVIDENCE_COMPLETE])
    figures_agree = BooleanField(CONDITION_LABELS[AcceptanceCondition.FIGURES_AGREE])

    @property
    def conditions(self) -> list[AcceptanceCondition]:
        return [condition for condition in AcceptanceCondition if self[condition.value].data]


class CheckForm(ActionForm):
    """What the office found in the evidence."""

    note = TextAreaField(_l("核查情况"), [Optional(), NOTE])


class ReasonForm(ActionForm):
    """A reason that has to be given."""

    reason = TextAreaField(_l("理由"), [InputRequired(_l("请写明理由。")), NOTE])


class FindingForm(ActionForm):
    """What was found wanting after the write-off."""

    reason = TextAreaField(_l("核查发现的问题"), [InputRequired(_l("请写明核查发现的问题。")), NOTE])


class ChangeOrderForm(ActionForm):
    """What an entry is struck out by."""

    reason = TextAreaField(_l("变更依据"), [InputRequired(_l("请写明撤账的变更依据。")), NOTE])


class SuspendForm(ReasonForm):
    """Why, and until when."""

    review_on = DateField(_l("复核日期"), [InputRequired(_l("请选择复核日期。"))])
