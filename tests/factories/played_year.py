"""A county's year under the clock: what its people do on which day, and days when the clock stands still."""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import time_machine
from flask import g
from sqlalchemy import ColumnElement, select

from fivestep_web.core import clock
from fivestep_web.core.database import Base
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.ledger import services as ledger
from fivestep_web.org import moved_dates
from fivestep_web.org import services as org
from fivestep_web.org.rules import parse_days
from fivestep_web.responsibility.models import Milestone
from fivestep_web.responsibility.rules import MilestoneState
from fivestep_web.supervision.evaluations.models import StageEvaluation
from fivestep_web.supervision.evaluations.rules import EvaluationState
from fivestep_web.supervision.feedback import services as feedback
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.feedback.rules import FeedbackState
from fivestep_web.supervision.meetings.models import Meeting
from fivestep_web.supervision.meetings.rules import MeetingState
from fivestep_web.supervision.notices import queries as notices
from fivestep_web.supervision.notices import services as notice_services
from fivestep_web.supervision.notices.models import SupervisionNotice
from fivestep_web.supervision.notices.rules import NoticeState
from fivestep_web.supervision.problems.services import raise_problem
from tasks import clock as the_clock
from tests.execution.acceptance.cast import accept, hand_in
from tests.execution.planning import plans
from tests.factories.feedback import WORDS, within
from tests.factories.ledger import LedgerEntryFactory, MilestoneFactory, actor_of
from tests.factories.queue import run_queue
from tests.factories.supervision import assess, conclude
from tests.factories.supervision_notices import Supervised, make_supervised
from tests.supervision.meeting_steps import Meetings, begin, close, resolve

FIRST, LAST = date(2026, 1, 6), date(2027, 1, 15)
DAYS = tuple(FIRST + timedelta(days=place) for place in range((LAST - FIRST).days + 1))
OFFICE_DAYS = (13, 27)  # of each month: people deal with what the clock opened, and nothing is down
JOBS_AT_MOST = 5000
HOUSEKEEPING = frozenset({"sessions", "sittings", "uploads", "bundles"})  # nothing of theirs is in this year
SCHEDULE = tuple(entry for entry in the_clock.SCHEDULE if entry.name not in HOUSEKEEPING)


@contextmanager
def at(day: date, hour: int) -> Iterator[None]:
    """Be at an hour of a day, knowing nothing of the hours before, as a job or a request does."""
    with time_machine.travel(datetime.combine(day, time(hour), clock.ZONE), tick=False):
        for name in list(g):
            g.pop(name)
        yield


def outage(chance: random.Random, share: float, *lengths: int) -> set[date]:
    """Return days without the clock or the worker: a *share* of all, and stretches of some *lengths*."""
    down = {day for day in DAYS[1:-1] if chance.random() < share}
    for length in lengths:
        begun = chance.randrange(1, len(DAYS) - length)
        down |= set(DAYS[begun : begun + length])
    return {day for day in down if day.day not in OFFICE_DAYS}


