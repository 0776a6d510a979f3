"""The Word files of an admonition: the list (C12), the notice (C13) and the record (C14)."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import groupby
from typing import Any, Final

from fivestep_web.assessment.admonitions import queries
from fivestep_web.assessment.admonitions.models import Admonition, AdmonitionNotice, AdmonitionTalk
from fivestep_web.assessment.admonitions.rules import AdmonitionState, Source, number_text
from fivestep_web.assessment.admonitions.triggers import is_settled, triggers
from fivestep_web.assessment.candidates import CandidateKind
from fivestep_web.assessment.payloads import supervision_unit
from fivestep_web.assessment.result_table import NONE, rate
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.standings import Proposal
from fivestep_web.core.permissions import Actor
from fivestep_web.core.rounding import round_half_up
from fivestep_web.documents import services as documents
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.requests import SYSTEM_WIDE, DocumentRequest
from fivestep_web.responsibility.letters.payloads import common

NOTICE_TITLE, RECORD_TITLE = "诫勉谈话通知书", "诫勉谈话记录表"
PENDING: Final = "待批准"
OPINIONS: Final = {
    AdmonitionState.CANDIDATE: PENDING,
    AdmonitionState.PROPOSED: PENDING,
    AdmonitionState.DECLINED: "不予诫勉",
    AdmonitionState.DOWNGRADED: "改为提醒谈话",
}  # every other state comes after the approval
APPROVED: Final = "同意"
NOBODY: Final = {
    "sequence": 1,
    "name": "无",
    "unit_and_position": NONE,
    "trigger": "没有低于规定标准的单位",
    "proposed_way": NONE,
    "approval_opinion": NONE,
}


def ask_notice(actor: Actor, case: Admonition) -> None:
    """Have the notice made."""
    _ask(actor, notice_request(case))


def ask_record(actor: Actor, case: Admonition) -> None:
    """Have the record made as it stands: a draft until both have signed."""
    _ask(actor, record_request(case))


def _ask(actor: Actor, request: DocumentRequest) -> None:
    documents.request_documents(actor, request.payload["year"], [request], request.title)


def notice_payloads(year: int) -> list[DocumentRequest]:
    """Return the request for each notice of the year's admonitions."""
    return [notice_request(case) for case in queries.list_of_year(year) if case.notice is not None]


def record_payloads(year: int) -> list[DocumentRequest]:
    """Return the request for each record of the year's talks."""
    return [record_request(case) for case in queries.list_of_year(year) if case.talk is not None]


def notice_request(case: Admonition) -> DocumentRequest:
    """Return the request for the notice (C13); ValueError where there is none yet."""
    notice, proposal, decision = case.notice, case.proposal, case.decision
    if notice is None or proposal is None or decision is None:
        raise ValueError(f"admonition {case.id} has no notice")
    start, end = chinese_date(proposal.period_start), chinese_date(proposal.period_end)
    study = None
    if proposal.studied_on is not None:
        study = {"body": proposal.study_body, "date": chinese_date(proposal.studied_on)}
    payload = {
        **_facts(case, notice, NOTICE_TITLE, is_draft=False),
        "document_date": chinese_date(notice.noticed_on),
        "recipient_name": case.person.name,
        "period": f"{start}至{end}",
        "findings": proposal.findings,
        "study": study,
        "approval": {"position": decision.authority, "date": chinese_date(decision.decided_on)},
        "talk_time": f"{chinese_date(notice.talk_on)}{_clock(notice.talk_at)}",
        "talk_place": notice.place,
        "talker": notice.talker_post,
        "copy_recipient": notice.copy_recipient or None,
        "receipt_to": supervision_unit(notice.noticed_on.year),
    }
    return _request(case, DocumentKind.ADMONITION_NOTICE, notice, payload)


def record_request(case: Admonition) -> DocumentRequest:
    """Return the request for the record (C14), with the follow-up if any; ValueError without a record."""
    notice, talk, visit = case.notice, case.talk, case.follow_up
    if notice is None or talk is None:
        raise ValueError(f"admonition {case.id} has no record")
    follow_up = None
    if visit is not None:
        follow_up = {
            "correction": visit.correction,
            "conclusion": visit.conclusion,
            "date": chinese_date(visit.visited_on),
        }
    payload = {
        **_facts(case, notice, RECORD_TITLE, is_draft=talk.person_signed_on is None),
        "document_date": chinese_date(talk.talked_on),
        "person": case.person.name,
        "unit_and_position": case.post,
        "follow_up": follow_up,
        **_talk(talk),
    }
    return _request(case, DocumentKind.ADMONITION_RECORD, notice, payload)


