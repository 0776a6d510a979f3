"""Shape of what is typed about recommendations."""

from dataclasses import fields
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from fivestep_web.assessment.cycles.forms import trimmed
from fivestep_web.assessment.recommendations.models import Recommendation, RecommendationItem
from fivestep_web.assessment.recommendations.rules import PaperForm
from fivestep_web.assessment.recommendations.services import Description, Facts
from fivestep_web.core.forms import BaseForm, BoxesField, choices, to_choose

SHORT, MIDDLE, LINE = 60, 100, 200


def _line(label: object, *validators: object, most: int = LINE, help_text: object = "") -> StringField:
    too_long = _l("不超过%(most)s字，请精简。", most=most)
    return StringField(
        label, [*validators, Length(max=most, message=too_long)], filters=[trimmed], description=help_text
    )


class FactsForm(BaseForm):
    """What the document says beside its list."""

    honour = _line(
        _l("推荐的荣誉"),
        DataRequired(_l("请填写推荐的荣誉。")),
        help_text=_l("如：2026年度全市组织工作先进个人"),
    )
    form = RadioField(
        _l("文种"),
        [InputRequired(_l("请选择文种。"))],
        choices=choices((form.value, form.label) for form in PaperForm),
        default=PaperForm.REQUEST.value,
    )
    recipient = _line(
        _l("主送机关"),
        DataRequired(_l("请填写主送机关。")),
        Regexp(r"^[^、，,]*$", message=_l("上行文只能有一个主送机关。")),
        help_text=_l("只写一个，县报市、市报省，逐级推荐"),
    )
    basis = _line(_l("推荐依据"), DataRequired(_l("请填写推荐依据。")), help_text=_l("上级通知的名称和文号"))
    meeting = _line(_l("研究情况"), Optional(), help_text=_l("如：1月28日部务会议研究确定推荐名单"))
    way = _line(_l("公示方式"), DataRequired(_l("请填写公示方式。")), help_text=_l("如：县委组织部公示栏"))
    signatory = _line(_l("签发人"), DataRequired(_l("上行文须有签发人，请填写。")), most=SHORT)
    contact = _line(_l("联系人"), DataRequired(_l("请填写联系人。")), most=SHORT)
    telephone = _line(_l("联系电话"), DataRequired(_l("请填写联系电话。")), most=SHORT)

    @classmethod
    def of(cls, stored: Recommendation) -> "FactsForm":
        """Return the form as it is stored."""
        values = {field.name: getattr(stored, field.name) for field in fields(Facts)}
        return cls(formdata=None, data=values | {"form": stored.form.value})

    def facts(self) -> Facts:
        """Return what a valid form says."""
        values: dict[str, Any] = {field.name: self[field.name].data or "" for field in fields(Facts)}
        return Facts(**values | {"form": PaperForm(self.form.data)})


class NewForm(FactsForm):
    """A recommendation with whom it names."""

    rows = BoxesField(_l("推荐对象"), [InputRequired(_l("请选择推荐对象。"))], coerce=int)


class DescribeForm(BaseForm):
    """What is said of one person."""

    sex = RadioField(
        _l("性别"), [InputRequired(_l("请选择性别。"))], choices=choices((sex, sex) for sex in ("男", "女"))
    )
    birth_month = _line(
        _l("出生年月"),
        DataRequired(_l("请填写出生年月。")),
        Regexp(r"^(19|20)\d\d\.(0[1-9]|1[0-2])$", message=_l("出生年月应写成1985.06的样式。")),
        help_text=_l("写成1985.06的样式"),
    )
    political_status = _line(_l("政治面貌"), DataRequired(_l("请填写政治面貌。")), most=20)
    main_deeds = _line(
        _l("主要事迹"),
        DataRequired(_l("请填写主要事迹。")),
        most=MIDDLE,
        help_text=_l("列入汇总表，不超过100字"),
    )
    deeds = TextAreaField(
        _l("简要事迹"),
        [DataRequired(_l("请填写简要事迹。"))],
        filters=[trimmed],
        description=_l("不超过300字，标点计入"),
        render_kw={"rows": 8},
    )
    note = _line(_l("备注"), Optional(), most=MIDDLE)

    @classmethod
    def of(cls, item: RecommendationItem) -> "DescribeForm":
        """Return the form as it is stored."""
        return cls(formdata=None, obj=item)

    def description(self) -> Description:
        """Return what a valid form says."""
        values = {field.name: self[field.name].data or "" for field in fields(Description)}
        return Description(**values | {"deeds": values["deeds"].replace("\r\n", "\n")})


class MoveForm(BaseForm):
    """One person to another place, with the reason."""

    item = SelectField(_l("推荐对象"), [InputRequired(_l("请选择推荐对象。"))])
    place = SelectField(_l("调整到"), [InputRequired(_l("请选择位置。"))])
    reason = _line(_l("调整理由"), DataRequired(_l("调整推荐顺序应写明理由。")))

    def offer(self, items: list[RecommendationItem]) -> "MoveForm":
        """Offer the people and their places."""
        self.item.choices = to_choose((str(item.id), item.commendation.name) for item in items)
        places = range(1, len(items) + 1)
        self.place.choices = to_choose((str(place), f"第{place}位") for place in places)
        return self


class WithdrawForm(BaseForm):
    """Who is taken off, and why."""

    item_id = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    reason = _line(_l("撤下理由"), DataRequired(_l("请写明理由。")))


class OpinionForm(BaseForm):
    """What a competent organ answered."""

    organ = _line(_l("征求意见单位"), DataRequired(_l("请填写征求意见单位。")), most=MIDDLE)
    given_on = DateField(_l("回复日期"), [InputRequired(_l("请填写回复日期。"))])
    opinion = _line(_l("意见"), DataRequired(_l("请填写意见。")), help_text=_l("如：同意推荐"))


class ProvinceForm(BaseForm):
    """Whom the city recommended to the province, when, by which paper."""

    items = BoxesField(_l("市里推荐到省的人员"), [InputRequired(_l("请选择人员。"))], coerce=int)
    told_on = DateField(_l("日期"), [InputRequired(_l("请填写日期。"))])
    reference = _line(_l("依据"), DataRequired(_l("请填写依据。")), help_text=_l("市里来文的名称和文号"))
