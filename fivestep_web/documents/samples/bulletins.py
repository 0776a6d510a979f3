"""Payloads of C07, C08 and C18, in the manner of the demo county."""

from typing import Any

from fivestep_web.documents.values import percentage

IDLE = 4  # place of the unit that has no goals due
SIGNALS = {"red": "▲ 红", "yellow": "◆ 黄", "green": "■ 绿"}


def monthly_bulletin(
    letterhead: dict[str, Any], sections: tuple[str, ...], townships: tuple[str, ...]
) -> dict[str, Any]:
    """Return the own fields of C07 for July, a section without goals due among the units."""
    blocks = [_block("部机关科室", sections), _block("乡镇", townships)]
    total = _sum([block["total"] for block in blocks])
    return {
        "title": "关于2026年7月份课题工作目标完成情况的通报",
        "number": "青组通〔2026〕8号",
        "document_date": "2026年8月5日",
        "letterhead": letterhead | {"number_blank": "青组通〔2026〕  号", "printing_date": "2026年8月6日"},
        "month": 7,
        "start_date": "2026年1月1日",
        "as_of_date": "2026年7月31日",
        "blocks": blocks,
        "total": total,
        "on_time": total["done"] - 2,
        "yellow": total["lagging"] - 1,
        "red": total["overdue"] + 1,
        "change": "提高2.3个百分点",
        "key_topics": [
            {"topic": "年轻干部递进培养", "progress": "第二期培训班已结业，累计培训42名"},
            {"topic": "后进村党组织整顿提升", "progress": "30个村整顿方案全部审定，11个村通过验收。"},
        ],
        "praised_units": [
            {"unit": "城关镇", "facts": "到期5项，全部按期完成"},
            {"unit": "南桥镇", "facts": "到期4项，全部按期完成，资料齐全"},
        ],
        "late_goals": [
            {
                "unit": "石桥乡",
                "goal": "村级活动场所规范使用",
                "workdays_behind": 6,
                "reason": "2个村的场所正在维修，检查推迟",
            },
            {"unit": "白塔乡", "goal": "党员冬训与远程教育", "workdays_behind": 9, "reason": None},
        ],
        "consultation": {"date": "2026年7月20日", "raised": 5, "solved": 4},
        "notices_sent": 9,
        "notices_answered": 8,
        "requirements": ["滞后单位要在8月7日前报送整改计划，明确补进度的措施和时限。"],
    }


def _block(name: str, units: tuple[str, ...]) -> dict[str, Any]:
    rows = []
    for sequence, unit in enumerate(units, 1):
        due = sequence % 5 + (sequence > 1) if sequence != IDLE else 0
        late = int((sequence + 1) % 4 == 0 and due > 0)
        overdue = int(sequence % 6 == 0)
        figures = _standing(due, due - overdue, late, overdue)
        signal = SIGNALS["red" if overdue else "yellow" if late else "green"]
        rows.append(
            {"sequence": sequence, "unit": unit, "unit_code": f"U{sequence}", "signal": signal, **figures}
        )
    return {"block": name, "rows": rows, "total": _sum(rows)}


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return _standing(*(sum(row[name] for row in rows) for name in ("due", "done", "lagging", "overdue")))


def _standing(due: int, done: int, lagging: int, overdue: int) -> dict[str, Any]:
    rate = percentage(done, due)
    return {"due": due, "done": done, "rate": rate, "lagging": lagging, "overdue": overdue}


def quarterly_review(letterhead: dict[str, Any], units: tuple[str, ...]) -> dict[str, Any]:
    """Return the own fields of C08 for the second quarter."""
    return {
        "title": "关于2026年第二季度重点工作进展点评情况的通报",
        "number": "青组通〔2026〕7号",
        "document_date": "2026年7月8日",
        "letterhead": letterhead | {"number_blank": "青组通〔2026〕  号", "printing_date": "2026年7月9日"},
        "quarter": "二",
        "meeting": {
            "date": "2026年7月3日",
            "place": "县委组织部三楼会议室",
            "chair": "常务副部长",
            "leaders": ["部长", "副部长（组织）", "副部长（干部）"],
            "unit_count": len(units),
        },
        "standing": _standing(46, 41, 4, 2),
        "overview": ["各单位围绕年度要点推进，重点课题进展总体平稳，少数单位阶段性目标没有按期完成。"],
        "units": [_review(unit, several=not index) for index, unit in enumerate(units)],
        "stage_evaluations": [
            {
                "topic": topic,
                "lead_unit": unit,
                "running": "好",
                "results": "较好",
                "opinion": opinion,
            }
            for topic, unit, opinion in (
                ("年轻干部递进培养", "干部科", "好"),
                ("后进村党组织整顿提升", "组织科", "较好"),
                ("本土人才回引", "人才工作科", "待评估"),
            )
        ],
        "corrective_orders": [
            {
                "sequence": sequence,
                "unit": unit,
                "measure": measure,
                "owner": "沙某甲",
                "deadline": "2026年7月31日",
            }
            for sequence, (unit, measure) in enumerate(
                (
                    (units[1], "补齐走访记录，逐村核对问题清单"),
                    (units[1], "按周报送进展"),
                    (units[2], "调整分工，明确每项目标责任人"),
                ),
                1,
            )
        ],
        "next_quarter": ["抓好后进村整顿验收、年轻干部第三期培训班和档案专项审核收尾工作。"],
    }


def _review(unit: str, *, several: bool) -> dict[str, Any]:
    remarks = [
        {
            "leader": "副部长（组织）",
            "affirmed": "任务分解细，节点推进快，资料规范",
            "shortcomings": "对基层反映的问题答复不够及时",
        }
    ]
    if several:
        remarks.append({"leader": "部长", "affirmed": "重点课题有突破", "shortcomings": "无"})
    return {
        "unit": unit,
        "report": "本季度到期目标3项，完成3项；组织业务培训2期，走访村党组织12个",
        "remarks": remarks,
    }


def publicity_notice() -> dict[str, Any]:
    """Return the own fields of C18 before a commendation."""
    units = ("干部科", "办公室", "城关镇党委", "南桥镇党委")
    persons = (("丁某甲", "组织科干部"), ("王某甲", "城关镇组织委员"), ("李某甲", "北屯镇党建办主任"))
    return {
        "title": "公示",
        "number": None,
        "document_date": "2026年12月14日",
        "subject": "2026年度组织工作拟表彰对象",
        "basis": "县委批准的《2026年度组织工作表彰方案》",
        "procedure": "年度实绩考核、征求意见和部务会议研究",
        "outcome_head": "拟表彰类别",
        "units": [
            {"sequence": index, "unit": unit, "outcome": "组织工作先进集体"}
            for index, unit in enumerate(units, 1)
        ],
        "persons": [
            {"sequence": index, "name": name, "unit_and_position": position, "outcome": "先进个人"}
            for index, (name, position) in enumerate(persons, 1)
        ],
        "start_date": "2026年12月15日",
        "end_date": "2026年12月21日",
        "workday_count": 5,
        "receiver": "中共青禾县委组织部干部监督科",
        "address": "青禾县振兴路1号县委大楼305室",
        "telephone": "0000-12380（示例）",
    }
