"""What waits for a person here: notices to answer, answers to judge, talks to decide, the digest of today."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, false, func, or_, select, true

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission, Scope
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import is_cancelled
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.notices.models import DailyDigest, NoticeAnswer, NoticeTalk, SupervisionNotice
from fivestep_web.supervision.notices.rules import AWAITING, Colour, NoticeState
from fivestep_web.supervision.signals.models import SignalTurn


def _to_answer(actor: Actor) -> ColumnElement[bool]:
    """Own goals, and for who answers for the unit all of the unit's (services.answer).

    A blue notice whose colour is over, and any of a goal that is cancelled, may still be answered, but nobody
    is asked to.
    """
    scopes = actor.scopes(Permission.NOTICE_ANSWER)
    if actor.person_id is None or not scopes:
        return false()
    whose = Goal.person_id == actor.person_id
    if Scope.UNIT in scopes:
        whose = or_(whose, Goal.unit_id == actor.unit_id)
    lasting = exists().where(SignalTurn.id == SupervisionNotice.turn_id, SignalTurn.ended_on.is_(None))
    is_wanted = or_(SupervisionNotice.colour != Colour.BLUE, lasting)
    return and_(
        SupervisionNotice.state.in_(AWAITING), whose, is_wanted, ~is_cancelled(SupervisionNotice.goal_id)
    )


def _to_judge(actor: Actor) -> ColumnElement[bool]:
    if actor.person_id is None or not actor.may(Permission.NOTICE_JUDGE):
        return false()
    units = actor.units_for(Permission.NOTICE_JUDGE)
    led = true() if units is None else or_(Goal.unit_id.in_(units), Goal.leader_id == actor.person_id)
    own_answer = exists().where(
        NoticeAnswer.notice_id == SupervisionNotice.id,
        NoticeAnswer.person_id == actor.person_id,
        NoticeAnswer.verdict.is_(None),
    )
    return and_(
        SupervisionNotice.state == NoticeState.ANSWERED,
        led,
        Goal.person_id != actor.person_id,
        ~own_answer,
    )


def _to_talk(actor: Actor) -> ColumnElement[bool]:
    if not actor.may(Permission.TALK_DECIDE):
        return false()
    return exists().where(NoticeTalk.notice_id == SupervisionNotice.id, NoticeTalk.outcome.is_(None))


def _notices(statement: Any, year: int, condition: ColumnElement[bool]) -> Select[Any]:
    joined = statement.select_from(SupervisionNotice).join(Goal, Goal.id == SupervisionNotice.goal_id)
    wanted: Select[Any] = joined.where(SupervisionNotice.year == year, condition)
    return wanted


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits, none for who reads no notices."""
    if not actor.may(Permission.NOTICE_READ):
        return []
    found: list[ScalarSelect[int]] = [
        _notices(select(func.count(SupervisionNotice.id)), year, condition(actor)).scalar_subquery()
        for permission, condition in (
            (Permission.NOTICE_ANSWER, _to_answer),
            (Permission.NOTICE_JUDGE, _to_judge),
            (Permission.TALK_DECIDE, _to_talk),
        )
        if actor.may(permission)
    ]
    return [*found, select(func.count(DailyDigest.id)).where(_digest(actor)).scalar_subquery()]


def _digest(actor: Actor) -> ColumnElement[bool]:
    return and_(
        DailyDigest.person_id == actor.person_id,
        DailyDigest.day == clock.today(),
        DailyDigest.opened_at.is_(None),
    )


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return what waits for the actor, the digest of today first, then what has the shortest time."""
    if not actor.may(Permission.NOTICE_READ):
        return []
    query = _notices(
        select(SupervisionNotice, _to_judge(actor), _to_talk(actor)),
        year,
        or_(_to_answer(actor), _to_judge(actor), _to_talk(actor)),
    ).order_by(SupervisionNotice.reply_by, SupervisionNotice.number)
    items = [_item(notice, to_judge, to_talk) for notice, to_judge, to_talk in db.session.execute(query)]
    digest = db.session.scalar(select(DailyDigest).where(_digest(actor)))
    if digest is None:
        return items
    label = _("今日提醒 %(count)s 项", count=len(digest.items))
    return [WaitingItem(label, "", "notices.digest_show", {}), *items]


def _item(notice: SupervisionNotice, to_judge: bool, to_talk: bool) -> WaitingItem:  # noqa: FBT001 - columns
    if to_judge:
        note = _("待审核答复")
    elif to_talk:
        note = _("待决定约谈")
    elif notice.state is NoticeState.RETURNED:
        note = _("退回重报，%(day)s前答复", day=f"{notice.reply_by:%m-%d}")
    else:
        note = _("%(day)s前答复", day=f"{notice.reply_by:%m-%d}")
    label = f"{notice.colour.paper} {notice.name} {notice.matter}"
    return WaitingItem(label, note, "notices.notice_show", {"notice_id": notice.id})
