"""计分方式 and 计分参数 as fields, with an example of what a goal would earn by them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from fivestep_web.assessment.cycles.forms import PlanForm
from fivestep_web.assessment.explanation import Line, lines_of
from fivestep_web.assessment.goal_points import GoalFacts, score_goal
from fivestep_web.assessment.score_settings import Settings
from fivestep_web.assessment.scoring_methods import (
    AMOUNTS,
    METHOD_LABELS,
    Method,
    NotApplicable,
    ScoringError,
    parse_rule,
)
from fivestep_web.assessment.year_rules import RuleText
from fivestep_web.core.errors import DomainError
from fivestep_web.core.forms import BaseForm, choices
from fivestep_web.core.rounding import plain
from fivestep_web.core.workdays import WorkCalendar

STEP_ROWS = 10
MAX_TYPED = 20
MAX_FIGURE = Decimal(1_000_000_000)
EXAMPLE_POINTS, EXAMPLE_TARGET, EXAMPLE_DONE = Decimal(10), Decimal(100), Decimal(80)
NOTES = {
    "bonus_per_unit": _l("每个整单位超出目标值加几分"),
    "shortfall_per_unit": _l("先得满分，每个整单位不足目标值扣几分"),
    "incomplete": _l("没有完成的，在基本分上扣几分"),
    "late_per_day": _l("每逾期一个日历日扣几分，代替按工作日的逾期扣减"),
    "per_incident": _l("只用于“逐例扣分”"),
    "bonus_cap": _l("不填即以基本分为限"),
    "deduction_cap": _l("不填即以基本分为限"),
}


class ScoringForm(PlanForm):
    """One goal's, or the year's, way of scoring; every figure is optional and read as typed."""

    method = SelectField(_l("计分方式"))
    not_applicable = SelectField(
        _l("目标不涉及时"),
        choices=choices(
            [(NotApplicable.LEFT_OUT.value, _l("不计")), (NotApplicable.FULL.value, _l("得满分"))]
        ),
    )
    base = StringField(_l("基本分"), [InputRequired(_l("请填写例子的基本分。"))])
    target = StringField(_l("目标值"), [InputRequired(_l("请填写例子的目标值。"))])
    done = StringField(_l("完成值"), [InputRequired(_l("请填写例子的完成值。"))])
    due_on = DateField(_l("完成时限"), [InputRequired(_l("请填写例子的完成时限。"))])
    completed_on = DateField(_l("完成日期"), [Optional()], description=_l("没有完成就留空，算到12月31日"))

    def offer(self, *methods: tuple[str, object]) -> "ScoringForm":
        """Fill the list of ways."""
        self.method.choices = choices(methods)
        return self

    def rule(self) -> RuleText:
        """Return what is typed as 计分方式 and 计分参数, whether it can be read or not."""
        parts = [
            f"{name}={self[field].data.strip()}" for name, field in AMOUNTS.items() if _is_filled(self, field)
        ]
        rows = [
            f"{(self[start].data or '').strip()}:{(self[points].data or '').strip()}"
            for start, points in STEP_FIELDS
            if _is_filled(self, start) or _is_filled(self, points)
        ]
        if rows:
            parts.insert(0, f"档={','.join(rows)}")
        if self.not_applicable.data == NotApplicable.FULL.value:
            parts.append("不涉及=满分")
        return METHOD_LABELS[Method(self.method.data)], "；".join(parts)


STEP_FIELDS = tuple((f"from_{row}", f"points_{row}") for row in range(STEP_ROWS))
_short = Length(max=MAX_TYPED, message=_l("数字太长，请改短。"))
for _name, _field in AMOUNTS.items():
    setattr(ScoringForm, _field, StringField(_name, [Optional(), _short], description=NOTES[_field]))
for _row, (_start, _points) in enumerate(STEP_FIELDS, 1):
    setattr(ScoringForm, _start, StringField(f"第{_row}档：完成值达到", [Optional(), _short]))
    setattr(ScoringForm, _points, StringField(f"第{_row}档：得分", [Optional(), _short]))


def _is_filled(form: BaseForm, name: str) -> bool:
    return bool((form[name].data or "").strip())


def method_choices(methods: Iterable[Method]) -> list[tuple[str, object]]:
    """Return ways of scoring for a list to choose from."""
    return [(method.value, method.label) for method in methods]


def typed_rule(rule: RuleText) -> dict[str, Any]:
    """Return a stored rule as the form shows it; one that cannot be read starts as 按比例.

    Refuses one with more steps than the form has rows (DomainError): saving would lose them.
    """
    try:
        read = parse_rule(*rule)
    except ScoringError:
        return {"method": Method.PROPORTIONAL.value}
    if len(read.steps) > STEP_ROWS:
        raise DomainError(
            _(
                "这条计分方式有%(count)s档，页面最多填%(most)s档，不能在这里修改。",
                count=len(read.steps),
                most=STEP_ROWS,
            )
        )
    data: dict[str, Any] = {"method": read.method.value, "not_applicable": read.not_applicable.value}
    for field in AMOUNTS.values():
        amount: Decimal | None = getattr(read, field)
        data[field] = "" if amount is None else plain(amount)
    for (start, points), step in zip(STEP_FIELDS, read.steps, strict=False):
        data |= {start: plain(step.threshold), points: plain(step.points)}
    return data


def example_data(
    due_on: date,
    base: Decimal = EXAMPLE_POINTS,
    target: Decimal = EXAMPLE_TARGET,
    done: Decimal = EXAMPLE_DONE,
) -> dict[str, Any]:
    """Return the example a form starts with: completed on the day it was due."""
    figures = {"base": plain(base), "target": plain(target), "done": plain(done)}
    return {**figures, "due_on": due_on, "completed_on": due_on}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the example earns, line by line; *problem* says what cannot be read."""

    rule: str
    lines: tuple[Line, ...]
    points: str
    problem: str


def example(
    form: ScoringForm, *, rule: RuleText, year: int, settings: Settings, calendar: WorkCalendar
) -> Outcome:
    """Return what the example of *form* earns by *rule*."""
    told = "；".join(part for part in rule if part)
    figures = {name: _figure(form, name) for name in ("base", "target", "done")}
    wrong = [str(form[name].label.text) for name, figure in figures.items() if figure is None]
    if wrong or form.due_on.data is None:
        names = "、".join([*wrong, *([] if form.due_on.data else [str(form.due_on.label.text)])])
        return Outcome(told, (), "—", _("例子里的%(names)s没有填对。", names=names))
    try:
        read = parse_rule(*rule)
    except ScoringError as error:
        return Outcome(told, (), "—", str(error))
    facts = GoalFacts(
        base=figures["base"] or Decimal(0),
        target=figures["target"] or Decimal(0),
        due_on=form.due_on.data,
        done=figures["done"] or Decimal(0),
        completed_on=form.completed_on.data,
    )
    if read.method is not Method.ASSESSOR and facts.target == 0:
        return Outcome(told, (), "—", _("例子里的目标值应大于0。"))
    score = score_goal(read, facts, year=year, settings=settings, calendar=calendar)
    if score.points is None:
        return Outcome(told, (), "—", _("由评定人给分，0到%(base)s分，并写明理由。", base=plain(facts.base)))
    return Outcome(told, lines_of(score.steps), plain(score.points), "")


def _figure(form: ScoringForm, name: str) -> Decimal | None:
    try:
        value = Decimal((form[name].data or "").strip()[:MAX_TYPED])
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value <= MAX_FIGURE else None


def is_typed(args: Mapping[str, str]) -> bool:
    """Tell whether an address carries the fields of the form."""
    return "method" in args and "base" in args
