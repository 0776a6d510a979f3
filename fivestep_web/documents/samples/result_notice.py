"""Payload of the notice that tells a person the own result of the year."""

from typing import Any

_GOALS = (
    ("年轻干部递进培养", "培养60人，选派20人到乡镇任职", "2026年11月30日", "已完成"),
    ("干部档案专项审核", "审核档案320卷，问题逐卷整改", "2026年9月10日", "已完成"),
    ("干部教育培训", "举办培训班4期，参训400人次", "2026年12月20日", "完成3期，目标4期"),
)


def personal_result_notice() -> dict[str, Any]:
    """Return the own fields of C09's notice to a member of a section, before the grade is decided."""
    return {
        "title": "张某甲同志2026年度考核结果通知",
        "number": None,
        "document_date": "2026年12月22日",
        "created": "2026-12-22T02:00:00Z",
        "recipient": "张某甲",
        "unit_and_position": "干部科干部",
        "unit": "干部科",
        "series": "科室",
        "unit_count": 8,
        "total_score": "89.85",
        "rank": "2",
        "own_score": "94.00",
        "personal_score": "91.93",
        "grade": None,
        "figure_note": "个人得分＝单位总分×50%＋本人完成得分×50%，供评定等次参考。",
        "completed_count": 2,
        "goals": [
            {
                "sequence": sequence,
                "goal": goal,
                "standard": standard,
                "deadline": deadline,
                "completion": completion,
            }
            for sequence, (goal, standard, deadline, completion) in enumerate(_GOALS, 1)
        ],
        "objection_end_date": "2027年1月21日",
        "receiver": "干部监督科",
    }
