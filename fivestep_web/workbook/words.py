"""How a preview writes what the database keeps as ids and identifiers: as the workbook writes it."""

import enum
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from fivestep_web.topics.rules import STATE_LABELS
from fivestep_web.workbook.columns import (
    ADJUSTMENTS,
    BY_NAME,
    ESTABLISHMENTS,
    NOT_APPLICABLE,
    ROLES,
    TIERS,
    UNIT_KINDS,
)

EMPTY = "空"
CATEGORY = "课题类别"
# The headings of codes: 上级单位编码 refers to the sheet 单位, and so on.
REFERENCES: Mapping[tuple[str, str], str] = {
    (sheet.name, column.heading): column.refers
    for sheet in BY_NAME.values()
    for column in sheet.columns
    if column.refers
} | {("课题", "类别"): CATEGORY}
LABELS: Mapping[str, str] = {
    value: label
    for labels in (UNIT_KINDS, ESTABLISHMENTS, TIERS, ADJUSTMENTS)
    for label, value in labels.items()
} | {state.value: label for state, label in STATE_LABELS.items()}


class Words:
    """Knows the code behind each id."""

    def __init__(self) -> None:
        self._codes: dict[str, dict[int, str]] = {}

    def learn(self, sheet: str, codes: Iterable[tuple[int, str]]) -> None:
        """Remember the codes of what the sheet named *sheet* declares."""
        self._codes.setdefault(sheet, {}).update(codes)

    def shown(self, sheet: str, heading: str, value: Any) -> str:
        """Return *value* as the cell under *heading* would hold it; 空 for an empty one."""
        if (sheet, heading) == ("进展", "累计完成值") and value is None:
            return NOT_APPLICABLE
        if value is None or value == "":
            return EMPTY
        refers = REFERENCES.get((sheet, heading))
        if refers and isinstance(value, int):
            return self._codes.get(refers, {}).get(value, str(value))
        return plain(value)


def plain(value: Any) -> str:
    """Return a number, day, yes or no, or member of a closed list as a workbook writes it."""
    match value:
        case bool():
            return "是" if value else "否"
        case Decimal():
            return format(value.normalize() + 0, "f")
        case date():
            return value.isoformat()
        case enum.StrEnum():
            return LABELS.get(value.value, value.value)
    return str(value)


def roles_shown(roles: Iterable[str]) -> str:
    """Return role codes as the column 角色 writes them; ORG, which has two names, as the first of them."""
    held = set(roles)
    names: dict[str, str] = {}
    for name, code in ROLES.items():
        names.setdefault(code, name)
    return "、".join(name for code, name in names.items() if code in held)
