"""Payloads of C16, in the manner of the demo county."""

from typing import Any


def consultation_minutes() -> dict[str, Any]:
    """Return the own fields of the minutes, with one problem left open."""
    return {
        "title": "2026年第7次组织工作联合会商纪要",
        "number": None,
        "document_date": "2026年7月21日",
        "held_at": "2026年7月20日9时",
        "place": "县委组织部三楼会议室",
        "chair": "常务副部长 林某乙",
        "attendees": [
            "副部长（组织） 谭某甲",
            "副部长（干部） 廖某甲",
            "办公室主任 马某乙",
            "组织科科长 丁某甲",
            "石桥乡党委书记 沙某甲",
        ],
        "absentees": ["人才工作科科长 李某甲"],
        "observers": ["县财政局副局长 王某甲"],
        "decided_count": 1,
        "problems": [
            {
                "subject": "后进村整顿经费拨付",
                "raised_by": "石桥乡党委",
                "problem": "2个村的活动场所维修经费未按计划到位，影响整顿验收",
                "decision": {
                    "matter": "由县财政局在7月底前拨付维修经费，石桥乡党委同步安排施工",
                    "responsible_unit": "县财政局、石桥乡党委",
                    "deadline": "2026年7月31日",
                },
                "open_reason": None,
            },
            {
                "subject": "档案审核人员不足",
                "raised_by": "干部档案信息中心",
                "problem": "专项审核抽调人员返回原单位，剩余卷宗难以按期审完。",
                "decision": None,
                "open_reason": "需核定各科室可抽调人员，下次会商研究",
            },
        ],
    }


def supervision_notice() -> dict[str, Any]:
    """Return the own fields of a yellow notice that has not been answered."""
    return {
        "title": "黄色督办单",
        "number": "督办〔2026〕12号",
        "document_date": "2026年7月8日",
        "colour": "黄色",
        "recipient": "石桥乡党委书记 沙某甲",
        "matter": "“村级活动场所规范使用”课题：所有场所完成两轮检查",
        "deadline": "2026年8月31日",
        "state": "滞后6个工作日，进度35.00%，应达41.00%",
        "requirement": "说明滞后原因，制定补进度计划，明确每周完成的村和责任人，按周报送进展。",
        "reply_by_date": "2026年7月13日",
        "answer": None,
    }


def inquiry_sheet() -> dict[str, Any]:
    """Return the own fields of an inquiry that has been answered and not yet followed up."""
    return {
        "title": "质询单",
        "number": None,
        "document_date": "2026年5月8日",
        "asked_by": "副部长（组织） 谭某甲",
        "asked_of": "组织科科长 丁某甲",
        "asked_date": "2026年4月30日",
        "reply_by_date": "2026年5月8日",
        "matter": "后进村整顿方案审定进度落后于时间表，4月底前还有7个村没有报送方案，请说明原因和补救安排。",
        "reply": {
            "text": "7个村因“两委”班子调整推迟报送，已派工作组驻村指导，5月15日前全部报送。",
            "person": "组织科科长 丁某甲",
            "date": "2026年5月7日",
        },
        "guidance": {
            "text": "逐村明确报送日期和包联责任人，每两天调度一次，方案质量不能降低。",
            "person": "副部长（组织） 谭某甲",
            "date": "2026年5月8日",
        },
        "follow_up": None,
    }
