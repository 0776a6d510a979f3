"""Payload of a person's achievement file."""

from typing import Any

_RESULT = {"document": "青组通〔2026〕13号", "archive_class": "考核鉴定类"}
_BULLETIN = {"document": "青组通〔2026〕4号", "archive_class": "其他类"}
_REVIEW = {"document": "青组通〔2026〕8号", "archive_class": "其他类"}


def achievement_file() -> dict[str, Any]:
    """Return the own fields of C15 in the export of somebody who may not read admonitions."""
    return {
        "title": "干部实绩考核档案",
        "number": None,
        "document_date": "2026年12月31日",
        "created": "2026-12-31T02:00:00Z",
        "person": "张某甲",
        "position": "科长",
        "unit": "干部科",
        "establishment": "公务员",
        "file_number": "实绩档2026007",
        "period": "2025年至2026年",
        "as_of_date": "2026年12月31日",
        "compiled_by": "公务员科科长",
        "positions": [
            _position("2021年3月1日", "2024年6月30日", "组织科", "干部"),
            _position("2024年7月1日", None, "干部科", "科长"),
        ],
        "annual_results": [_year("2025"), _year("2026")],
        "goal_years": [
            {"year": "2025", "goals": [_goal(1), _goal(2)], "source": _RESULT},
            {"year": "2026", "goals": [_goal(1), _goal(2), _goal(3)], "source": _RESULT},
        ],
        "visible_achievements": [
            _entry("2026年6月", "年轻干部递进培养60人全部结业，经验做法在全市交流", _RESULT)
        ],
        "latent_achievements": [_entry("2026年", "建立年轻干部成长档案，为以后选拔打基础", _RESULT)],
        "daily_records": [
            _entry("2026年3月", "到期目标2项，全部按期完成", _BULLETIN),
            _entry("2026年6月30日", "肯定成绩：进度快；指出不足：档案不够细", _REVIEW),
        ],
        "rewards": [],
        "admonitions": None,
        "letters": [
            {
                "name": "干部科2026年度工作目标责任书",
                "letter_number": "责〔2026〕Z3号",
                "signed_on": "2026年1月20日",
                "content_hash": "0123456789abcdef" * 4,
                "archive_class": "考核鉴定类",
            }
        ],
        "own_opinion": None,
    }


def admonition_entry() -> dict[str, Any]:
    """Return a row of the section that only those entitled get."""
    return {
        "date": "2026年12月28日",
        "content": "诫勉谈话：年度总分58.20，较差",
        "effect_period": "2026年12月28日—2027年6月28日",
        "source": {"document": "诫勉〔2026〕1号", "archive_class": "违规违纪违法处理处分类"},
    }


def _position(start: str, end: str | None, unit: str, position: str) -> dict[str, Any]:
    return {
        "start_date": start,
        "end_date": end,
        "unit": unit,
        "position": position,
        "establishment": "公务员",
        "source": {"document": "任职通知", "archive_class": "工资、任免类"},
    }


def _year(year: str) -> dict[str, Any]:
    return {
        "year": year,
        "goal_count": "3",
        "completion_rate": "94.00%",
        "unit_score": "89.85",
        "unit_rank": "2",
        "personal_score": "91.93",
        "grade": "称职",
        "note": "无",
        "source": _RESULT,
    }


def _goal(number: int) -> dict[str, Any]:
    return {
        "sequence": number,
        "goal": f"年轻干部递进培养第{number}项",
        "standard": "培养60人，选派20人到乡镇任职，资料齐全",
        "deadline": "2026年11月30日",
        "completion": "全部完成",
        "completed_on": "2026年11月20日",
    }


def _entry(when: str, content: str, source: dict[str, str]) -> dict[str, Any]:
    return {"when": when, "content": content, "source": source}
