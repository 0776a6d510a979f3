"""The digest: one message a person and day, none on a day with nothing to tell (field.md, section 4)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.audit.services import record
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.execution import queries as progress_queries
from fivestep_web.execution.acceptance import queries as acceptance_queries
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import PER_INCIDENT, UNDER_WAY, Standing, stand_goal
from fivestep_web.ledger.rules import FINAL_NODE
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.supervision.limits.queries import list_overdue
from fivestep_web.supervision.notices import digest_rules
from fivestep_web.supervision.notices.digest_rules import Section
from fivestep_web.supervision.notices.models import DailyDigest, NoticeRecipient, SupervisionNotice
from fivestep_web.supervision.notices.people import Posts, posts_on
from fivestep_web.supervision.notices.rules import AWAITING, Capacity, quoted
from fivestep_web.supervision.signals import turns


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a digest; it leads to a notice, an entry of the ledger, or the page *endpoint* names."""

    section: Section
    text: str
    notice_id: int | None = None
    entry_id: int | None = None
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


Planned = dict[int, list[Item]]


@dataclass(frozen=True, slots=True)
class _Node:
    """A node of a goal under way that is not reached."""

    standing: Standing
    goal: Goal
    name: str
    due_on: date

    @property
    def label(self) -> str:
        goal = quoted(self.goal.name)
        return f"{goal}{FINAL_NODE}" if self.name == FINAL_NODE else f"{goal}节点{quoted(self.name)}"


def make(day: date) -> int:
    """Make the digests of a working day, in the running unit of work; return how many. Once a day."""
    calendar = get_calendar()
    run = turns.lock_run()
    before = run.digests_on
    if not calendar.is_workday(day) or (before is not None and before >= day):
        return 0
    planned = plan(day, before, turns.read(day), posts_on(day))
    _add_notices(planned, day)
    digests = [
        DailyDigest(person_id=person_id, day=day, items=[asdict(item) for item in in_order(items)])
        for person_id, items in sorted(planned.items())
    ]
    db.session.add_all(digests)
    run.digests_on = day
    db.session.flush()
    if digests:
        record(SYSTEM, "digest.made", "digest:days", day=day, people=[item.person_id for item in digests])
    return len(digests)


def in_order(items: Iterable[Item]) -> list[Item]:
    """Return the lines block by block."""
    places = list(Section)
    return sorted(items, key=lambda item: places.index(item.section))


def plan(day: date, before: date | None, standings: Collection[Standing], posts: Posts) -> Planned:
    """Return what starts, falls due, is late, comes near or is held too long, by whom to tell; reads only."""
    planned: Planned = defaultdict(list)
    found = [item for item in standings if item.state in UNDER_WAY and not item.is_completed]
    found = [item for item in found if not item.completion.not_applicable]
    goals = _goals({item.goal_id for item in found})
    calendar = get_calendar()
    for node in _open_nodes(found, goals, day):
        if told := _told(node, day, before, calendar, posts):
            person_id, item = told
            planned[person_id].append(item)
    for person_id, item in _starting(found, goals, day, before):
        planned[person_id].append(item)
    for person_id, item in _held_too_long(day, before, calendar):
        planned[person_id].append(item)
    return planned


def _goals(goal_ids: Collection[int]) -> Mapping[int, Goal]:
    query = select(Goal).where(Goal.id.in_(goal_ids)).options(joinedload(Goal.person))
    return {goal.id: goal for goal in db.session.scalars(query)}


def _open_nodes(found: Iterable[Standing], goals: Mapping[int, Goal], day: date) -> Iterator[_Node]:
    nodes = progress_queries.milestones_of_goals(list(goals))
    histories = progress_queries.progress_of_goals(list(goals), day)
    hand_ins = acceptance_queries.hand_ins_of_goals(list(goals), day)
    for item in found:
        goal = goals[item.goal_id]
        planned = [] if goal.scoring_method == PER_INCIDENT else nodes.get(goal.id, [])
        standing = stand_goal(goal, planned, histories.get(goal.id), hand_ins.get(goal.id), day)
        yield from (_Node(item, goal, node.name, node.due_on) for node in standing if node.reached_on is None)
        if all(node.due_on != item.due_on for node in standing):
            yield _Node(item, goal, FINAL_NODE, item.due_on)


def _told(
    node: _Node, day: date, before: date | None, calendar: WorkCalendar, posts: Posts
) -> tuple[int, Item] | None:
    people = posts.of(node.standing)
    if node.due_on < day:
        capacity = digest_rules.overdue_to(node.due_on, day, before, calendar)
        person_id = people.get(capacity) if capacity else None
        return (person_id, _overdue(node, day, calendar, capacity)) if person_id else None
    left = digest_rules.days_left_to_tell(node.due_on, day, before, calendar)
    if left is None:
        return None
    return node.standing.person_id, _coming(node, day, left)


