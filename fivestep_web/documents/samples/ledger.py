"""Payload of the ledger as a booklet."""

from typing import Any

_TOPICS = (
    ("乡镇领导班子运行评估与优化", "干部科", "副部长（干部）", "重点"),
    ("年轻干部递进培养", "干部科", "副部长（干部）", "重点"),
    ("后进村党组织整顿提升", "组织科", "副部长（组织）", "重点"),
    ("党员冬训与远程教育", "党员教育中心", "副部长（组织）", "常规"),
    ("本土人才回引", "人才工作科", "部务委员", "特色"),
)
_SIGNALS = (
    ("▲", "红", "逾期", "overdue_count"),
    ("▲", "红", "严重滞后", "lagging_count"),
    ("◆", "黄", "滞后", "yellow_count"),
    ("●", "蓝", "临期", "blue_count"),
    ("■", "绿", "正常", "green_count"),
    ("□", "灰", "暂缓", "other_count"),
    ("√", "", "已销号", "written_off_count"),
    ("", "", "不亮灯", "other_count"),
)
_COUNTS = (
    "total_count",
    "due_count",
    "completed_count",
    "written_off_count",
    "green_count",
    "blue_count",
    "yellow_count",
    "lagging_count",
    "overdue_count",
    "other_count",
)


def ledger_book() -> dict[str, Any]:
    """Return the own fields of C06 with every signal in it."""
    statistics = [
        {"unit": unit, "counts": _counts(topics)}
        for unit, topics in (("干部科", 2), ("组织科", 1), ("党员教育中心", 1), ("人才工作科", 1))
    ]
    return {
        "title": "2026年组织工作督查台账",
        "number": None,
        "document_date": "2026年9月30日",
        "created": "2026-09-30T08:00:00Z",
        "coverage": "全系统",
        "as_of_date": "2026年9月30日",
        "topics": [_topic(place, *facts) for place, facts in enumerate(_TOPICS)],
        "statistics": statistics,
        "total": _counts(len(_TOPICS)),
    }


def _counts(topics: int) -> dict[str, int]:
    counts = dict.fromkeys(_COUNTS, 0)
    for _shape, _colour, _word, name in _SIGNALS:
        counts[name] += topics
    return counts | {
        "total_count": len(_SIGNALS) * topics,
        "due_count": 3 * topics,
        "completed_count": topics,
    }


def _topic(place: int, topic: str, unit: str, leader: str, tier: str) -> dict[str, Any]:
    opinions = [
        {
            "date": "2026年5月11日",
            "leader": leader,
            "opinion": "对逾期事项逐项列出原因和补救措施，每周报送一次进展。",
            "follow_up": "已列出3项原因，自5月18日起按周报送。",
        },
        {
            "date": "2026年9月28日",
            "leader": "常务副部长",
            "opinion": "第四季度集中力量完成验收准备。",
            "follow_up": None,
        },
    ]
    return {
        "topic": topic,
        "lead_unit": unit,
        "leader_in_charge": leader,
        "tier": tier,
        "entries": [_entry(number, topic, *signal) for number, signal in enumerate(_SIGNALS, 1)],
        "opinions": opinions if place % 2 == 0 else [],
    }


def _entry(number: int, topic: str, shape: str, colour: str, word: str, _name: str) -> dict[str, Any]:
    is_written_off = shape == "√"
    return {
        "sequence": number,
        "work_period": "1月30日—11月30日",
        "goal": f"{topic}第{number}项：按期完成20个，资料齐全，经主管领导验收",
        "measures": "制定方案，分解到人；按月调度，按季点评；建立一事一档，逐项验收销号。" * (1 + number % 2),
        "deadline": "2026年11月30日",
        "responsible_person": "张某甲",
        "state": "已销号" if is_written_off else "推进中",
        "progress": None if not shape else {"figure": "45.00%", "date": "2026年9月25日"},
        "latest_event": "9月25日完成第三批12个乡镇的实地核验" if number % 3 else None,
        "write_off_number": f"销〔2026〕{number}号" if is_written_off else None,
        "signal": {"shape": shape, "colour": colour, "word": word},
    }