def _talk(talk: AdmonitionTalk) -> dict[str, Any]:
    day = chinese_date(talk.talked_on)
    return {
        "talker": f"{talk.talker_post} {talk.talker.name}".strip(),
        "recorder": f"{talk.recorder_post} {talk.recorder.name}".strip(),
        "talk_time": f"{day}{_clock(talk.starts_at)}至{_clock(talk.ends_at)}",
        "talk_place": talk.place,
        "reason": talk.reason,
        "problems": talk.problems,
        "explanation": talk.explanation,
        "requirements": talk.requirements,
        "requirement_deadline": chinese_date(talk.requirement_deadline),
        "commitment": talk.commitment,
        "start_date": day,
        "end_date": chinese_date(talk.effect_until),
    }


def _clock(moment: time) -> str:
    return f"{moment.hour}时{moment.minute}分" if moment.minute else f"{moment.hour}时"


def _facts(case: Admonition, notice: AdmonitionNotice, title: str, *, is_draft: bool) -> dict[str, Any]:
    number = number_text(notice.number_year, notice.number)
    return {
        **common(case.year, title, f"admonition-{case.id}", is_draft=is_draft),
        "number": number,
    }


def _request(
    case: Admonition, kind: DocumentKind, notice: AdmonitionNotice, payload: dict[str, Any]
) -> DocumentRequest:
    return DocumentRequest(
        kind,
        queries.subject_of(case.id),
        f"{notice.text} {payload['title']}",
        payload,
        unit_id=case.unit_id,
        person_id=case.person_id,
        is_draft=payload["draft"],
    )


def list_payloads(year: int) -> list[DocumentRequest]:
    """Return the request for the confidential list (C12); a year that proposes nobody says so.

    Who is not approved stays on the list with the decision; once all are decided on, it is no draft any more
    and bears the day of the last decision. None before there are confirmed results or a case.
    """
    score, cases = score_year(year), queries.list_of_year(year)
    if not cases and not (score.has_ratings and is_settled(year)):
        return []
    rows = _lines(triggers(score), cases)
    decided_on = _decided_on(rows, cases)
    title = f"{year}年度诫勉谈话建议名单"
    payload = {
        **common(year, title, f"admonition-list-{year}", is_draft=decided_on is None),
        "document_date": chinese_date(decided_on) if decided_on else None,
        "score_threshold": str(round_half_up(score.settings.admonition_total_below, 2)),
        "satisfaction_threshold": f"{round_half_up(score.settings.admonition_satisfaction_below * 100, 2)}%",
        "candidates": [{"sequence": place, **row} for place, row in enumerate(rows, 1)] or [NOBODY],
        "proposing_department": supervision_unit(year),
        "proposal_opinion": "以上人员符合规定情形，建议按程序研究。"
        if rows
        else "本年度没有符合规定情形的人员。",
        "approver_position": "部长",
    }
    return [
        DocumentRequest(
            DocumentKind.ADMONITION_LIST,
            SYSTEM_WIDE,
            title,
            payload,
            unit_id=None,
            person_id=None,
            is_draft=payload["draft"],
        )
    ]


def _decided_on(rows: Sequence[Mapping[str, str]], cases: Sequence[Admonition]) -> date | None:
    """Return the day of the last decision, None while one is still to come."""
    if any(row["approval_opinion"] == PENDING for row in rows):
        return None
    return max((case.decision.decided_on for case in cases if case.decision), default=None)


def _lines(named: Sequence[Proposal], cases: Sequence[Admonition]) -> list[dict[str, str]]:
    """Return a line for each unit with a trigger, then one for each case opened for another reason."""
    by_person = {case.person_id: case for case in cases if case.source is Source.RESULTS}
    lines = []
    for _code, group in groupby(named, lambda row: row.unit.code):
        rows = list(group)
        case = by_person.pop(rows[0].person_id, None) if rows[0].person_id is not None else None
        lines.append(_line(rows, case))
    others = [case for case in cases if case.source is not Source.RESULTS or case.person_id in by_person]
    return [*lines, *(_case_line(case) for case in others)]


def _line(rows: Sequence[Proposal], case: Admonition | None) -> dict[str, str]:
    first = rows[0]
    return {
        "name": first.person or NONE,
        "unit_and_position": first.post or first.unit.name,
        "trigger": "；".join(_trigger(row) for row in rows),
        **_decision(case),
    }


def _case_line(case: Admonition) -> dict[str, str]:
    trigger = case.reason if case.source is Source.RESULTS else f"{case.source.label}：{case.reason}"
    return {
        "name": case.person.name,
        "unit_and_position": case.post,
        "trigger": trigger,
        **_decision(case),
    }


def _decision(case: Admonition | None) -> dict[str, str]:
    opinion = PENDING if case is None else OPINIONS.get(case.state, APPROVED)
    is_reminder = case is not None and case.state is AdmonitionState.DOWNGRADED
    return {"proposed_way": "提醒谈话" if is_reminder else "诫勉谈话", "approval_opinion": opinion}


def _trigger(row: Proposal) -> str:
    if row.kind is CandidateKind.POOR_RESULT:
        return f"年度总分{row.unit.total.printed}，较差"
    return f"满意率{rate(row.unit.satisfaction)}"
