"""The publicity notice (C18), made when a list is posted, and what other documents say of a publicity."""

from typing import Any

from fivestep_web.assessment.publicity import queries
from fivestep_web.assessment.publicity.models import Publicity
from fivestep_web.assessment.publicity.rules import ObjectionState, PublicityState, Subject
from fivestep_web.core.permissions import Actor
from fivestep_web.core.workdays import ONE_DAY
from fivestep_web.documents import services as documents
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.letters.payloads import common

NO_POST = "—"
PROCEDURES = {
    Subject.RESULTS: "年度实绩考核和部务会议审核",
    Subject.EXCELLENT: "总结述职、民主测评、了解核实和审核评鉴",
    Subject.COMMENDATION: "年度实绩考核和部务会议研究",
}
OUTCOMES = {
    Subject.RESULTS: "考核结果",
    Subject.EXCELLENT: "拟定等次",
    Subject.COMMENDATION: "拟表彰类别",
}


def requests(year: int) -> list[DocumentRequest]:
    """Return the request for the notice of each publicity that was posted and not stopped."""
    found = [queries.find_publicity(year, subject, *queries.POSTED) for subject in Subject]
    return [_request(publicity) for publicity in found if publicity]


def request(actor: Actor, publicity: Publicity) -> None:
    """Ask for the notice of a publicity that was just posted."""
    wanted = _request(publicity)
    documents.request_documents(actor, publicity.year, [wanted], wanted.title)


def _request(publicity: Publicity) -> DocumentRequest:
    subject = f"publicity:{publicity.id}"
    title = f"{publicity.year}年度{publicity.subject.label}公示"
    return DocumentRequest(
        DocumentKind.PUBLICITY_NOTICE,
        subject,
        title,
        _payload(publicity),
        unit_id=None,
        person_id=None,
        is_draft=False,
    )


def _payload(publicity: Publicity) -> dict[str, Any]:
    units = [line for line in publicity.lines if line.person_id is None]
    people = [line for line in publicity.lines if line.person_id is not None]
    identifier = f"publicity-{publicity.year}-{publicity.id}"
    return {
        **common(publicity.year, "公示", identifier, is_draft=False),
        **period(publicity),
        "document_date": chinese_date(publicity.posted_on) if publicity.posted_on else None,
        "subject": f"{publicity.year}年度{publicity.subject.label}",
        "basis": publicity.basis,
        "procedure": PROCEDURES[publicity.subject],
        "outcome_head": OUTCOMES[publicity.subject],
        "units": [
            {"sequence": sequence, "unit": line.name, "outcome": line.outcome}
            for sequence, line in enumerate(units, 1)
        ],
        "persons": [
            {
                "sequence": sequence,
                "name": line.name,
                "unit_and_position": line.post or NO_POST,
                "outcome": line.outcome,
            }
            for sequence, line in enumerate(people, 1)
        ],
        "receiver": publicity.receiver,
        "address": publicity.address,
        "telephone": publicity.telephone,
    }


def period(publicity: Publicity) -> dict[str, Any]:
    """Return the period as documents give it; both ends are part of it, the first a working day."""
    posted_on, ends_on = publicity.posted_on, queries.last_day(publicity)
    if posted_on is None or ends_on is None:
        return {}
    starts_on = get_calendar().next_workday_on_or_after(posted_on + ONE_DAY)
    return {
        "start_date": chinese_date(starts_on),
        "end_date": chinese_date(ends_on),
        "workday_count": publicity.workdays,
    }


def result_publicity(year: int) -> dict[str, Any] | None:
    """Return what the bulletin of results (C09) says of their publicity; None while it has not ended."""
    publicity = queries.find_publicity(year, Subject.RESULTS, PublicityState.ENDED)
    if publicity is None:
        return None
    return {**period(publicity), "objections": _objections(year)}


def _objections(year: int) -> str:
    """Say how many objections came to the results and what became of them; none is open once it ended."""
    states = queries.count_states(year)
    upheld, dismissed = states[ObjectionState.UPHELD], states[ObjectionState.DISMISSED]
    if not states:
        return "公示期间未收到异议"
    return f"收到异议{upheld + dismissed}件，经核查成立{upheld}件、不成立{dismissed}件，均已答复"
