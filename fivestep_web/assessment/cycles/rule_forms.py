"""The form of a plan's rules: one field for each rule, figures as a person writes them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, DecimalField, Field, IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from fivestep_web.assessment.cycles.forms import PlanForm
from fivestep_web.assessment.cycles.rule_fields import FIELDS, FieldKind, RuleField
from fivestep_web.assessment.settings_store import NO, YES
from fivestep_web.core.forms import BaseForm
from fivestep_web.core.rounding import percent, plain

PLACES = 4
MAX_POINTS = 1000
MAX_COUNT = 1000
WHOLE = 100
UNITS = {FieldKind.PERCENT: "%", FieldKind.POINTS: "分"}


class RulesForm(PlanForm):
    """All rules of domain 7.1 that a department may set."""

    def stored(self) -> dict[str, str]:
        """Return what a valid form says, as settings_store reads it."""
        return {item.name: _stored(item, self[item.name].data) for item in FIELDS}


def _figure(form: BaseForm, field: Field) -> None:
    del form
    if _is_sound(field.data) and round(field.data, PLACES) != field.data:
        raise ValidationError(_("%(label)s最多四位小数。", label=field.label.text))


def _is_sound(figure: Decimal | None) -> bool:
    """Tell whether a figure was typed that can be reckoned with."""
    return figure is not None and figure.is_finite() and abs(figure) <= MAX_POINTS


def _fraction(form: BaseForm, field: Field) -> None:
    del form
    if parse_rate(field.data) is None:
        raise ValidationError(_("%(label)s应写成2/3或66.7%%这样的比例。", label=field.label.text))


def _field(item: RuleField) -> Field:
    filled = InputRequired(f"请填写{item.label}。")
    if item.kind is FieldKind.FLAG:
        return BooleanField(item.label, description=item.note)
    if item.kind is FieldKind.RATE:
        return StringField(item.label, [filled, _fraction], description=item.note)
    most = {FieldKind.PERCENT: WHOLE, FieldKind.POINTS: MAX_POINTS, FieldKind.COUNT: MAX_COUNT}[item.kind]
    bounds = NumberRange(0, most, f"{item.label}应为0到{most}之间的数。")
    if item.kind is FieldKind.COUNT:
        return IntegerField(item.label, [filled, bounds], description=item.note)
    return DecimalField(item.label, [filled, bounds, _figure], places=None, description=item.note)


for _item in FIELDS:
    setattr(RulesForm, _item.name, _field(_item))


def parse_rate(text: str | None) -> Fraction | None:
    """Return 2/3, 66.7% or 0.667 as a part of 1; None for what is none."""
    typed = (text or "").strip().replace("％", "%").replace("／", "/")
    whole = WHOLE if typed.endswith("%") else 1
    try:
        rate = Fraction(typed.rstrip("%")[:20]) / whole
    except (ValueError, ZeroDivisionError):
        return None
    return rate if 0 <= rate <= 1 else None


def _stored(item: RuleField, data: Any) -> str:
    match item.kind:
        case FieldKind.FLAG:
            return YES if data else NO
        case FieldKind.RATE:
            return str(parse_rate(data))
        case FieldKind.PERCENT:
            return plain(data / WHOLE, PLACES + 2)
        case FieldKind.POINTS:
            return plain(data, PLACES)
        case FieldKind.COUNT:
            return str(data)


def typed_values(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored rules as the form shows them."""
    return {item.name: _typed(item, str(stored[item.name])) for item in FIELDS}


def _typed(item: RuleField, value: str) -> Any:
    match item.kind:
        case FieldKind.FLAG:
            return value == YES
        case FieldKind.PERCENT:
            return Decimal(plain(Decimal(value) * WHOLE, PLACES))
        case FieldKind.POINTS:
            return Decimal(plain(Decimal(value), PLACES))
        case FieldKind.COUNT:
            return int(value)
        case FieldKind.RATE:
            return value


@dataclass(frozen=True, slots=True)
class SumLine:
    """A sum that must be 100 %: what it is now and what is wrong with it; right where *reason* is empty."""

    label: str
    total: str
    reason: str


def sum_lines(form: RulesForm, parts: Mapping[str, tuple[RuleField, ...]]) -> Iterator[SumLine]:
    """Return each sum as typed so far."""
    for label, items in parts.items():
        typed = [form[item.name].data for item in items]
        if not all(_is_sound(share) for share in typed):
            yield SumLine(label, "—", _("还有没填好的项，填好才能核对"))
            continue
        total = sum(typed, Decimal(0)) / WHOLE
        off = total - 1
        reason = ""
        if off:
            reason = _("多出%(off)s", off=percent(off)) if off > 0 else _("还差%(off)s", off=percent(-off))
            reason += _("，应为100%")
        yield SumLine(label, percent(total), reason)
