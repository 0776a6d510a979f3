"""Shape of what is typed about publicities and objections."""

from dataclasses import asdict
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.assessment.cycles.forms import trimmed
from fivestep_web.assessment.publicity.appeals import Appeal, Outcome
from fivestep_web.assessment.publicity.objection_services import Filing
from fivestep_web.assessment.publicity.rules import (
    LEAST_WORKDAYS,
    MOST_WORKDAYS,
    OUTCOMES,
    Deadlines,
    ObjectionState,
)
from fivestep_web.assessment.publicity.services import Terms
from fivestep_web.core.forms import BaseForm, choices
from fivestep_web.core.plain_files import ACCEPTED

MAX_LINE = 200
MAX_PHONE = 60
MAX_TEXT = 4000
MAX_DAYS = 365


def _line(label: object, missing: object, *, most: int = MAX_LINE, help_text: object = "") -> StringField:
    too_long = _l("不超过%(most)s字，请精简。", most=most)
    return StringField(
        label,
        [DataRequired(missing), Length(max=most, message=too_long)],
        filters=[trimmed],
        description=help_text,
    )


def _text(label: object, *validators: object, help_text: object = "") -> TextAreaField:
    return TextAreaField(
        label,
        [*validators, Length(max=MAX_TEXT, message=_l("不超过4000字，请精简。"))],
        filters=[trimmed],
        description=help_text,
        render_kw={"rows": 4},
    )


class PublicityForm(BaseForm):
    """The terms of a publicity."""

    workdays = IntegerField(
        _l("公示期"),
        [
            InputRequired(_l("请填写公示的工作日数。")),
            NumberRange(LEAST_WORKDAYS, MOST_WORKDAYS, _l("公示期应为5到30个工作日。")),
        ],
        default=LEAST_WORKDAYS,
        description=_l("从张贴次日起算，只数完整的工作日，节假日顺延"),
    )
    basis = _line(_l("公示依据"), _l("请填写公示依据。"), help_text=_l("如考核办法、表彰方案的名称"))
    receiver = _line(_l("受理部门"), _l("请填写受理异议的部门。"))
    address = _line(_l("受理地址"), _l("请填写受理地址。"))
    telephone = _line(_l("受理电话"), _l("请填写受理电话。"), most=MAX_PHONE)

    def terms(self) -> Terms:
        """Return what a valid form says."""
        return Terms(
            workdays=self.workdays.data,
            basis=self.basis.data,
            receiver=self.receiver.data,
            address=self.address.data,
            telephone=self.telephone.data,
        )


class ObjectionForm(BaseForm):
    """An objection; the last two fields are for what came on paper."""

    matter = SelectField(_l("对什么有异议"), [InputRequired(_l("请选择对什么有异议。"))])
    facts = _text(_l("事实和理由"), DataRequired(_l("请写明事实和理由。")))
    evidence = _text(_l("依据和证据"), Optional(), help_text=_l("材料名称、出处、可以核实的人和事"))
    contact = _line(_l("联系方式"), _l("请填写联系方式。"), help_text=_l("只有办理人看得到"))
    objector = StringField(
        _l("异议人姓名"),
        [Optional(), Length(max=MAX_LINE, message=_l("不超过200字，请精简。"))],
        filters=[trimmed],
        description=_l("替他人登记来信、来电、来访时填写；本人提出的不填"),
    )
    filed_on = DateField(_l("收到日期"), [Optional()], description=_l("替他人登记时填写，不填为今天"))

    def filing(self) -> Filing:
        """Return what a valid form says."""
        given: dict[str, Any] = {}
        if "objector" in self:
            given = {"objector": self.objector.data or "", "filed_on": self.filed_on.data}
        return Filing(
            matter=self.matter.data,
            facts=self.facts.data,
            evidence=self.evidence.data or "",
            contact=self.contact.data,
            **given,
        )


class AnswerForm(BaseForm):
    """The answer to an objection as it was read."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    outcome = RadioField(
        _l("结论"),
        [InputRequired(_l("请选择结论。"))],
        choices=choices((outcome.value, outcome.label) for outcome in OUTCOMES),
    )
    answer = _text(_l("书面答复"), DataRequired(_l("请填写书面答复。")), help_text=_l("异议人看到的答复"))
    reason = _text(
        _l("认定理由"),
        DataRequired(_l("请填写认定理由。")),
        help_text=_l("核查了什么、认定了什么；更正答复的，写明为何更正"),
    )

    def chosen(self) -> ObjectionState:
        """Return the outcome of a valid form."""
        return ObjectionState(self.outcome.data)


class EvidenceForm(BaseForm):
    """A file that proves an objection."""

    file = FileField(
        _l("证据材料"),
        [FileRequired(_l("请先选择文件"))],
        description=_l("照片（.jpg、.png）、PDF、Word（.docx）、Excel（.xlsx），一次一份，不超过 20 MB"),
        render_kw={"accept": ACCEPTED},
    )


class AppealForm(BaseForm):
    """An appeal against a dismissed review."""

    addressee = _line(
        _l("受理申诉的机关"), _l("请填写向哪个机关申诉。"), help_text=_l("如同级公务员主管部门、上一级机关")
    )
    appealed_on = DateField(_l("申诉日期"), [InputRequired(_l("请填写申诉日期。"))])
    grounds = _text(_l("申诉理由"), DataRequired(_l("请写明申诉理由。")))

    def appeal(self) -> Appeal:
        """Return what a valid form says."""
        return Appeal(self.addressee.data, self.appealed_on.data, self.grounds.data)


class OutcomeForm(BaseForm):
    """What the organ decided on an appeal."""

    outcome = RadioField(
        _l("申诉是否成立"),
        [InputRequired(_l("请选择申诉是否成立。"))],
        choices=choices((outcome.value, outcome.label) for outcome in OUTCOMES),
    )
    organ = _line(_l("作出决定的机关"), _l("请填写作出决定的机关。"))
    decided_on = DateField(_l("决定日期"), [InputRequired(_l("请填写决定日期。"))])
    text = _text(_l("决定内容"), DataRequired(_l("请写明决定内容。")), help_text=_l("文号和处理意见"))

    def decision(self) -> Outcome:
        """Return what a valid form says."""
        return Outcome(
            ObjectionState(self.outcome.data), self.organ.data, self.decided_on.data, self.text.data
        )


def _days(label: object) -> IntegerField:
    return IntegerField(
        label,
        [InputRequired(_l("请填写天数。")), NumberRange(1, MAX_DAYS, _l("天数应在1到365之间。"))],
    )


class DeadlinesForm(BaseForm):
    """The deadlines of objections in calendar days (N8)."""

    ask = _days(_l("申请复核的期限"))
    decide = _days(_l("答复的期限"))
    appeal = _days(_l("申诉的期限"))
    remind = _days(_l("到期前几天提醒"))

    def wanted(self) -> Deadlines:
        """Return what a valid form says."""
        return Deadlines(**{name: self[name].data for name in asdict(Deadlines())})
