"""The payload of C11, in the manner of the demo county."""

from typing import Any

PERSONS = (
    ("丁某甲", "男", "1985.06", "组织科科长", "分管的后进村整顿课题按期完成，30个村全部通过验收"),
    ("王某甲", "女", "1988.11", "城关镇组织委员", "承担目标5项全部按期完成，做法在全市交流"),
    ("李某甲", "男", "1990.02", "人才工作科科长", "回引本土人才106名，超额完成目标"),
)
DEEDS = (
    "该同志坚持原则，作风扎实，年初承担的目标逐项分解到周，按节点推进，全部按期完成并通过验收。"
    "工作中注重调查研究，走访村党组织120余个，提出的意见建议被采纳12条，所承担课题的做法在全市组织工作会议上作了交流。"
)


def recommendation_list(letterhead: dict[str, Any]) -> dict[str, Any]:
    """Return the own fields of C11, as a request with all four attachments."""
    return {
        "title": "关于推荐2026年度全市组织工作先进个人候选对象的请示",
        "number": "青组字〔2026〕15号",
        "document_date": "2026年12月28日",
        "letterhead": letterhead
        | {
            "number_blank": "青组字〔2026〕  号",
            "main_recipients": "中共青河市委组织部",
            "copy_recipients": None,
            "printing_date": "2026年12月28日",
        },
        "signatory": "林某甲",
        "honour": "2026年度全市组织工作先进个人",
        "basis": "《关于推荐2026年度全市组织工作先进个人的通知》",
        "assessment": "2026年度实绩考核结果",
        "meeting": "12月18日部务会议研究确定推荐名单",
        "candidates": [
            {
                "sequence": index,
                "name": name,
                "sex": sex,
                "birth_month": born,
                "political_status": "中共党员",
                "unit_and_position": position,
                "assessment": f"第{index}位，优秀",
                "main_deeds": deeds,
                "note": "",
                "deeds": DEEDS,
            }
            for index, (name, sex, born, position, deeds) in enumerate(PERSONS, 1)
        ],
        "opinions": [
            {"sequence": index, "organ": organ, "date": "2026年12月16日", "opinion": "同意推荐"}
            for index, organ in enumerate(("县纪委监委机关", "县公安局", "县卫生健康局"), 1)
        ],
        "publicity": {
            "periods": [
                {
                    "candidates": None,
                    "start_date": "2026年12月21日",
                    "end_date": "2026年12月25日",
                    "workday_count": 5,
                }
            ],
            "way": "县委组织部公示栏",
            "objections": "未收到异议",
        },
        "contact": "谭某甲",
        "telephone": "0000-12380（示例）",
    }
