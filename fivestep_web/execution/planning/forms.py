"""Shape of a plan as typed: phases in rows, a start; decisions and dependencies."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DecimalField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, choices, id_or_none
from fivestep_web.execution.planning.rules import BASIS_LABELS, LONGEST, MOST_PHASES, Basis
from fivestep_web.execution.planning.services import Draft, Row

SPARE_ROWS = 2
PERCENT = [Optional(), NumberRange(0, 100, _l("应在0至100之间"))]


def trimmed(value: str | None) -> str:
    """Take blanks off both ends."""
    return (value or "").strip()


class PhaseForm(Form):  # type: ignore[misc]
    """One phase; a row without a name is none."""

    name = StringField(_l("阶段"), [Length(max=200, message=_l("不超过200字"))], filters=[trimmed])
    workdays = IntegerField(_l("工作日数"), [Optional(), NumberRange(1, LONGEST, _l("应在1至%(max)s之间"))])
    share = DecimalField(_l("占全程比例"), PERCENT, places=None)
    weight = DecimalField(_l("权重"), PERCENT, places=None)
    finish_by = DateField(_l("不晚于"), [Optional()])
    deliverable = StringField(
        _l("阶段成果"), [Length(max=1000, message=_l("不超过1000字"))], filters=[trimmed]
    )


class PlanForm(BaseForm):
    """A goal's phases."""

    basis = RadioField(
        _l("阶段长短"),
        choices=choices((basis.value, label) for basis, label in BASIS_LABELS.items()),
        default=Basis.WORKDAYS.value,
    )
    starts_on = DateField(_l("计划开始"), [InputRequired(_l("请填写计划开始的日期"))])
    phases = FieldList(FormField(PhaseForm), max_entries=MOST_PHASES + SPARE_ROWS)
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])

    @property
    def draft(self) -> Draft:
        """Return what was typed; rows without any text are left out."""
        rows = [entry.form for entry in self.phases.entries]
        return Draft(
            Basis(self.basis.data), self.starts_on.data, [_row(form) for form in rows if _is_filled(form)]
        )


def _is_filled(form: PhaseForm) -> bool:
    return bool(form.name.data) or form.workdays.data is not None or form.share.data is not None


def _row(form: PhaseForm) -> Row:
    return Row(
        form.name.data,
        form.workdays.data,
        form.share.data,
        form.weight.data,
        form.finish_by.data,
        form.deliverable.data,
    )


def filled(draft: Draft, revision: int | None, *, spare: int) -> PlanForm:
    """Return a form that shows *draft*, with *spare* empty rows behind it."""
    rows: list[dict[str, Any]] = [vars(row) | _percents(row) for row in draft.rows]
    return PlanForm(
        formdata=None,
        basis=draft.basis.value,
        starts_on=draft.starts_on,
        phases=[*rows, *({} for _place in range(spare))],
        revision=revision,
    )


def _percents(row: Row) -> dict[str, Decimal | None]:
    return {
        name: None if value is None else value.normalize() + Decimal(0)
        for name, value in (("share", row.share), ("weight", row.weight))
    }


class StepForm(BaseForm):
    """A step taken with a plan as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class DecisionForm(StepForm):
    """The decision on a plan."""

    note = TextAreaField(
        _l("意见"),
        [Optional(), Length(max=1000, message=_l("不超过1000字，请精简。"))],
        description=_l("退回的，请写明理由"),
        render_kw={"rows": 2},
    )


class DependencyForm(BaseForm):
    """What a goal waits for, and why."""

    predecessor_id = SelectField(_l("要等哪项目标"), [InputRequired(_l("请选择目标"))], coerce=id_or_none)
    reason = TextAreaField(
        _l("理由"),
        [InputRequired(_l("请写明为什么要等这项目标")), Length(max=500)],
        filters=[trimmed],
        render_kw={"rows": 2},
    )
