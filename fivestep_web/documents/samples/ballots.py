"""Payloads of the ballot and of its count."""

from typing import Any

_SECTIONS = (
    "办公室",
    "研究室",
    "组织科",
    "党员教育中心",
    "干部科",
    "干部监督科",
    "公务员科",
    "人才工作科（人才办）",
    "干部档案信息中心",
)


def ballot_form() -> dict[str, Any]:
    """Return the own fields of the ballot with which one section scores the others."""
    return {
        "title": "2026年度实绩考核测评票",
        "number": None,
        "document_date": "2026年12月1日",
        "created": "2026-12-01T01:00:00Z",
        "cycle": "2026年度实绩考核",
        "group": "科室互评",
        "series": "部机关科室",
        "choices": [],
        "score_range": "0至100分，最多一位小数",
        "abstention": "弃权",
        "units": [unit for unit in _SECTIONS if unit != "组织科"],
        "own_unit": "组织科",
        "deadline": "2026年12月10日17时",
    }


def choice_ballot(group: str, choices: list[str], abstention: str) -> dict[str, Any]:
    """Return what makes the ballot that of a group which chooses and leaves out no unit."""
    return {
        "group": group,
        "choices": choices,
        "score_range": None,
        "abstention": abstention,
        "units": list(_SECTIONS),
        "own_unit": None,
    }


def tally_sheet() -> dict[str, Any]:
    """Return the own fields of the count of the mass evaluation, one unit with too few lines."""
    counts = [36, 16, 5, 1]
    rows = [
        {
            "unit": unit,
            "counts": counts,
            "rated_count": sum(counts),
            "invalid_count": 0,
            "abstained_count": 0,
            "mean": "89.31",
            "trimmed": [],
        }
        for unit in _SECTIONS
    ]
    few = {"counts": None, "rated_count": 4, "invalid_count": 1, "abstained_count": 53, "mean": "85.00"}
    rows[-1] = rows[-1] | few
    return {
        "title": "2026年度实绩考核计票结果表",
        "number": None,
        "document_date": "2026年12月11日",
        "created": "2026-12-11T03:00:00Z",
        "cycle": "2026年度实绩考核",
        "group": "群众评价",
        "series": "部机关科室",
        "choices": ["优秀", "良好", "一般", "较差"],
        "abstention": "弃权",
        "issued_count": 63,
        "returned_count": 60,
        "invalid_count": 2,
        "valid_count": 58,
        "rows": rows,
        "reason": None,
        "tallied_at": "2026年12月11日10时30分",
    }


def score_tally() -> dict[str, Any]:
    """Return what makes the count that of the peers, who gave scores (domain.md E4)."""
    facts = {"counts": [], "rated_count": 8, "invalid_count": 0, "abstained_count": 0, "mean": "88.67"}
    rows = [facts | {"unit": unit, "trimmed": ["最高、最低各1个"]} for unit in _SECTIONS]
    return {"group": "科室互评", "choices": [], "rows": rows}