@dataclass
class PlayedYear:
    """A county whose goals run through the year, the first of them planned backward."""

    supervised: Supervised
    goals: list[int]

    def play(self, clockless: Collection[date] = (), workless: Collection[date] = ()) -> None:
        """Let each day come: first the clock and the worker where they run, then the people."""
        diary = self._diary()
        for day in DAYS:
            with at(day, 7):
                if day not in clockless:
                    the_clock.start_due(clock.system_now(), SCHEDULE)
                if day not in workless:
                    run_queue(JOBS_AT_MOST)
            with at(day, 10):
                for act in diary[day]:
                    act()
                if day.day in OFFICE_DAYS:
                    self._deal_with_what_is_open(day)
                if day not in workless:
                    run_queue(JOBS_AT_MOST)

    def _diary(self) -> dict[date, list[Callable[[], None]]]:
        """Return what people do by themselves: the same in every year that is played."""
        chance = random.Random(2026)  # noqa: S311 - the same year each time
        diary: dict[date, list[Callable[[], None]]] = defaultdict(list)
        for goal_id in self.goals:
            done = Decimal(0)
            for month in range(2, 13):
                if chance.random() < 0.7:
                    done += 1
                    day = date(2026, month, chance.randint(1, 28))
                    diary[day].append(partial(self._report, goal_id, done))
            for month in (chance.randint(3, 6), chance.randint(8, 11)):
                day = date(2026, month, chance.randint(1, 28))
                diary[day].append(partial(self._complete_phase, goal_id))
        for place, goal_id in enumerate(self.goals[1:5]):
            diary[date(2026, 3 + 2 * place, 17)].append(partial(self._raise_problem, goal_id))
        diary[date(2026, 1, 27)].append(partial(self._enter_days, "2026-06-22 休 抗洪"))
        diary[date(2026, 11, 13)].append(partial(self._enter_days, "2027-01-01 休 元旦"))
        return diary

    def _report(self, goal_id: int, done: Decimal) -> None:
        with unit_of_work():
            member = actor_of(self.supervised.county.member)
            ledger.report_progress(member, goal_id, happened_on=clock.today(), done=done)

    def _complete_phase(self, goal_id: int) -> None:
        county = self.supervised.county
        query = select(Milestone).where(
            Milestone.goal_id == goal_id, Milestone.state != MilestoneState.COMPLETED
        )
        if phase := db.session.scalars(query.order_by(Milestone.sequence)).first():
            hand_in(county.member, phase)
            accept(county.leader, phase)

    def _raise_problem(self, goal_id: int) -> None:
        with unit_of_work():
            member = actor_of(self.supervised.county.member)
            raise_problem(member, goal_id, text="经费没有拨付", suggestion="请财政拨付")

    def _enter_days(self, text: str) -> None:
        with unit_of_work():
            org.enter_days(self.supervised.actor("office"), parse_days(text))

    def _deal_with_what_is_open(self, day: date) -> None:
        """Answer two of three notices, send the feedback, rate the phases, move the dates, hold a meeting."""
        county = self.supervised.county
        for notice in _stored(SupervisionNotice, SupervisionNotice.state == NoticeState.ISSUED):
            if notice.number % 3:
                self._answer(notice.id)
        is_own = Feedback.unit_id == county.unit.id
        for owed in _stored(Feedback, is_own & (Feedback.state == FeedbackState.OPEN)):
            within(county.head, owed.id, feedback.send, WORDS)
        for evaluation in _stored(StageEvaluation, StageEvaluation.state == EvaluationState.AWAITING_UNIT):
            assess(evaluation.id, county.head)
            conclude(evaluation.id, county.leader)
        if moved_dates.count_waiting():
            with unit_of_work():
                moved_dates.approve_all(actor_of(county.minister))
        drafts = _stored(Meeting, Meeting.state == MeetingState.DRAFT)
        if day.day == OFFICE_DAYS[-1] and drafts:
            self._hold(drafts[0])

    def _answer(self, notice_id: int) -> None:
        with unit_of_work():
            head = actor_of(self.supervised.county.head)
            notice = notices.get_notice(head, notice_id, lock=True)
            notice_services.answer(head, notice, text="已部署", plan="每周调度")

    def _hold(self, meeting: Meeting) -> None:
        made = Meetings(self.supervised.county, self.supervised.deputy, self.goals[0], 0)
        begin(made, meeting.id)
        for item in [item for item in meeting.items if item.is_live]:
            resolve(made, item, due_on=clock.today() + timedelta(days=20))
        close(made, meeting.id)


def _stored(model: type[Base], condition: ColumnElement[bool]) -> Sequence[Any]:
    return db.session.scalars(select(model).where(condition).order_by(model.id)).all()


def make_year() -> PlayedYear:
    """Return a county on the first day, before its clock has begun."""
    with at(FIRST, 9):
        supervised = make_supervised()
        county = supervised.county
        planned = county.goal(starts_on=plans.START, deadline=plans.DEADLINE, name="示范点建设")
        plans.save(county.member, planned)
        plans.propose(county.member, planned)
        plans.approve(county.leader, planned)
        goals = [planned]
        for place in range(5):
            goal = county.goal(deadline=date(2026, 7 + place, 20), is_key=place % 2 == 0, name=f"任务{place}")
            for sequence, (month, share) in enumerate(((3, "0.3"), (5, "0.6")), 1):
                MilestoneFactory(
                    goal=goal,
                    sequence=sequence,
                    name=f"阶段{sequence}",
                    due_on=date(2026, month + place, 10 + place),
                    share=Decimal(share),
                    deliverable="报告",
                )
            goals.append(goal)
        for goal in goals:
            LedgerEntryFactory(goal=goal, opened_on=FIRST)
        return PlayedYear(supervised, [goal.id for goal in goals])
