"""What the Word file of a supervision notice (C16) is made from."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core.clock import ZONE
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.extensions import db
from fivestep_web.org.lookups import positions_on
from fivestep_web.responsibility.letters.payloads import common
from fivestep_web.supervision.notices.models import NoticeAnswer, NoticeRecipient, SupervisionNotice
from fivestep_web.supervision.notices.rules import Capacity


def notice_requests(year: int) -> list[DocumentRequest]:
    """Return the requests for the year's notices, in the order of their numbers."""
    query = select(SupervisionNotice).where(SupervisionNotice.year == year)
    return _requests(query)


def notice_request(notice_id: int) -> DocumentRequest:
    """Return the request for one notice, with its last answer where there is one."""
    return _requests(select(SupervisionNotice).where(SupervisionNotice.id == notice_id))[0]


def _requests(query: Any) -> list[DocumentRequest]:
    notices = db.session.scalars(
        query.options(
            joinedload(SupervisionNotice.goal),
            selectinload(SupervisionNotice.recipients).joinedload(NoticeRecipient.person),
            selectinload(SupervisionNotice.answers).joinedload(NoticeAnswer.person),
        ).order_by(SupervisionNotice.number)
    ).all()
    posts = {day: positions_on(day) for day in {notice.issued_on for notice in notices}}
    return [_request(notice, posts[notice.issued_on]) for notice in notices]


def _request(notice: SupervisionNotice, posts: dict[int, str]) -> DocumentRequest:
    title = notice.colour.paper
    payload = {
        **common(notice.year, title, f"supervision-notice-{notice.year}-{notice.number}", is_draft=False),
        "number": notice.name,
        "document_date": chinese_date(notice.issued_on),
        "colour": notice.colour.label,
        "recipient": _recipient(notice, posts),
        "matter": notice.matter,
        "deadline": chinese_date(notice.deadline),
        "state": notice.standing.rstrip("。"),
        "requirement": notice.requirement,
        "reply_by_date": chinese_date(notice.reply_by),
        "answer": _answer(notice.answers[-1]) if notice.answers else None,
    }
    return DocumentRequest(
        DocumentKind.SUPERVISION_NOTICE,
        f"notice:{notice.id}",
        f"{title}（{notice.name}）",
        payload,
        unit_id=notice.goal.unit_id,
        person_id=None,
        is_draft=False,
    )


def _recipient(notice: SupervisionNotice, posts: dict[int, str]) -> str:
    """Return who is to answer, and the leaders it is laid before."""
    sent = [row for row in notice.recipients if not row.level or row.sent_on == notice.issued_on]
    answering = [row for row in sent if row.capacity in {Capacity.OWNER, Capacity.UNIT_HEAD}]
    if not answering or answering == sent:
        return _named(sent, posts)
    above = [row for row in sent if row not in answering]
    return f"{_named(answering, posts)}（报{_named(above, posts)}）"


def _named(rows: list[NoticeRecipient], posts: dict[int, str]) -> str:
    return "、".join(f"{posts.get(row.person_id, row.capacity.label)} {row.person.name}" for row in rows)


def _answer(answer: NoticeAnswer) -> dict[str, str]:
    plan = f"补进度计划：{answer.plan}" if answer.plan else ""
    return {
        "handling": "\n".join(part for part in (answer.text, plan) if part),
        "signed_by": answer.person.name if answer.person else "",
        "date": chinese_date(answer.answered_at.astimezone(ZONE).date()),
    }
