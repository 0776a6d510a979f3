"""What is typed into the register and the self-report."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from fivestep_web.assessment.daily.achievements.rules import KIND_LABELS, LEVEL_LABELS
from fivestep_web.assessment.daily.forms import NOTE
from fivestep_web.core.forms import BaseForm, choices, id_or_none

SHORT = Length(max=200, message=_l("不超过200字，请精简。"))
BRIEF = Length(max=500, message=_l("不超过500字，请精简：评价人打分以前要看。"))
EVIDENCE = Length(max=400, message=_l("不超过400字，请精简。"))


class AchievementForm(BaseForm):
    """An achievement; the choices of units and topics are set by the page."""

    unit_id = SelectField(_l("单位"), [InputRequired(_l("请选择单位。"))], coerce=id_or_none)
    topic_id = SelectField(_l("课题"), [InputRequired(_l("请选择课题。"))], coerce=id_or_none)
    kind = SelectField(
        _l("种类"), choices=choices((kind.value, label) for kind, label in KIND_LABELS.items())
    )
    level = SelectField(
        _l("层级"), choices=choices((level.value, label) for level, label in LEVEL_LABELS.items())
    )
    happened_on = DateField(_l("日期"), [InputRequired(_l("请选择日期。"))])
    title = StringField(_l("题目、事由"), [InputRequired(_l("请填写题目或事由。")), SHORT])
    giver = StringField(
        _l("会议、刊物、批示领导（职务）或授奖机关"), [InputRequired(_l("请填写来自哪里。")), SHORT]
    )
    evidence = StringField(
        _l("佐证材料"),
        [InputRequired(_l("请写明佐证材料。")), EVIDENCE],
        description=_l("文件名称、文号或存放位置"),
    )


class WithdrawForm(BaseForm):
    """Why an achievement is taken out."""

    reason = TextAreaField(_l("理由"), [InputRequired(_l("请写明撤销的理由。")), NOTE], render_kw={"rows": 2})


class SelfReportForm(BaseForm):
    """The two parts of R5.2; *revision* is that of the report as it was shown, 0 for none."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])
    visible = TextAreaField(
        _l("显绩"),
        [InputRequired(_l("请填写显绩，没有的写“无”。")), BRIEF],
        description=_l("看得见的成果：完成情况、数据、发言、采用、批示、获奖；不超过500字，评价页上要显示"),
        render_kw={"rows": 8},
    )
    latent = TextAreaField(
        _l("潜绩"),
        [InputRequired(_l("请填写潜绩，没有的写“无”。")), BRIEF],
        description=_l("打基础、利长远的工作；不超过500字，评价页上要显示"),
        render_kw={"rows": 6},
    )


class MissingForm(BaseForm):
    """Why a unit gave no self-report."""

    reason = TextAreaField(
        _l("没有报送的原因"),
        [InputRequired(_l("请写明没有报送的原因。")), EVIDENCE],
        render_kw={"rows": 2},
    )
