"""Shape of what is typed on the way of an admonition; what the rules refuse, the services say."""

from typing import Any, Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.assessment.admonitions.rules import CONCLUSIONS, DECISIONS, Source, Step
from fivestep_web.core.forms import BaseForm, choices, to_choose

LONGEST: Final = 3000
SHORT: Final = 100
DECISION_LABELS: Final = {
    Step.APPROVE: _l("同意诫勉谈话"),
    Step.DOWNGRADE: _l("改为提醒谈话"),
    Step.DECLINE: _l("不予诫勉"),
}
CONCLUSION_LABELS: Final = {
    Step.LIFT: _l("已改正，期满结束"),
    Step.FURTHER: _l("没有改正，另行处理"),
}


def _text(label: LazyString, missing: LazyString, *, rows: int = 3, help_text: object = "") -> TextAreaField:
    return TextAreaField(
        label,
        [InputRequired(missing), Length(max=LONGEST, message=_l("不超过3000字，请精简"))],
        description=help_text,
        render_kw={"rows": rows},
    )


def _day(label: LazyString, help_text: object = "") -> DateField:
    return DateField(label, [InputRequired(_l("请选择日期"))], description=help_text)


def _line(label: LazyString, missing: LazyString, help_text: object = "") -> StringField:
    return StringField(
        label,
        [InputRequired(missing), Length(max=SHORT, message=_l("不超过100字，请精简"))],
        description=help_text,
        render_kw={"autocomplete": "off"},
    )


def _person(label: LazyString) -> SelectField:
    return SelectField(label, [InputRequired(_l("请选择人员"))])


class TakeUpForm(BaseForm):
    """Whom of a year's triggers to take up."""

    year = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    person_id = IntegerField(validators=[InputRequired()], widget=HiddenInput())


class OpenForm(BaseForm):
    """Who becomes a candidate for another reason than the computed results."""

    person_id = _person(_l("建议对象"))
    source = RadioField(
        _l("列入情形"),
        [InputRequired(_l("请选择列入情形"))],
        choices=choices((source.value, source.label) for source in Source if source is not Source.RESULTS),
    )
    reason = _text(
        _l("理由和依据"),
        _l("请写明理由和依据"),
        help_text=_l("如：2026年度考核确定为基本称职，按规定予以诫勉"),
    )

    def offer(self, people: list[tuple[int, str]]) -> "OpenForm":
        """Fill the list with the people there are."""
        self.person_id.choices = to_choose(people)
        return self


class ProposeForm(BaseForm):
    """What is proposed (C13: what is known, about which period, which body studied it)."""

    findings = _text(
        _l("诫勉事由"),
        _l("请写明诫勉事由"),
        rows=4,
        help_text=_l("写入通知书，接在“经核实，在某期间，”之后，对本人称“你”"),
    )
    period_start = _day(_l("事由所属期间：起"))
    period_end = _day(_l("事由所属期间：止"))
    study_body = StringField(
        _l("研究机关"),
        [Optional(), Length(max=SHORT, message=_l("不超过100字，请精简"))],
        description=_l("如：部务会议"),
    )
    studied_on = DateField(_l("研究日期"), [Optional()])


class DecideForm(BaseForm):
    """The decision on a proposal."""

    outcome = RadioField(
        _l("审批意见"),
        [InputRequired(_l("请选择审批意见"))],
        choices=choices((step.value, DECISION_LABELS[step]) for step in DECISION_LABELS if step in DECISIONS),
    )
    authority = _line(
        _l("批准人职务"),
        _l("请填写批准人职务"),
        _l("印在通知书上；按干部管理权限由县委主要负责同志批准的，填县委书记"),
    )
    decided_on = _day(_l("批准日期"))
    opinion = TextAreaField(
        _l("理由"),
        [Optional(), Length(max=LONGEST, message=_l("不超过3000字，请精简"))],
        description=_l("不予诫勉、改为提醒谈话的必须写明"),
        render_kw={"rows": 3},
    )


class NotifyForm(BaseForm):
    """When, where and with whom the talk is to be held."""

    talk_on = _day(_l("谈话日期"))
    talk_at = TimeField(_l("谈话时间"), [InputRequired(_l("请填写时间，如 09:00"))])
    place = _line(_l("谈话地点"), _l("请填写谈话地点"))
    talker_id = _person(_l("谈话人"))


class PaperReceiptForm(BaseForm):
    """The day of a receipt handed in on paper."""

    received_on = _day(_l("回执日期"), _l("本人没有账号、交回纸质回执的，由干部监督登记"))


class RecordForm(BaseForm):
    """The talk as it was held (C14; the four parts of N10)."""

    talked_on = _day(_l("谈话日期"))
    starts_at = TimeField(_l("开始时间"), [InputRequired(_l("请填写时间，如 09:00"))])
    ends_at = TimeField(_l("结束时间"), [InputRequired(_l("请填写时间，如 10:20"))])
    place = _line(_l("谈话地点"), _l("请填写谈话地点"))
    talker_id = _person(_l("谈话人"))
    recorder_id = _person(_l("记录人"))
    reason = _text(_l("诫勉事由"), _l("请写明诫勉事由"))
    explanation = _text(_l("本人说明"), _l("请写明本人说明，没有说明的写“无”"))
    problems = _text(_l("指出的问题"), _l("请写明指出的问题"))
    requirements = _text(_l("整改要求"), _l("请写明整改要求"))
    requirement_deadline = _day(_l("整改时限"))
    commitment = _text(_l("本人表态及整改措施"), _l("请写明本人表态及整改措施"))


class SignForm(BaseForm):
    """When the two signed the record on paper."""

    person_signed_on = _day(_l("谈话对象签字日期"))
    talker_signed_on = _day(_l("谈话人、记录人签字日期"))


class RectifyForm(BaseForm):
    """What the person handed in to begin the correction with."""

    note = _text(
        _l("收到的整改材料"), _l("请写明收到的整改材料"), help_text=_l("如：1月8日收到书面检查和整改措施")
    )


class FollowUpForm(BaseForm):
    """What was found after six months."""

    visited_on = _day(_l("回访日期"))
    correction = _text(_l("改正情况"), _l("请写明改正情况"))
    is_corrected = RadioField(
        _l("是否改正"),
        [InputRequired(_l("请选择是否改正"))],
        choices=choices([("yes", _l("已改正")), ("no", _l("没有改正"))]),
    )
    conclusion = _line(_l("结论"), _l("请写明结论"), _l("如：改正明显，建议期满结束"))


class ConcludeForm(BaseForm):
    """How it ends."""

    outcome = RadioField(
        _l("审定意见"),
        [InputRequired(_l("请选择审定意见"))],
        choices=choices((step.value, CONCLUSION_LABELS[step]) for step in CONCLUSIONS),
    )
    note = TextAreaField(
        _l("说明"),
        [Optional(), Length(max=LONGEST, message=_l("不超过3000字，请精简"))],
        description=_l("另行处理的必须写明理由和办法"),
        render_kw={"rows": 3},
    )


def values(form: BaseForm) -> dict[str, Any]:
    """Return what is typed, by field: ids as numbers, an empty text as one."""
    return {field.name: _value(field) for field in form if field.name != "csrf_token"}


def _value(field: Field) -> Any:
    if field.name.endswith("_id"):
        return int(field.data)
    return (field.data or "").strip() if isinstance(field, StringField) else field.data
