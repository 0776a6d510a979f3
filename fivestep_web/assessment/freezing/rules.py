"""What differs between two results of a year, in words; pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from fivestep_web.assessment.score_settings import Group

YEAR_LABELS = {"rule_version": "规则版本", "weights": "四组权重", "shares": "占比"}
UNIT_LABELS = {
    "name": "名称",
    "category": "类别",
    "total": "总分",
    "rank": "位次",
    "evaluation_score": "四组评价",
    "completion_score": "完成情况",
    "daily_score": "日常考核",
    "bonus": "加分",
    "deduction": "扣分",
    "vetoed": "一票否决",
    "problems": "说明",
}
SHARED = {"completion": "completion_score", "daily": "daily_score"}
GROUP_LABELS = {"result": "结果", "ballots": "评价数", "valid": "有效数"}


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each unit whose figures differ, and one for what differs of the whole year.

    Both have *result* (export.as_json) and *exact*, the unrounded figures by unit and name. The figure of a
    part whose share is 0 makes no total and may go on changing.
    """
    old, new = _counted(before["result"]), _counted(now["result"])
    if (old, before["exact"]) == (new, now["exact"]):
        return []
    found = [
        f"{label}{_change(old.get(name), new.get(name))}"
        for name, label in YEAR_LABELS.items()
        if old.get(name) != new.get(name)
    ]
    units, others = ({unit["code"]: unit for unit in each["units"]} for each in (old, new))
    for code in sorted(units.keys() | others.keys()):
        if code not in others:
            found.append(f"{units[code]['name']}：不再参评")
        elif code not in units:
            found.append(f"{others[code]['name']}：原来没有参评")
        else:
            exact = before["exact"].get(code, {}), now["exact"].get(code, {})
            parts = [*_unit(units[code], others[code]), *_unrounded(units[code], others[code], *exact)]
            if parts:
                found.append(f"{others[code]['name']}：{'、'.join(parts)}")
    return found or ["结果的内容"]


def _counted(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result without the figures of parts whose share is 0."""
    idle = {name for part, name in SHARED.items() if result["shares"].get(part) == "0"}
    units = [{name: value for name, value in unit.items() if name not in idle} for unit in result["units"]]
    return {**result, "units": units}


def _unit(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name, label in UNIT_LABELS.items():
        if old.get(name) != new.get(name):
            yield f"{label}{_change(old.get(name), new.get(name))}"
    for group in Group:
        was, is_now = old["groups"][group.value], new["groups"][group.value]
        for name, label in GROUP_LABELS.items():
            if was.get(name) != is_now.get(name):
                yield f"{group.label}{label}{_change(was.get(name), is_now.get(name))}"


def _unrounded(
    old: Mapping[str, Any], new: Mapping[str, Any], was: Mapping[str, Any], is_now: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what differs only behind the last printed digit."""
    for group in Group:
        is_printed = old["groups"][group.value] != new["groups"][group.value]
        if not is_printed and was.get(group.value) != is_now.get(group.value):
            yield f"{group.label}结果（舍入以前）"
    if old.get("total") == new.get("total") and was.get("total") != is_now.get("total"):
        yield "总分（舍入以前）"


def _change(old: object, new: object) -> str:
    plain = all(value is None or isinstance(value, str | int) for value in (old, new))
    if not plain or isinstance(old, bool) or isinstance(new, bool):
        return ""
    return f"由{_written(old)}变为{_written(new)}"


def _written(value: object) -> str:
    return "无" if value is None else str(value)
