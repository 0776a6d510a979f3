"""Examples of admonitions: each step by who takes it, and who must not even know."""

from datetime import date

from sqlalchemy import select

from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.org.models import Person
from tests.assessment.admonitions.cast import (
    EFFECT_ENDS,
    TALKED,
    S,
    brought_to,
    make_cast,
    on,
    talked_unsigned,
)
from tests.assessment.county import county, load
from tests.factories.queue import run_queue
from tests.security.example import Example

RECORD = {
    "talked_on": "2026-08-31",
    "starts_at": "09:00",
    "ends_at": "10:20",
    "place": "三楼谈话室",
    "reason": "等次为较差",
    "problems": "未按要求报送进展",
    "explanation": "没有异议",
    "requirements": "一个月内完成",
    "requirement_deadline": "2026-09-30",
    "commitment": "按期完成",
}


def _case(state, user, day, data=None, stranger="administrator", **more):
    cast = make_cast()
    case_id = brought_to(state, cast)
    on(day)
    return Example(
        getattr(cast, user),
        {"case_id": case_id},
        data or {},
        stranger=getattr(cast, stranger) if stranger else None,
        **more,
    )


def admonition_create():
    cast = make_cast()
    form = {"person_id": cast.secretary.person_id, "source": "basically_competent", "reason": "年度基本称职"}
    return Example(cast.supervisor, {}, form)


def candidate_take_up():
    cast = make_cast()
    load(county(2, marks=(40, 42, 44, 46, 48)))
    head = db.session.scalars(select(Person.id).where(Person.code == "HK01")).one()
    return Example(cast.supervisor, {}, {"year": 2026, "person_id": head})


def admonition_propose():
    form = {"findings": "等次为较差", "period_start": "2026-01-01", "period_end": "2026-07-31"}
    return _case(S.CANDIDATE, "supervisor", date(2026, 8, 21), form, None)


def admonition_decide():
    form = {"outcome": "approve", "authority": "县委书记", "decided_on": "2026-08-24"}
    return _case(S.PROPOSED, "minister", date(2026, 8, 24), form, None)


def admonition_notify():
    cast = make_cast()
    case_id = brought_to(S.APPROVED, cast)
    on(date(2026, 8, 25))
    form = {"talk_on": "2026-08-31", "talk_at": "09:00", "place": "三楼", "talker_id": cast.deputy.person_id}
    return Example(cast.supervisor, {"case_id": case_id}, form)


def admonition_record():
    cast = make_cast()
    case_id = brought_to(S.NOTIFIED, cast)
    on(TALKED)
    people = {"talker_id": cast.deputy.person_id, "recorder_id": cast.recorder.person_id}
    return Example(cast.supervisor, {"case_id": case_id}, RECORD | people)


def admonition_sign():
    cast = make_cast()
    case_id = talked_unsigned(cast)
    days = {"person_signed_on": "2026-08-31", "talker_signed_on": "2026-08-31"}
    return Example(cast.supervisor, {"case_id": case_id}, days)


def admonition_follow_up():
    form = {"visited_on": "2027-02-28", "correction": "已完成", "is_corrected": "yes", "conclusion": "改正"}
    return _case(S.RECTIFYING, "supervisor", EFFECT_ENDS, form, None)


def admonition_export():
    cast = make_cast()
    case_id = brought_to(S.NOTIFIED, cast)
    run_queue()
    document_id = db.session.scalars(select(GeneratedDocument.id)).one()
    values = {"case_id": case_id, "document_id": document_id}
    return Example(cast.secretary, values, status=200, stranger=cast.organizer)


UNSAFE = {
    "admonitions.admonition_create": admonition_create,
    "admonitions.candidate_take_up": candidate_take_up,
    "admonitions.admonition_propose": admonition_propose,
    "admonitions.admonition_decide": admonition_decide,
    "admonitions.admonition_notify": admonition_notify,
    "admonitions.admonition_record": admonition_record,
    "admonitions.admonition_sign": admonition_sign,
    "admonitions.admonition_follow_up": admonition_follow_up,
    "admonitions.admonition_export": admonition_export,
    "admonitions.admonition_read": lambda: _case(
        S.TALKED, "deputy", TALKED, stranger="other_deputy", status=200
    ),
    "admonitions.admonition_receive": lambda: _case(S.NOTIFIED, "secretary", TALKED, stranger="organizer"),
    "admonitions.admonition_rectify": lambda: _case(
        S.TALKED, "supervisor", date(2026, 9, 7), {"note": "收到书面检查"}, None
    ),
    "admonitions.admonition_conclude": lambda: _case(
        S.FOLLOWED_UP, "minister", date(2027, 3, 1), {"outcome": "lift"}, None
    ),
}
PAGES = {
    "admonitions.admonition_show": lambda: _case(S.TALKED, "deputy", TALKED, stranger="office"),
}
