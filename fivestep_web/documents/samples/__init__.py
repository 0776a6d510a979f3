"""Sample payloads of every kind, as the demo county has them: templates are tried on them."""

from copy import deepcopy
from typing import Any

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.samples.achievement import achievement_file
from fivestep_web.documents.samples.admonition import admonition_notice, admonition_record
from fivestep_web.documents.samples.ballots import ballot_form, tally_sheet
from fivestep_web.documents.samples.bulletins import monthly_bulletin, publicity_notice, quarterly_review
from fivestep_web.documents.samples.ledger import ledger_book
from fivestep_web.documents.samples.planning import annual_work_priorities, research_report
from fivestep_web.documents.samples.recommendation import recommendation_list
from fivestep_web.documents.samples.result_notice import personal_result_notice
from fivestep_web.documents.samples.supervision import consultation_minutes, inquiry_sheet, supervision_notice

TOPICS = (
    ("年轻干部递进培养", "领导班子和干部队伍建设", "重点", "干部科", "廖某甲"),
    ("“两育一争”活动", "领导班子和干部队伍建设", "特色", "干部科", "廖某甲"),
    ("村级党组织规范化建设", "基层组织建设", "常规", "组织科", "谭某甲"),
)
BEST = 2  # units graded 优秀 in each series
SECTIONS = ("办公室", "研究室", "组织科", "党员教育中心", "干部科", "干部监督科", "公务员科", "人才工作科")
TOWNSHIPS = (
    "城关镇",
    "南桥镇",
    "北屯镇",
    "柳林镇",
    "河口镇",
    "东庄乡",
    "西岭乡",
    "石桥乡",
    "大营乡",
    "白塔乡",
)


def sample_payload(kind: DocumentKind, **changes: Any) -> dict[str, Any]:
    """Return an issued document's payload with *changes* at its top level."""
    return deepcopy(_common() | _OWN[kind]() | changes)


def draft_payload(kind: DocumentKind, **changes: Any) -> dict[str, Any]:
    """Return the payload of a draft without number and date."""
    return sample_payload(
        kind, **{"draft": True, "issued": False, "number": None, "document_date": None, **changes}
    )


def letter_payload(letter_kind: str, **changes: Any) -> dict[str, Any]:
    """Return a letter of one of the four kinds."""
    title, code, issuing, responsible = {
        "department_unit": ("城关镇2026年度组织工作目标责任书", "B", "中共青禾县委组织部", "城关镇党委"),
        "unit_member": ("城关镇2026年度岗位目标责任书", "D", "城关镇党委", "城关镇组织干事"),
        "minister_section_head": ("干部科2026年度工作目标责任书", "Z", "副部长（干部）", "干部科科长"),
        "section_head_staff": ("干部科2026年度岗位目标责任书", "K", "干部科科长", "干部科干部"),
    }[letter_kind]
    payload = sample_payload(DocumentKind.RESPONSIBILITY_LETTER, letter_kind=letter_kind, title=title)
    payload["number"] = f"责〔2026〕{code}1号"
    payload["issuing_side"]["name"], payload["responsible_side"]["name"] = issuing, responsible
    return payload | changes


def _common() -> dict[str, Any]:
    return {
        "year": 2026,
        "county": "青禾县",
        "department": "中共青禾县委组织部",
        "document_date": "2026年1月15日",
        "created": "2026-01-15T08:30:00Z",
        "draft": False,
        "demo": False,
        "issued": True,
        "version": 1,
        "identifier": "document-7",
    }


def _letterhead() -> dict[str, Any]:
    return {
        "agency_mark": "中共青禾县委组织部文件",
        "number_blank": "青组发〔2026〕  号",
        "main_recipients": "各乡镇党委，部机关各科室",
        "copy_recipients": "中共青河市委组织部，县委办公室",
        "printing_agency": "中共青禾县委组织部办公室",
        "printing_date": "2026年1月16日",
    }


def _letter() -> dict[str, Any]:
    goals = [
        {
            "sequence": index,
            "goal": f"{topic[0]}（城关镇第{index}项）",
            "standard": "按期完成20个，资料齐全，经主管领导验收",
            "deadline": "2026年11月28日",
            "weight": "20",
            "responsible_person": "张某甲",
        }
        for index, topic in enumerate((TOPICS * 2)[:5], 1)
    ]
    phases = [
        {
            "sequence": index,
            "phase": name,
            "completion_mark": f"{name}工作完成，形成书面材料并报主管领导",
            "period": period,
            "responsible_person": "张某甲",
        }
        for index, (name, period) in enumerate(
            (("调研部署", "1月4日—3月7日"), ("组织实施", "3月9日—9月10日"), ("验收总结", "9月11日—11月28日")),
            1,
        )
    ]
    return {
        "title": "城关镇2026年度组织工作目标责任书",
        "number": "责〔2026〕B1号",
        "letter_kind": "department_unit",
        "issuing_side": {
            "name": "中共青禾县委组织部",
            "signatory_position": "部长",
            "signatory_name": "林某甲",
            "signature": {
                "position": "部长",
                "signed_at": "2026-01-20 09:30",
                "check_code": "0123456789abcdef",
                "mark_sha256": None,
            },
        },
        "responsible_side": {
            "name": "城关镇党委",
            "signatory_position": "党委书记",
            "signatory_name": "张某甲",
            "signature": None,
        },
        "goals": goals,
        "total_weight": "100",
        "timetable": [{"goal": goal["goal"], "phases": phases} for goal in goals[:3]],
        "letter_version": 1,
        "change_note": None,
        "verification": {
            "serial": "4F7K 2M9P 0QRS 8TVW",
            "address": "http://10.0.0.8:8000/verify",
            "has_qr": True,
        },
    }