def _overdue(node: _Node, day: date, calendar: WorkCalendar, capacity: Capacity | None) -> Item:
    late = calendar.workdays_between(node.due_on, day)
    whose = "" if capacity is Capacity.OWNER else f"（责任人{node.goal.person.name}）"
    text = f"{node.label}{whose}{_short(node.due_on)}到期，已逾期{late}个工作日"
    return Item(Section.OVERDUE, text, entry_id=node.standing.entry_id)


def _coming(node: _Node, day: date, left: int) -> Item:
    entry_id = node.standing.entry_id
    if left:
        text = f"{node.label}{_short(node.due_on)}到期，还有{left}个工作日"
        return Item(Section.REMINDERS, text, entry_id=entry_id)
    is_today = node.due_on == day
    when = "今日到期" if is_today else f"{_short(node.due_on)}（休息日）到期，请在今日办结"
    return Item(Section.DUE, f"{node.label}{when}", entry_id=entry_id)


def _starting(
    found: Iterable[Standing], goals: Mapping[int, Goal], day: date, before: date | None
) -> Iterator[tuple[int, Item]]:
    """Yield goals and phases that begin by *day*, those of days without digests included."""
    standing = {item.goal_id: item for item in found}
    begun = [(goal.id, quoted(goal.name), goal.starts_on) for goal in goals.values()]
    phases = db.session.execute(
        select(Milestone.goal_id, Milestone.name, Milestone.starts_on)
        .where(Milestone.goal_id.in_(goals), Milestone.starts_on.is_not(None))
        .order_by(Milestone.goal_id, Milestone.sequence)
    )
    first_days = {goal.id: goal.starts_on for goal in goals.values()}
    begun += [
        (goal_id, f"{quoted(goals[goal_id].name)}阶段{quoted(name)}", starts_on)
        for goal_id, name, starts_on in phases
        if starts_on != first_days[goal_id]
    ]
    for goal_id, label, starts_on in begun:
        if starts_on is None or starts_on > day or not (starts_on == day or (before and starts_on > before)):
            continue
        when = "今日启动" if starts_on == day else f"计划{_short(starts_on)}启动"
        item = standing[goal_id]
        yield item.person_id, Item(Section.STARTS, f"{label}{when}", entry_id=item.entry_id)


def _held_too_long(day: date, before: date | None, calendar: WorkCalendar) -> Iterator[tuple[int, Item]]:
    """Yield the hand-overs past their limit, for who holds them and for the level above (R3.9)."""
    for found in (item for year in turns.years_on(day) for item in list_overdue(year, day)):
        due_on, step = found.timing.due_on, found.step
        if not digest_rules.tells_hand_over(due_on, day, before, calendar):
            continue
        kind = f"{found.unit}{quoted(step.label)}{found.kind.label}{_short(due_on)}到办结时限"
        text = f"{kind}，已超时限{found.timing.late}个工作日"
        for person_id in found.holder.people:
            yield person_id, Item(Section.HAND_OVERS, text, endpoint=step.endpoint, values=step.values)
        above = f"{text}，现由{found.holder.name}办理"
        for person_id in found.above.people:
            yield person_id, Item(Section.HAND_OVERS, above, endpoint=step.endpoint, values=step.values)


def _add_notices(planned: Planned, day: date) -> None:
    """Add what was sent to each person and not told yet, and what is to be answered today."""
    rows = db.session.scalars(
        select(NoticeRecipient)
        .join(SupervisionNotice, SupervisionNotice.id == NoticeRecipient.notice_id)
        .where(NoticeRecipient.digest_on.is_(None))
        .options(joinedload(NoticeRecipient.notice))
        .order_by(NoticeRecipient.id)
    )
    told = set()
    for row in rows:
        row.digest_on = day
        told.add(row.id)
        planned[row.person_id].append(Item(Section.NOTICES, _notice_text(row), notice_id=row.notice_id))
    due = db.session.scalars(
        select(NoticeRecipient)
        .join(SupervisionNotice, SupervisionNotice.id == NoticeRecipient.notice_id)
        .where(
            SupervisionNotice.state.in_(AWAITING),
            SupervisionNotice.reply_by == day,
            NoticeRecipient.capacity.in_((Capacity.OWNER, Capacity.UNIT_HEAD)),
        )
        .options(joinedload(NoticeRecipient.notice))
        .order_by(NoticeRecipient.id)
    )
    for row in due:
        if row.id not in told:
            text = f"{row.notice.name}今日应答复：{row.notice.matter}"
            planned[row.person_id].append(Item(Section.NOTICES, text, notice_id=row.notice_id))


def _notice_text(row: NoticeRecipient) -> str:
    notice = row.notice
    head = f"{notice.name}（{notice.colour.paper}）"
    if row.level:
        return f"{head}逾期未答复，已升级到{row.capacity.label}：{notice.matter}"
    if row.capacity in {Capacity.OWNER, Capacity.UNIT_HEAD} and notice.state.awaits_answer:
        return f"{head}请于{_short(notice.reply_by)}前答复：{notice.matter}"
    return f"{head}{notice.matter}"


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"
