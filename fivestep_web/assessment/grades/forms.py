"""Shape of what is typed about annual grades, bars, notices and opinions."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.cycles.forms import trimmed
from fivestep_web.assessment.grades.giving import Said
from fivestep_web.assessment.grades.rules import BarKind, Grade, Period, Stance, Step, label
from fivestep_web.assessment.grades.services import Proposal
from fivestep_web.core.forms import BaseForm, choices, to_choose
from fivestep_web.keys.forms import pin_field

MAX_LINE = 200
MAX_TEXT = 2000


def _line(text: object, *validators: object, most: int = MAX_LINE, help_text: object = "") -> StringField:
    too_long = _l("不超过%(most)s字，请精简。", most=most)
    return StringField(
        text, [*validators, Length(max=most, message=too_long)], filters=[trimmed], description=help_text
    )


def _text(text: object, *validators: object, help_text: object = "") -> TextAreaField:
    return TextAreaField(
        text,
        [*validators, Length(max=MAX_TEXT, message=_l("不超过2000字，请精简。"))],
        filters=[trimmed],
        description=help_text,
        render_kw={"rows": 3},
    )


def _day(text: object, missing: object, help_text: object = "") -> DateField:
    return DateField(text, [InputRequired(missing)], description=help_text)


class ProposeForm(BaseForm):
    """What personnel proposes; the reason is for corrections."""

    revision = IntegerField(widget=HiddenInput(), default=0)
    grade = RadioField(_l("拟定等次"), [InputRequired(_l("请选择拟定等次。"))])
    remarks = _text(_l("评语"), Optional(), help_text=_l("按规定只写评语、不定等次的必须填写"))
    reason = _text(_l("更正理由"), Optional(), help_text=_l("写明依据，如复核结论"))

    def offer(self, pool: Pool, *, is_correction: bool) -> "ProposeForm":
        """Fill in the grades of the person's establishment; the reason is asked for corrections alone."""
        self.grade.choices = choices((grade.value, label(grade, pool)) for grade in Grade)
        if not is_correction:
            del self.reason
        return self

    def proposal(self) -> Proposal:
        """Return what a valid form says."""
        reason = self.reason.data or "" if "reason" in self else ""
        return Proposal(Grade(self.grade.data), self.remarks.data or "", reason)


class ReasonForm(BaseForm):
    """Why something is returned, withdrawn or corrected."""

    reason = _text(_l("理由"), DataRequired(_l("请写明理由。")))


class StepsForm(BaseForm):
    """Day and note of each step of the procedure; a step without a day was not held."""

    def held(self) -> dict[Step, tuple[date, str]]:
        """Return the steps that have a day."""
        return {
            step: (self[f"{step.value}_on"].data, self[f"{step.value}_note"].data or "")
            for step in Step
            if self[f"{step.value}_on"].data
        }


for _step in Step:
    setattr(StepsForm, f"{_step.value}_on", DateField(_l("%(step)s日期", step=_step.label), [Optional()]))
    setattr(StepsForm, f"{_step.value}_note", _line(_l("%(step)s说明", step=_step.label), Optional()))


class SeatsForm(BaseForm):
    """Number and day of the approval of more 优秀, by pool; both or neither."""

    def given(self) -> dict[Pool, tuple[str, date]]:
        """Return the approvals that were filled in."""
        return {
            pool: (self[f"{pool.value}_number"].data, self[f"{pool.value}_on"].data)
            for pool in Pool
            if self[f"{pool.value}_number"].data
        }

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for the day with the number and the number with the day."""
        is_valid = bool(super().validate(extra_validators))
        for pool in Pool:
            number, day = self[f"{pool.value}_number"], self[f"{pool.value}_on"]
            if bool(number.data) != bool(day.data):
                empty = day if number.data else number
                empty.errors = [_l("批准文号和日期要一起填写。")]
                is_valid = False
        return is_valid


for _pool in Pool:
    setattr(
        SeatsForm,
        f"{_pool.value}_number",
        _line(_l("%(pool)s批准文号", pool=_pool.label), Optional(), most=100),
    )
    setattr(SeatsForm, f"{_pool.value}_on", DateField(_l("%(pool)s批准日期", pool=_pool.label), [Optional()]))


class BarForm(BaseForm):
    """Something that bars a person from some or all grades."""

    person_id = SelectField(_l("人员"), [InputRequired(_l("请选择人员。"))])
    kind = SelectField(_l("情形"), [InputRequired(_l("请选择情形。"))])
    starts_on = _day(_l("开始日期"), _l("请填写开始日期。"), _l("处分的填决定之日"))
    ends_on = DateField(_l("结束日期"), [Optional()], description=_l("还没有结束的不填"))
    basis = _line(_l("依据"), DataRequired(_l("请填写依据文件。")), help_text=_l("文件名称和文号"))

    def offer(self, people: list[tuple[int, str]]) -> "BarForm":
        """Fill in the people and what each kind of bar does."""
        self.person_id.choices = to_choose(people)
        self.kind.choices = to_choose((kind.value, f"{kind.label}：{kind.effect_text}") for kind in BarKind)
        return self

    def period(self) -> Period:
        """Return what a valid form says."""
        return Period(BarKind(self.kind.data), self.starts_on.data, self.ends_on.data)


class EndForm(BaseForm):
    """The last day of a bar."""

    ends_on = _day(_l("结束日期"), _l("请填写结束日期。"))


class GiveForm(BaseForm):
    """The day on which notices were handed over."""

    given_on = _day(_l("送达日期"), _l("请填写送达日期。"), _l("申请复核的期限从这一天起算"))


_STANCES = (Stance.AGREE, Stance.DISAGREE)


class OpinionForm(BaseForm):
    """The own opinion, signed by the PIN over the notice that was shown."""

    shown = HiddenField(validators=[InputRequired()])
    stance = RadioField(
        _l("本人意见"),
        [InputRequired(_l("请选择同意或不同意。"))],
        choices=choices((stance.value, stance.label) for stance in _STANCES),
    )
    text = _text(_l("意见内容"), Optional(), help_text=_l("不同意的必须写明"))
    pin = pin_field(_l("签名 PIN"), _l("请输入签名 PIN。"))

    def said(self) -> Said:
        """Return what a valid form says."""
        return Said(Stance(self.stance.data), self.text.data or "")


class PaperForm(BaseForm):
    """An opinion on paper, or a refusal, before a witness."""

    stance = RadioField(
        _l("本人意见"),
        [InputRequired(_l("请选择本人意见。"))],
        choices=choices((stance.value, stance.label) for stance in Stance),
    )
    text = _text(_l("意见内容"), Optional(), help_text=_l("照录纸质意见；不同意的必须写明"))
    dated_on = _day(_l("签署或拒签日期"), _l("请填写日期。"))
    witness = _line(_l("见证人"), DataRequired(_l("请填写见证人。")), most=100)

    def said(self) -> Said:
        """Return what a valid form says."""
        return Said(Stance(self.stance.data), self.text.data or "")
