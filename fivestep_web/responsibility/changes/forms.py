"""Shape of what is typed for a change order: a field for each fact of each goal, holding what holds now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, BoxesField, choices
from fivestep_web.responsibility.changes.fields import (
    DATES,
    FIGURES,
    MILESTONE,
    OPTIONAL,
    label_of,
    milestone_field,
)

LONG = frozenset({"completion_standard", "deliverable", "acceptance", "measures"})
ORDER = (
    "name",
    "completion_standard",
    "indicator",
    "baseline",
    "target",
    "measure_unit",
    "deliverable",
    "acceptance",
    "starts_on",
    "deadline",
    "points",
    "measures",
)
Cell = tuple[int, str]


class Needed:
    """Marks a field that may not be left empty; that it is not, the service says at the cell."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Let everything pass."""


class ChangeForm(BaseForm):
    """Why, and from when."""

    reason = TextAreaField(
        _l("变更理由"),
        [InputRequired(_l("请写明变更的理由")), Length(max=2000, message=_l("理由最多 2000 字，请精简"))],
        render_kw={"rows": 3},
    )
    effective_on = DateField(
        _l("变更日期"),
        [InputRequired(_l("请选择变更日期"))],
        description=_l("不早于责任书生效的那一天，不晚于今天；双方签订新版后按新内容执行"),
    )
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])


class HandoverForm(ChangeForm):
    """Who takes over personal tasks."""

    successor_id = SelectField(_l("承接人"), coerce=int, validators=[Optional()])


class AmendForm(ChangeForm):
    """Which goals the letter went out without it shall carry from now on; its own are added as cells."""

    taken_in = BoxesField(_l("列入的目标"), coerce=int, validate_choice=False)


class ReassignForm(ChangeForm):
    """Which tasks, and who takes them over."""

    tasks = BoxesField(
        _l("调整给别人的任务"),
        [InputRequired(_l("请勾选要调整的任务"))],
        coerce=int,
        validate_choice=False,
    )
    successor_id = SelectField(
        _l("承接人"),
        [NumberRange(min=1, message=_l("请选择由谁承接"))],
        coerce=int,
        validate_choice=False,
    )


class DecisionForm(BaseForm):
    """What the leader says on approving."""

    note = TextAreaField(
        _l("批准意见"),
        [Optional(), Length(max=2000, message=_l("意见最多 2000 字，请精简"))],
        render_kw={"rows": 2},
    )


class RefusalForm(BaseForm):
    """Why not."""

    reason = TextAreaField(
        _l("理由"),
        [InputRequired(_l("请写明不批准的理由")), Length(max=2000, message=_l("理由最多 2000 字，请精简"))],
        render_kw={"rows": 3},
    )


def name_of(cell: Cell) -> str:
    """Return what a cell is called in the form: goal-12-deadline."""
    goal_id, field = cell
    return f"goal-{goal_id}-{field.replace(' ', '-')}"


def fields_of(phases: Iterable[int], *, has_owner: bool) -> list[str]:
    """Return the fields offered for a goal with *phases*; the owner only where it may change here."""
    owner = ["person_id"] if has_owner else []
    return [*ORDER, *owner, *(milestone_field(sequence) for sequence in phases)]


def amend_form(cells: Mapping[Cell, str], owners: Sequence[tuple[str, str]]) -> AmendForm:
    """Return a form with a field for each of *cells*, holding its value; *owners* are (code, name)."""
    made = {name_of(cell): _field(cell[1], owners) for cell in cells}
    form_class: type[AmendForm] = type("AmendForm", (AmendForm,), made)
    return form_class(data={name_of(cell): text for cell, text in cells.items()})


def _field(field: str, owners: Sequence[tuple[str, str]]) -> Field:
    label, validators = label_of(field), [Optional() if field in OPTIONAL else Needed()]
    if field == "person_id":
        return SelectField(label, choices=choices(owners), validate_choice=False)
    if field in LONG:
        return TextAreaField(label, validators, render_kw={"rows": 2})
    attributes: dict[str, Any] = {"autocomplete": "off"}
    if field in DATES or field.startswith(MILESTONE):
        attributes["type"] = "date"
    if field in FIGURES:
        attributes["inputmode"] = "decimal"
    return StringField(label, validators, render_kw=attributes)


def typed(form: ChangeForm, cells: Mapping[Cell, str]) -> dict[int, dict[str, str]]:
    """Return what is typed in the cells, by goal and field."""
    changes: dict[int, dict[str, str]] = {}
    for cell in cells:
        changes.setdefault(cell[0], {})[cell[1]] = form[name_of(cell)].data or ""
    return changes
