"""The demo county's feedback: sent and answered month by month, with one of each exception at the end."""

from datetime import date

from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Actor
from fivestep_web.demo.cast import Play, actor_of
from fivestep_web.demo.ledger_story import REPORTED_MONTHS
from fivestep_web.extensions import db
from fivestep_web.org.models import UnitPeriod
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.feedback import figures, services
from fivestep_web.supervision.feedback.models import Feedback, FeedbackMessage
from fivestep_web.supervision.feedback.rules import FeedbackState, Figures, Saying, sentence

LAST = max(REPORTED_MONTHS)
LATE_ONE_IN = 13  # every thirteenth feedback comes a working day late
MISSING, UNANSWERED, QUESTIONED = 2, 2, 1  # of the last month
PROBLEMS = ("无", "个别事项上报材料不够及时，已督促责任人补报。", "人手紧、任务集中，个别节点推进偏慢。")
SUGGESTIONS = ("无", "建议加强业务培训，统一材料口径。", "建议对跨单位事项召开专题会商。")
ANSWER, QUESTION = "已阅。请盯紧滞后事项，按节点推进。", "滞后的事项准备采取什么措施，何时赶上进度？"


def give(year: int, play: Play) -> None:
    """Play the feedback of each month that is over at the end of the story."""
    periods = {
        row.unit_id: row
        for row in db.session.scalars(select(UnitPeriod).where(UnitPeriod.valid_to.is_(None)))
    }
    leaders: dict[int, Actor] = {}
    for month in REPORTED_MONTHS:
        day = get_calendar().last_workday_of_month(year, month)
        play(day, hour=10)
        services.open_due(day)
        query = select(Feedback).where(Feedback.year == year, Feedback.month == month).order_by(Feedback.id)
        found = [item for item in db.session.scalars(query) if periods[item.unit_id].head_id is not None]
        sent = found[: -MISSING or None] if month == LAST else found
        _send(sent, periods, day, play)
        record(SYSTEM, "feedback.sent", f"year:{year}", month=month, count=len(sent))
        answered = sent[: -(UNANSWERED + QUESTIONED)] if month == LAST else sent
        play(get_calendar().add_workdays(day, 2), hour=15)
        for item in sent[: len(answered) + (QUESTIONED if month == LAST else 0)]:
            leader_id = item.leader_id
            if leader_id is not None:
                if leader_id not in leaders:
                    leaders[leader_id] = actor_of(leader_id, day)
                _say(item, leaders[leader_id], Saying.ANSWER if item in answered else Saying.QUESTION)
        record(SYSTEM, "feedback.said", f"year:{year}", month=month, count=len(answered))


def _send(found: list[Feedback], periods: dict[int, UnitPeriod], day: date, play: Play) -> None:
    stood = figures.of_units(found[0].year, day) if found else {}
    play(get_calendar().add_workdays(day, 1), hour=9)
    late = clock.now()
    play(day, hour=16)
    on_time = clock.now()
    for index, item in enumerate(found):
        of_unit = stood.get(item.unit_id, Figures())
        item.completion = sentence(of_unit, day)
        item.problems = PROBLEMS[(index + item.month) % len(PROBLEMS)]
        item.suggestions = SUGGESTIONS[(index + 2 * item.month) % len(SUGGESTIONS)]
        item.figures, item.figures_on = of_unit.as_json(), day
        item.leader_id, item.sent_by_id = periods[item.unit_id].leader_id, periods[item.unit_id].head_id
        item.state = FeedbackState.SENT
        item.sent_at = late if (index + item.month) % LATE_ONE_IN == 0 else on_time
        item.turn_at = item.sent_at
    db.session.flush()


def _say(item: Feedback, leader: Actor, saying: Saying) -> None:
    is_answer = saying is Saying.ANSWER
    item.state = FeedbackState.ANSWERED if is_answer else FeedbackState.QUESTIONED
    item.turn_at = clock.now()
    db.session.add(
        FeedbackMessage(
            feedback_id=item.id,
            kind=saying,
            text=ANSWER if is_answer else QUESTION,
            author_id=leader.person_id,
            position=leader.position,
            said_at=item.turn_at,
        )
    )
