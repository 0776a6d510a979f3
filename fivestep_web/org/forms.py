"""Shape of what is typed about units, days off and the opening of a step."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, choices, id_or_none, to_choose
from fivestep_web.org import queries
from fivestep_web.org.labels import UNIT_KIND_LABELS
from fivestep_web.org.models import UnitKind
from fivestep_web.org.services import UnitFacts

MAX_NAME = 200
MAX_CODE = 40


def trimmed(value: str | None) -> str:
    """Take blanks off both ends."""
    return (value or "").strip()


class UnitForm(BaseForm):
    """What a unit is from a day on."""

    name = StringField(
        _l("单位名称"), [DataRequired(_l("请输入单位名称")), Length(max=MAX_NAME)], filters=[trimmed]
    )
    kind = SelectField(
        _l("类别"),
        [InputRequired(_l("请选择类别"))],
        choices=to_choose((kind.value, label) for kind, label in UNIT_KIND_LABELS.items()),
    )
    parent_id = SelectField(_l("上级单位"), [Optional()], coerce=id_or_none)
    head_id = SelectField(_l("负责人"), [Optional()], coerce=id_or_none)
    leader_id = SelectField(_l("主管领导"), [Optional()], coerce=id_or_none)
    is_assessed = BooleanField(_l("参加年度考核"))
    from_day = DateField(
        _l("从哪天起"),
        [InputRequired(_l("请选择日期"))],
        description=_l("名称、类别、负责人、主管领导的变更从这一天起算，以前的文件仍用原来的名称"),
    )
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def offer(self, unit_id: int | None = None) -> "UnitForm":
        """Fill the lists with the units and people there are."""
        units = [(unit.id, unit.name) for unit in queries.list_units() if unit.id != unit_id]
        people = queries.person_choices()
        self.parent_id.choices = choices([("", _l("没有")), *units])
        self.head_id.choices = choices([("", _l("暂缺")), *people])
        self.leader_id.choices = choices([("", _l("暂缺")), *people])
        return self

    @property
    def facts(self) -> UnitFacts:
        return UnitFacts(self.name.data, UnitKind(self.kind.data), self.head_id.data, self.leader_id.data)


class NewUnitForm(UnitForm):
    """A unit that was not there before."""

    code = StringField(
        _l("单位编码"),
        [DataRequired(_l("请输入单位编码")), Length(max=MAX_CODE)],
        filters=[trimmed],
        description=_l("导入年度工作簿时用它对应单位，以后不能改"),
    )


class DaysForm(BaseForm):
    """Days off and make-up working days, a line each."""

    days = TextAreaField(
        _l("放假和调休"),
        [DataRequired(_l("请每行写一个日期")), Length(max=20_000)],
        description=_l("每行一条：日期或“日期至日期”，休或班，说明。例如 2027-10-01至2027-10-07 休 国庆节"),
        render_kw={"rows": 8},
    )


class StepTwoForm(BaseForm):
    """Why step two opens before the work priorities are issued (R1.1)."""

    reason = TextAreaField(
        _l("提前开启的理由"),
        [DataRequired(_l("请写明理由，理由会记入操作日志")), Length(max=500)],
        filters=[trimmed],
        render_kw={"rows": 3},
    )
