"""Shape of what is typed when a cycle is begun, planned and moved."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.assessment.cycles.models import RaterRoster
from fivestep_web.assessment.cycles.presets import Proposal
from fivestep_web.assessment.cycles.rules import CycleState, Series, vote_label
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.clock import ZONE
from fivestep_web.core.forms import BaseForm, BoxesField, choices, id_or_none, to_choose

MAX_CODES = 100_000
MAX_NAME = 200
MAX_REASON = 2000


def trimmed(value: str | None) -> str:
    """Take blanks off both ends."""
    return (value or "").strip()


def _name() -> StringField:
    return StringField(
        _l("考核名称"),
        [
            DataRequired(_l("请填写考核名称。")),
            Length(max=MAX_NAME, message=_l("考核名称不超过200字，请精简。")),
        ],
        filters=[trimmed],
    )


def _cut_off() -> DateField:
    return DateField(
        _l("完成情况截止日"),
        [InputRequired(_l("请选择完成情况截止日。"))],
        description=_l("各单位补报全年进展到这一天，过了这一天才能汇总"),
    )


class PlanForm(BaseForm):
    """An edit of the plan as it was read: *revision* is that of the version edited."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])


class CycleForm(BaseForm):
    """A new plan."""

    name = _name()
    cut_off_date = _cut_off()
    basis = SelectField(_l("计分规则从哪里来"), [InputRequired(_l("请选择计分规则的来源。"))])


class UnitsForm(PlanForm):
    """The plan's name, its cut-off date, and who is assessed in which series."""

    name = _name()
    cut_off_date = _cut_off()
    sections = BoxesField(_l("科室"), [InputRequired(_l("请至少勾选一个科室。"))], coerce=int)
    townships = BoxesField(_l("乡镇"), [InputRequired(_l("请至少勾选一个乡镇。"))], coerce=int)

    def offer(self, units: dict[Series, dict[int, tuple[str, bool]]]) -> "UnitsForm":
        """Fill the lists with the units that can be assessed."""
        for field, series in ((self.sections, Series.SECTIONS), (self.townships, Series.TOWNSHIPS)):
            field.choices = [(unit_id, name) for unit_id, (name, _marked) in units[series].items()]
        return self


class RosterForm(BaseForm):
    """One more line of the rosters."""

    group = SelectField(
        _l("评价组"),
        [InputRequired(_l("请选择评价组。"))],
        choices=to_choose((group.value, group.label) for group in Group),
    )
    series = SelectField(
        _l("被评类别"),
        [InputRequired(_l("请选择被评类别。"))],
        choices=to_choose((series.value, series.value) for series in Series),
    )
    name = StringField(
        _l("名称"),
        [
            DataRequired(_l("请填写名称。")),
            Length(max=MAX_NAME, message=_l("名称不超过200字，请精简。")),
        ],
        filters=[trimmed],
        description=_l("写单位或类别，如“人大代表”，不写个人姓名"),
    )
    unit_id = SelectField(
        _l("本单位"),
        [Optional()],
        coerce=id_or_none,
        description=_l("选了本单位，评价票上就没有它这一行"),
    )
    code_count = IntegerField(
        _l("评价码数"),
        [
            InputRequired(_l("请填写评价码数。")),
            NumberRange(1, MAX_CODES, _l("评价码数应在1到100000之间。")),
        ],
    )

    def offer(self, units: Sequence[tuple[int, str]]) -> "RosterForm":
        """Fill the list of units."""
        self.unit_id.choices = choices([("", _l("没有")), *units])
        return self

    def line(self) -> Proposal:
        """Return what a valid form says."""
        return Proposal(
            Group(self.group.data),
            Series(self.series.data),
            self.name.data,
            self.unit_id.data,
            self.code_count.data,
        )


def counts_form(lines: Mapping[str, RaterRoster | Proposal]) -> type[PlanForm]:
    """Return a form with one number of codes for each line, by its key."""
    fields = {
        f"count_{key}": IntegerField(
            _("%(name)s的评价码数", name=line.name),
            [Optional(), NumberRange(0, MAX_CODES, _l("评价码数应在0到100000之间。"))],
            default=line.code_count,
        )
        for key, line in lines.items()
    }
    return type("CountsForm", (PlanForm,), fields)


def typed_counts(form: BaseForm, lines: Mapping[str, object]) -> dict[str, int]:
    """Return the numbers sent, by the key of the line; an empty one is 0, one not sent is left out."""
    fields = {key: form[f"count_{key}"] for key in lines}
    return {key: field.data or 0 for key, field in fields.items() if field.raw_data}


def _votes(votes: Iterable[tuple[Group, Series]]) -> list[tuple[str, str]]:
    """Return what a list of votes offers, each a group's on a series."""
    return [(f"{group.value} {series.value}", vote_label(group, series)) for group, series in votes]


def _vote(value: str) -> tuple[Group, Series]:
    """Return the vote that was chosen. Raises ValueError for what is none."""
    group, series = value.split()
    return Group(group), Series(series)


class MoveForm(BaseForm):
    """A step to another state, with what it needs."""

    target = HiddenField(validators=[InputRequired()])
    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    closes_at = DateTimeLocalField(
        _l("评价截止时间"), [Optional()], format="%Y-%m-%dT%H:%M", description=_l("到时自动停止收票")
    )
    groups = BoxesField(_l("重新评价的组"), [], coerce=_vote)
    reason = TextAreaField(
        _l("意见"),
        [Optional(), Length(max=MAX_REASON, message=_l("意见不超过2000字，请精简。"))],
        render_kw={"rows": 3},
    )

    def offer(self, votes: Iterable[tuple[Group, Series]]) -> "MoveForm":
        """Fill the list with the votes that have no result."""
        self.groups.choices = _votes(votes)
        return self

    def wanted(self) -> CycleState | None:
        """Return the state asked for, None for what is none."""
        return next((state for state in CycleState if state.value == self.target.data), None)


class ClosingForm(BaseForm):
    """Another closing time of a running vote."""

    closes_at = DateTimeLocalField(
        _l("新的截止时间"), [InputRequired(_l("请填写评价截止时间。"))], format="%Y-%m-%dT%H:%M"
    )


class LeaveOutForm(BaseForm):
    """A group that has no result, and why its series is computed without it."""

    place = SelectField(_l("不计的评价组"), [InputRequired(_l("请选择不计的评价组。"))])
    reason = TextAreaField(
        _l("理由"),
        [
            InputRequired(_l("请写明不计这一组的理由。")),
            Length(max=MAX_REASON, message=_l("理由不超过2000字，请精简。")),
        ],
        render_kw={"rows": 3},
    )

    def offer(self, places: Iterable[tuple[Group, Series]]) -> "LeaveOutForm":
        """Fill the list with the groups that have no result."""
        self.place.choices = to_choose(_votes(places))
        return self

    def chosen(self) -> tuple[Group, Series]:
        """Return what a valid form says."""
        return _vote(self.place.data)


class ReasonForm(BaseForm):
    """Why frozen rules are changed."""

    reason = TextAreaField(
        _l("修改理由"),
        [
            InputRequired(_l("请写明修改规则的理由。")),
            Length(max=MAX_REASON, message=_l("修改理由不超过2000字，请精简。")),
        ],
        render_kw={"rows": 3},
    )


def moment_of(typed: datetime | None) -> datetime | None:
    """Return the moment a person typed: Beijing time."""
    return None if typed is None else typed.replace(tzinfo=ZONE)
