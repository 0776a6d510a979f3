"""Payloads of the notice and the record of an admonition talk."""

from typing import Any


def admonition_notice() -> dict[str, Any]:
    """Return the own fields of C13."""
    return {
        "title": "诫勉谈话通知书",
        "number": "诫勉〔2026〕1号",
        "document_date": "2026年12月25日",
        "created": "2026-12-25T01:00:00Z",
        "recipient_name": "马某甲",
        "period": "2026年1月1日至2026年12月10日",
        "findings": "你负责的马厂乡党委年度实绩考核总分58.20分，等次为较差，群众满意率55.00%",
        "study": {"body": "部务会议", "date": "2026年12月23日"},
        "approval": {"position": "县委书记", "date": "2026年12月24日"},
        "talk_time": "2026年12月28日9时",
        "talk_place": "县委组织部三楼谈话室",
        "talker": "副部长（干部）",
        "copy_recipient": "马厂乡党委书记",
        "receipt_to": "干部监督科",
    }


def admonition_record() -> dict[str, Any]:
    """Return the own fields of C14, before the follow-up."""
    return {
        "title": "诫勉谈话记录表",
        "number": "诫勉〔2026〕1号",
        "document_date": "2026年12月28日",
        "created": "2026-12-28T03:00:00Z",
        "person": "马某甲",
        "unit_and_position": "马厂乡党委副书记",
        "talker": "副部长（干部） 廖某甲",
        "recorder": "干部监督科科长 沙某乙",
        "talk_time": "2026年12月28日9时至10时20分",
        "talk_place": "县委组织部三楼谈话室",
        "reason": "2026年度实绩考核总分58.20分，等次为较差，群众满意率55.00%。",
        "problems": "所承担的3项目标逾期未完成，第三季度未按要求报送进展；对群众反映的问题答复不及时。",
        "explanation": "对考核结果没有异议。目标逾期的主要原因是年中人员调整后没有重新分工，本人督促不够。",
        "requirements": "1个月内完成逾期目标，每周报送进展；逐条答复群众反映的问题，结果在本单位公开。",
        "requirement_deadline": "2027年1月28日",
        "commitment": "接受组织批评，重新分工到人，按周对账，1月28日前完成逾期目标并报送书面整改报告。",
        "start_date": "2026年12月28日",
        "end_date": "2027年6月28日",
        "follow_up": None,
    }