def _task_book() -> dict[str, Any]:
    topics = []
    sequence = 0
    for name, category, tier, unit, leader in TOPICS:
        goals = []
        for number in range(1, 9):
            sequence += 1
            goals.append(
                {
                    "sequence": sequence,
                    "category": category,
                    "goal": f"{name}第{number}项",
                    "standard": "按期完成20个，资料齐全，经主管领导验收",
                    "deadline": "2026年9月10日",
                    "responsible_unit": unit,
                    "responsible_person": "张某甲",
                    "leader_in_charge": leader,
                }
            )
        topics.append({"topic": name, "tier": tier, "goals": goals})
    return {
        "title": "关于印发《2026年组织工作任务书》的通知",
        "number": "青组发〔2026〕2号",
        "scope": "system",
        "letterhead": _letterhead(),
        "book_title": "2026年组织工作任务书",
        "as_of_date": "2026年1月15日",
        "goal_count": sequence,
        "topics": topics,
        "compiled_by": "办公室",
        "reviewed_by": "常务副部长",
    }


def _timetable() -> dict[str, Any]:
    spans = (
        ("调研摸底", "1月30日—3月4日", "第5—10周", "3月6日"),
        ("制定方案", "3月5日—3月18日", "第10—12周", "3月20日"),
        ("试点先行", "3月19日—4月23日", "第12—17周", "4月24日"),
        ("总结验收", "6月16日—12月31日", "第25—53周", "12月31日"),
    )
    goals = [
        {
            "sequence": sequence,
            "category": category,
            "goal": f"{name}第{sequence}项",
            "deadline": "2026年12月31日",
            "responsible_unit": unit,
            "responsible_person": "张某甲",
            "leader_in_charge": leader,
            "phases": [
                {
                    "phase": phase,
                    "completion_mark": f"{phase}完成，形成书面材料",
                    "period": period,
                    "weeks": weeks,
                    "week_end": week_end,
                }
                for phase, period, weeks, week_end in spans
            ],
        }
        for sequence, (name, category, _tier, unit, leader) in enumerate(TOPICS * 3, 1)
    ]
    return {
        "title": "关于印发《2026年组织工作时间表》的通知",
        "number": "青组发〔2026〕3号",
        "scope": "system",
        "letterhead": _letterhead(),
        "book_title": "2026年组织工作时间表",
        "as_of_date": "2026年1月15日",
        "goal_count": len(goals),
        "phase_count": len(goals) * len(spans),
        "calendar_note": None,
        "goals": goals,
        "compiled_by": "办公室",
        "reviewed_by": "常务副部长",
    }


def _result(rank: int, unit: str) -> dict[str, str]:
    return {
        "rank": str(rank),
        "unit": unit,
        "social_survey": f"{91 - rank}.48",
        "mass_evaluation": f"{90 - rank}.31",
        "leader_evaluation": f"{92 - rank}.75",
        "peer_evaluation": f"{89 - rank}.67",
        "total_score": f"{90 - rank}.85",
        "completion_rate": f"{96 - rank}.00%",
        "satisfaction_rate": f"{97 - rank}.24%",
        "grade": "优秀" if rank <= BEST else "良好",
    }


def _series(name: str, units: tuple[str, ...]) -> dict[str, Any]:
    return {
        "series": name,
        "unit_count": len(units),
        "grades": [
            {"grade": "优秀", "count": BEST, "units": list(units[:BEST])},
            {"grade": "良好", "count": len(units) - BEST, "units": list(units[BEST:])},
        ],
        "results": [_result(rank, unit) for rank, unit in enumerate(units, 1)],
    }


def _daily(name: str, units: tuple[str, ...]) -> dict[str, Any]:
    remark = "部长肯定：重点任务按节点完成；不足：基层联系点走访偏少"
    months = {f"month_{month}": "100.0%" if month % 3 else "94.7%" for month in range(1, 13)}
    quarters = {f"quarter_{quarter}": remark for quarter in range(1, 5)}
    return {
        "series": name,
        "units": [{"unit": unit, **months, "mean": "98.23", **quarters} for unit in units],
    }


