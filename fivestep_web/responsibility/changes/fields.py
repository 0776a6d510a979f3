"""The fields of a goal that a change order can change, and how the order spells their values, pure.

A value is spelled as text: figures and dates in full (25, 2026-11-30), people by their staff code, none as
the empty text. The due day of a phase is the field "milestone 3" of its goal.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

TEXTS = {
    "name": "名称",
    "completion_standard": "完成标准",
    "indicator": "指标",
    "measure_unit": "计量单位",
    "deliverable": "交付成果",
    "acceptance": "验收条件",
    "measures": "工作措施",
}
FIGURES = {"baseline": "基数", "target": "目标值", "points": "基本分（权重）"}
DATES = {"starts_on": "开始日期", "deadline": "完成时限"}
PEOPLE = {"person_id": "责任人", "leader_id": "主管领导"}
TAKEN_IN = "taken_in"  # not a fact of the goal: the letter went out without it
LABELS = {TAKEN_IN: "列入责任书", **TEXTS, **FIGURES, **DATES, **PEOPLE}
OPTIONAL = frozenset(
    {
        "indicator",
        "measure_unit",
        "deliverable",
        "acceptance",
        "measures",
        "baseline",
        "target",
        "starts_on",
        "leader_id",
    }
)
MILESTONE = "milestone "
# what a goal is judged by: not to be changed any more once it fell due (domain.md R5.7)
JUDGED = frozenset(
    {"completion_standard", "target", "deadline", "deliverable", "acceptance", "points", TAKEN_IN}
)


def label_of(field: str) -> str:
    """Return what a field is called: 完成时限, 第2个阶段的时限."""
    if field.startswith(MILESTONE):
        return f"第{field.removeprefix(MILESTONE)}个阶段的时限"
    return LABELS[field]


def milestone_field(sequence: int) -> str:
    """Return the field that is the due day of a goal's phase."""
    return f"{MILESTONE}{sequence}"


def spell(value: str | Decimal | date | None) -> str:
    """Return *value* as an order writes it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize() + Decimal(0), "f")
    return value.isoformat() if isinstance(value, date) else value.replace("\r\n", "\n").strip()


def value_of(field: str, text: str, people: Mapping[str, Any]) -> Any:
    """Return what *text* stands for in *field*; *people* by their staff codes.

    Raises ValueError or KeyError for what is no such value.
    """
    if field in TEXTS:
        return text
    if not text and field in OPTIONAL:
        return None
    if field in FIGURES:
        return Decimal(text)
    return people[text] if field in PEOPLE else date.fromisoformat(text)
