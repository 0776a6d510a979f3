"""Payloads of C01 and C02, in the manner of the demo county."""

from typing import Any

CATEGORIES: tuple[tuple[Any, ...], ...] = (
    (
        "加强领导班子和干部队伍建设",
        "领导班子和干部队伍建设",
        (
            (
                "乡镇领导班子运行评估与优化",
                "完成14个乡镇领导班子运行评估，形成评估报告14份",
                "逐乡镇走访谈话，综合分析班子结构和运行情况，提出优化建议",
                "干部科",
                ["干部监督科"],
                "2026年9月30日",
                "重点",
            ),
            (
                "年轻干部递进培养",
                "培训年轻干部60名，选派20名到乡镇任职",
                "建立递进培养名册，分三期举办培训班，落实导师帮带。",
                "干部科",
                [],
                "2026年11月30日",
                "重点",
            ),
        ),
    ),
    (
        "深化干部人事制度改革",
        "干部人事制度改革",
        (
            (
                "干部选任全程纪实",
                "干部选拔任用全程纪实率100%",
                "统一纪实格式，按环节建档，每季度抽查一次",
                "干部监督科",
                ["干部科"],
                "2026年6月30日",
                "常规",
            ),
        ),
    ),
    (
        "加强基层党组织建设",
        "基层党组织建设",
        (
            (
                "后进村党组织整顿提升",
                "整顿提升后进村党组织30个，逐村验收",
                "一村一策制定方案，县级领导包联，驻村工作组入村指导",
                "组织科",
                ["党员教育中心", "各乡镇党委"],
                "2026年10月31日",
                "重点",
            ),
        ),
    ),
    (
        "加强人才队伍建设",
        "人才队伍建设",
        (
            (
                "本土人才回引",
                "回引本土人才100名",
                "建立在外人才信息库，逐人联系对接，落实扶持政策",
                "人才工作科",
                [],
                "2026年11月30日",
                "特色",
            ),
        ),
    ),
    (
        "加强组织部门自身建设",
        "组织部门自身建设",
        (
            (
                "干部人事档案专项审核",
                "审核档案1200卷，问题全部整改",
                "集中人员逐卷审核，建立问题台账，逐项核实认定",
                "干部档案信息中心",
                [],
                "2026年9月30日",
                "常规",
            ),
        ),
    ),
)
OPENING = (
    "2026年全县组织工作的总体要求是：围绕县委中心工作，聚焦主责主业，按照定课题、明责任、抓推进、"
    "建台账、严考核的要求，推动组织工作提质增效，为全县高质量发展提供坚强组织保证。"
)
FIELDS = ("topic", "goals", "measures", "lead_unit", "assisting_units", "deadline", "tier")


def research_report() -> dict[str, Any]:
    """Return the own fields of C01, with all ways of fieldwork."""
    return {
        "title": "关于乡镇领导班子运行评估与优化的调研报告",
        "number": None,
        "document_date": "2025年12月22日",
        "topic": "乡镇领导班子运行评估与优化",
        "team_unit": "干部科调研组",
        "team_leader": "廖某甲",
        "members": ["谭某甲", "马某乙", "沙某甲"],
        "start_date": "2025年11月10日",
        "end_date": "2025年12月19日",
        "fieldwork": {
            "visit_count": 3,
            "meeting_count": 2,
            "participant_count": 46,
            "other_count": 1,
            "issued_count": 200,
            "returned_count": 188,
            "valid_count": 182,
        },
        "situation": [
            "全县14个乡镇领导班子总体结构合理、运行平稳，重点工作由党政主要负责人牵头推进。",
            "各乡镇普遍建立了班子议事规则和分工协作机制，重点工作由党政主要负责人牵头推进。",
        ],
        "key_points": ["建立统一的班子运行评估指标，评估结果与调整配备衔接。"],
        "difficulties": ["部分乡镇班子成员任职时间短，评估所需的日常资料积累不够。"],
        "causes": [
            "日常了解以年底集中考核为主，平时掌握的情况少。",
            "评估结果运用不够，缺少跟踪改进的办法。",
        ],
        "goals": ["2026年9月底前完成14个乡镇领导班子运行评估，形成评估报告14份。"],
        "measures": [
            "制定评估办法，明确评估内容、程序和结果运用。",
            "组建评估组，逐乡镇开展谈话、座谈和资料核查。",
            "逐乡镇反馈评估意见，跟踪改进情况。",
        ],
        "plan": [
            {"sequence": index, "phase": phase, "content": content, "period": period, "owner": "廖某甲"}
            for index, (phase, content, period) in enumerate(
                (
                    ("制定办法", "起草评估办法，征求乡镇意见", "1月4日—3月7日"),
                    ("组织实施", "分三批完成14个乡镇的评估", "3月9日—8月31日"),
                    ("总结验收", "汇总评估情况，形成报告", "9月1日—9月30日"),
                ),
                1,
            )
        ],
        "records": [
            {
                "sequence": index,
                "form": form,
                "day": f"2025年11月{10 + index}日",
                "place": place,
                "participants": "乡镇班子成员、村党组织书记",
                "participant_count": count,
                "summary": "班子分工、议事决策和重点工作推进情况",
            }
            for index, (form, place, count) in enumerate(
                (
                    ("走访", "城关镇", 6),
                    ("走访", "南桥镇", 5),
                    ("座谈", "北屯镇政府会议室", 24),
                    ("座谈", "县委组织部三楼会议室", 22),
                    ("走访", "柳林镇", 4),
                    ("其他", "县档案馆", 2),
                ),
                1,
            )
        ],
        "questionnaires": [
            {
                "name": "乡镇领导班子运行情况调查问卷",
                "issued_count": 200,
                "returned_count": 188,
                "valid_count": 182,
                "questions": [
                    {
                        "sequence": index,
                        "question": question,
                        "answers": [
                            {"answer": answer, "count": count, "share": share}
                            for answer, count, share in (
                                ("好", 89, "48.9%"),
                                ("较好", 71, "39.0%"),
                                ("一般", 18, "9.9%"),
                                ("较差", 4, "2.2%"),
                            )
                        ],
                    }
                    for index, question in enumerate(
                        ("您对本乡镇领导班子团结协作情况的评价", "您对本乡镇领导班子推动落实能力的评价"), 1
                    )
                ],
            }
        ],
    }


def annual_work_priorities(letterhead: dict[str, Any]) -> dict[str, Any]:
    """Return the own fields of C02."""
    sequence = 0
    categories = []
    for heading, category, rows in CATEGORIES:
        topics = []
        for row in rows:
            sequence += 1
            topics.append({"sequence": sequence, **dict(zip(FIELDS, row, strict=True))})
        categories.append({"heading": heading, "category": category, "topics": topics})
    return {
        "title": "关于印发《2026年组织工作要点》的通知",
        "number": "青组发〔2026〕1号",
        "letterhead": letterhead,
        "opening": [
            OPENING,
        ],
        "categories": categories,
        "assurance": [
            "各牵头单位要在1月底前签订目标责任书，把课题目标分解到岗到人，倒排工期，按节点推进。",
            "各项课题纳入督查台账，实行月通报、季点评，年底对照完成标准进行考核。",
        ],
    }
