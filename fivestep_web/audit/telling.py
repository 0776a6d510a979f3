"""What the log's page tells of an entry: its own facts, and some of the whole row it carries, pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

ROWS: Final = frozenset({"row", "goal_rows", "item_rows", "approval_row", "signature_row"})
OF_ROW: Final[Mapping[str, tuple[str, ...]]] = {
    "change": ("letter_id", "kind", "effective_on", "successor_id", "reason", "decision_note"),
    "mandate": ("deputy_id", "valid_from", "valid_to", "reason"),
}
OWN_NUMBER: Final = frozenset({"change"})
MILESTONE: Final = "milestone "


def facts(subject: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts to tell; whole rows, kept for verifying, only as far as they say what was done."""
    kind, row = subject.partition(":")[0], detail.get("row") or {}
    told = {name: row[name] for name in OF_ROW.get(kind, ()) if row.get(name)}
    told |= {name: value for name, value in detail.items() if name not in ROWS}
    if "letter_id" in told:
        told.pop("number", None)  # the same letter's
    if "valid_to" in told:
        told["span"] = f"{told.pop('valid_from')} 至 {told.pop('valid_to')}"
    if detail.get("item_rows"):
        told["changes"] = _by_goal(detail["item_rows"])
    return told


def number(subject: str, detail: Mapping[str, Any]) -> str:
    """Return the number a thing bears on paper, 变〔2026〕1号; empty where its entry does not say."""
    return str((detail.get("row") or {}).get("number", "")) if subject.partition(":")[0] in OWN_NUMBER else ""


def _by_goal(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each goal its fields, each with what it was and what it is to be."""
    goals: dict[int, dict[str, Any]] = {}
    for item in items:
        goal = goals.setdefault(item["goal_id"], {"goal_id": item["goal_id"]})
        goal[_called(item["field"])] = [item["before"], item["after"]]
    return list(goals.values())


def _called(field: str) -> str:
    return f"第{field.removeprefix(MILESTONE)}个阶段的时限" if field.startswith(MILESTONE) else field