def _assessment() -> dict[str, Any]:
    groups = (("社会调查", 200), ("群众评价", 63), ("领导评价", 6), ("科室互评", 9))
    return {
        "title": "关于2026年度实绩考核结果的通报",
        "number": "青组通〔2026〕13号",
        "letterhead": _letterhead() | {"number_blank": "青组通〔2026〕  号"},
        "cycle": "2026年度实绩考核",
        "period_start": "2026年1月1日",
        "period_end": "2026年12月10日",
        "rules_version": "第1版",
        "validity": [
            {
                "category": name,
                "issued_count": str(issued),
                "returned_count": str(issued - 2),
                "invalid_count": "1",
                "valid_count": str(issued - 3),
                "valid_rate": f"{(issued - 3) / issued:.2%}",
                "note": "无",
            }
            for name, issued in groups
        ],
        "series": [_series("部机关科室", SECTIONS), _series("乡镇党委", TOWNSHIPS)],
        "daily": [_daily("部机关科室", SECTIONS), _daily("乡镇党委", TOWNSHIPS)],
        "publicity": {
            "start_date": "2026年12月15日",
            "end_date": "2026年12月21日",
            "workday_count": 5,
            "objections": "公示期间未收到异议",
        },
        "weights": {
            "social_survey": "20%",
            "mass_evaluation": "30%",
            "leader_evaluation": "30%",
            "peer_evaluation": "20%",
        },
        "notes": ["办公室加2.00分：经验做法在全省交流（省委组织部简报）。", "本周期考核规则没有变更。"],
    }


def _commendation() -> dict[str, Any]:
    names = ("丁某甲", "王某甲", "李某甲", "张某甲", "林某乙", "谭某乙")
    return {
        "title": "关于表彰2026年度组织工作先进集体和先进个人的决定",
        "number": "青组发〔2026〕21号",
        "letterhead": _letterhead(),
        "approval_basis": "县委批准的《2026年度组织工作表彰方案》",
        "publicity_end_date": "2026年12月21日",
        "list_title": "2026年度组织工作先进集体和先进个人名单",
        "order_rule": "先进集体按考核位次排列，先进个人按姓氏笔画排列。",
        "units": [
            {"sequence": index, "unit": unit, "award": "组织工作先进集体"}
            for index, unit in enumerate(("干部科", "办公室", "城关镇党委", "南桥镇党委"), 1)
        ],
        "persons": [
            {"sequence": index, "name": name, "unit_and_position": "组织科干部", "award": "先进个人"}
            for index, name in enumerate(names, 1)
        ],
    }


def _admonition() -> dict[str, Any]:
    return {
        "title": "2026年度诫勉谈话建议名单",
        "number": None,
        "score_threshold": "60.00",
        "satisfaction_threshold": "60.00%",
        "candidates": [
            {
                "sequence": 1,
                "name": "马某甲",
                "unit_and_position": "马厂乡党委书记",
                "trigger": "年度总分58.20，较差",
                "proposed_way": "诫勉谈话",
                "approval_opinion": "待批准",
            },
            {
                "sequence": 2,
                "name": "沙某甲",
                "unit_and_position": "沙河乡党委书记",
                "trigger": "满意率55.00%",
                "proposed_way": "提醒谈话",
                "approval_opinion": "待批准",
            },
        ],
        "proposing_department": "干部监督科",
        "proposal_opinion": "以上人员符合规定情形，建议按程序研究。",
        "approver_position": "部长",
    }


_OWN = {
    DocumentKind.RESEARCH_REPORT: research_report,
    DocumentKind.ANNUAL_WORK_PRIORITIES: lambda: annual_work_priorities(_letterhead()),
    DocumentKind.MONTHLY_BULLETIN: lambda: monthly_bulletin(_letterhead(), SECTIONS, TOWNSHIPS),
    DocumentKind.QUARTERLY_REVIEW: lambda: quarterly_review(_letterhead(), SECTIONS),
    DocumentKind.PUBLICITY_NOTICE: publicity_notice,
    DocumentKind.RECOMMENDATION_LIST: lambda: recommendation_list(_letterhead()),
    DocumentKind.CONSULTATION_MINUTES: consultation_minutes,
    DocumentKind.SUPERVISION_NOTICE: supervision_notice,
    DocumentKind.INQUIRY_SHEET: inquiry_sheet,
    DocumentKind.RESPONSIBILITY_LETTER: _letter,
    DocumentKind.TASK_BOOK: _task_book,
    DocumentKind.TIMETABLE: _timetable,
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: _assessment,
    DocumentKind.PERSONAL_RESULT_NOTICE: personal_result_notice,
    DocumentKind.COMMENDATION_DECISION: _commendation,
    DocumentKind.ADMONITION_LIST: _admonition,
    DocumentKind.ADMONITION_NOTICE: admonition_notice,
    DocumentKind.ADMONITION_RECORD: admonition_record,
    DocumentKind.LEDGER_BOOK: ledger_book,
    DocumentKind.BALLOT_FORM: ballot_form,
    DocumentKind.TALLY_SHEET: tally_sheet,
    DocumentKind.ACHIEVEMENT_FILE: achievement_file,
}
