"""Making, changing and deleting goals before they are signed (R2.1-R2.5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from fivestep_web.audit.services import record
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from fivestep_web.responsibility import policy, rules
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals.rules import StandardError, check_standard, stored_target, typed_target
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.models import (
    Assignment,
    Duty,
    Goal,
    Letter,
    LetterGoal,
    LetterVersion,
    Milestone,
)
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import TopicState

FREE_STATES = (LetterState.DRAFT, LetterState.OBJECTED, LetterState.VOID, LetterState.SUPERSEDED)
OPEN_TOPICS = (TopicState.FINAL, TopicState.IN_FORCE)
CODE_LENGTH = 40
STANDARD = ("completion_standard", "target", "measure_unit", "indicator", "deliverable", "acceptance")
DAYS = ("starts_on", "deadline")
DUTY = ("duty_id", "outside_duties_reason")


@dataclass(frozen=True)
class GoalFacts:
    """What may be edited of a goal; *target* is None for a goal with a deliverable alone."""

    name: str
    completion_standard: str
    target: Decimal | None
    measure_unit: str
    starts_on: date | None
    deadline: date
    points: Decimal
    indicator: str = ""
    baseline: Decimal | None = None
    deliverable: str = ""
    acceptance: str = ""
    measures: str = ""
    duty_id: int | None = None
    outside_duties_reason: str = ""

    def cleaned(self) -> "GoalFacts":
        """Return the facts with white space around the texts gone."""
        return replace(
            self,
            name=self.name.strip(),
            completion_standard=self.completion_standard.strip(),
            measure_unit=self.measure_unit.strip(),
            indicator=self.indicator.strip(),
            deliverable=self.deliverable.strip(),
            acceptance=self.acceptance.strip(),
            measures=self.measures.strip(),
            outside_duties_reason=self.outside_duties_reason.strip(),
        )


@dataclass(frozen=True)
class Place:
    """Where a new goal stands: its topic, unit, lead and, for a task at any depth, the goal above it."""

    year: int
    topic_id: int
    unit_id: int
    person_id: int
    parent_id: int | None = None


def facts_of(goal: Goal) -> GoalFacts:
    """Return what was typed of a goal."""
    stored = {item.name: getattr(goal, item.name) for item in fields(GoalFacts)}
    return GoalFacts(**{**stored, "target": typed_target(goal.target, goal.measure_unit, goal.indicator)})


def fixing_letters(goal_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return, for the goals whose text a letter fixes, that letter's id and number."""
    rows = db.session.execute(
        select(LetterGoal.goal_id, Letter.id, Letter.number)
        .join(Letter, LetterGoal.letter_id == Letter.id)
        .where(LetterGoal.goal_id.in_(goal_ids), Letter.state.not_in(FREE_STATES))
        .order_by(Letter.id)
    )
    return {goal_id: (letter_id, number) for goal_id, letter_id, number in rows}


def find_fixing_letter(goal: Goal) -> str | None:
    """Return the number of the letter that fixes this goal's text, none while it may still be edited."""
    found = fixing_letters([goal.id]).get(goal.id)
    return found[1] if found else None


def check_editable(actor: Actor, goal: Goal) -> None:
    """Raise NotAllowed for another's goal, Conflict for one a letter fixes: that needs a change order."""
    if not policy.can_edit_goal(actor, goal):
        raise NotAllowed(_("这个目标不由您编制"))
    number = find_fixing_letter(goal)
    if number:
        raise Conflict(_("目标已写入责任书 %(number)s，不能直接修改，请走变更程序", number=number))


def check_revision(goal: Goal, revision: int | None) -> None:
    """Raise Conflict when the goal has changed since the form was opened."""
    if revision != goal.revision:
        raise Conflict(_("目标在您打开之后已被修改，没有保存。请对照现在的内容修改后再保存"))


def update_goal(actor: Actor, goal: Goal, facts: GoalFacts, *, revision: int | None) -> None:
    """Change a goal that no issued letter carries; each change is logged with the old value.

    Drafts that carry it follow. Raises Conflict for a stale form and for a goal a letter fixes, DomainError
    for facts that cannot be so.
    """
    check_editable(actor, goal)
    check_revision(goal, revision)
    if change_facts(actor, goal, facts):
        drafting.refresh_drafts(goal.year, goal.unit_id)


def change_facts(actor: Actor, goal: Goal, facts: GoalFacts) -> bool:
    """Change and log a goal's facts, the right to do so and the drafts apart; say whether any was new.

    What an import brought without standard or duty stays until it is touched.
    """
    before, facts = vars(facts_of(goal)), facts.cleaned()
    changes = {name: [before[name], new] for name, new in vars(facts).items() if before[name] != new}
    _check_name(facts)
    if changes.keys() & set(STANDARD) or not facts.completion_standard:
        _check_standard(facts)
    if changes.keys() & set(DAYS):
        _check_days(facts, goal.year, goal.id)
    if changes.keys() & set(DUTY) and goal.parent_id is None:
        _check_duty(goal.unit_id, facts)
    for name, (_old, new) in changes.items():
        setattr(goal, name, stored_target(new) if name == "target" else new)
    if changes:
        db.session.flush()
        record(actor, "goal.updated", f"goal:{goal.id}", changes=changes)
    return bool(changes)


def _check_name(facts: GoalFacts) -> None:
    if not facts.name:
        raise FieldError("name", _("请填写目标名称"))


def _check_standard(facts: GoalFacts) -> None:
    given = {name: getattr(facts, name) for name in STANDARD if name != "completion_standard"}
    try:
        check_standard(standard=facts.completion_standard, **given)
    except StandardError as error:
        raise FieldError(error.field, str(error)) from error


def _check_days(facts: GoalFacts, year: int, goal_id: int | None) -> None:
    if facts.starts_on and facts.deadline < facts.starts_on:
        raise FieldError("deadline", _("完成时限早于开始日期，请核对后修改"))
    if facts.deadline.year != year:
        raise FieldError("deadline", _("完成时限应在 %(year)s 年内", year=year))
    if goal_id is None:
        return
    first, last = db.session.execute(
        select(func.min(Milestone.due_on), func.max(Milestone.due_on)).where(Milestone.goal_id == goal_id)
    ).one()
    if last and last > facts.deadline:
        raise FieldError("deadline", _("有阶段节点的时限是 %(day)s，完成时限不能早于它", day=last))
    if first and facts.starts_on and first < facts.starts_on:
        raise FieldError("starts_on", _("有阶段节点的时限是 %(day)s，开始日期不能晚于它", day=first))


def _check_duty(unit_id: int, facts: GoalFacts) -> None:
    """R2.2: a unit goal falls under one of the unit's duties, where it has any, or says why it does not."""
    duties = set(db.session.scalars(select(Duty.id).where(Duty.unit_id == unit_id, Duty.ended_on.is_(None))))
    if facts.duty_id is not None and facts.duty_id not in duties:
        raise FieldError("duty", _("这项职责不在本单位现行职责之内，请重新选择"))
    if duties and facts.duty_id is None and not facts.outside_duties_reason:
        raise FieldError("duty", _("请选择对应的职责；确属职责以外的，选“职责以外”并写明为什么交给这个单位"))


def sheet_of(year: int, unit_id: int, person_id: int | None) -> Sequence[Goal]:
    """Return the goals of one sheet in order: a unit's unit goals, or a person's tasks in a unit."""
    query = select(Goal).where(Goal.year == year, Goal.unit_id == unit_id).order_by(Goal.code)
    if person_id is None:
        query = query.where(Goal.parent_id.is_(None))
    else:
        query = query.where(Goal.parent_id.is_not(None), Goal.person_id == person_id)
    return db.session.scalars(query).all()


def find_letter_before(goal: Goal) -> tuple[int, str] | None:
    """Return id and number of the letter that went out with the rest of a goal's sheet, but without it."""
    if fixing_letters([goal.id]):
        return None
    sheet = sheet_of(goal.year, goal.unit_id, goal.person_id if goal.parent_id else None)
    return next(iter(fixing_letters([item.id for item in sheet]).values()), None)


def type_weight(actor: Actor, goal: Goal, weight: Decimal) -> bool:
    """Set the weight of a goal on its sheet of 100 (R2.4), as typed; say whether it was another before.

    With the first weight typed the others of the sheet keep the weight they are shown with, unless a letter
    fixes one of them. The right to do so and the drafts are the caller's.
    """
    sheet = sheet_of(goal.year, goal.unit_id, goal.person_id if goal.parent_id else None)
    shown = weights_shown(sheet)
    if shown[goal.id] == weight:
        return False
    keep_weights(sheet)
    old, goal.points, goal.is_weight_typed = shown[goal.id], weight, True
    db.session.flush()
    record(actor, "goal.updated", f"goal:{goal.id}", changes={"points": [old, weight]})
    return True


def keep_weights(sheet: Sequence[Goal]) -> None:
    """Let the goals of a sheet keep the weight they are shown with, as typed, unless a letter fixes one."""
    shown = weights_shown(sheet)
    if not any(item.is_weight_typed for item in sheet) and not fixing_letters(shown):
        for item in sheet:
            item.points, item.is_weight_typed = shown[item.id], True


def weights_shown(sheet: Sequence[Goal]) -> dict[int, Decimal]:
    """Return the weight of each goal of a sheet: as typed, whatever they total, or as shares of 100."""
    shares = rules.weights_shown([goal.points for goal in sheet], [goal.is_weight_typed for goal in sheet])
    return {goal.id: share for goal, share in zip(sheet, shares, strict=True)}


def starts_typed(sheet: Sequence[Goal]) -> bool:
    """Say whether the points of a goal added to a sheet are weights: of an empty one, or one typed so."""
    return not sheet or any(goal.is_weight_typed for goal in sheet)


def lock_topics(year: int) -> None:
    """Hold a year's topics, for who makes goals of several: two at once then wait, and neither fails.

    create_goal takes a topic each time, with the log already held by the goal before it.
    """
    db.session.execute(select(Topic.id).where(Topic.year == year).order_by(Topic.id).with_for_update())


def create_goal(actor: Actor, place: Place, facts: GoalFacts) -> Goal:
    """Make a unit goal or a task, with its lead, a code of its own, and the leader in charge of the unit.

    A task takes topic, unit and duty from the goal above it. Raises NotAllowed for a unit whose goals the
    actor does not build, DomainError for what cannot be so.
    """
    place, parent = _settle(place)
    if not policy.can_edit_goals_of(actor, place.unit_id):
        raise NotAllowed(_("这个单位的目标不由您编制"))
    topic = db.session.scalar(select(Topic).where(Topic.id == place.topic_id).with_for_update())
    if topic is None or topic.year != place.year or topic.state not in OPEN_TOPICS:
        raise FieldError("link", _("请选择本年度已定题的课题"))
    facts = facts.cleaned()
    if parent is not None:
        facts = replace(facts, duty_id=parent.duty_id, outside_duties_reason=parent.outside_duties_reason)
    _check_name(facts)
    _check_standard(facts)
    _check_days(facts, place.year, None)
    if parent is None:
        _check_duty(place.unit_id, facts)
    try:
        assignments.check_carrier(place.unit_id, place.person_id)
    except DomainError as error:
        raise FieldError("person", error.message) from error
    return _add(actor, place, facts, parent, topic)


def _settle(place: Place) -> tuple[Place, Goal | None]:
    if place.parent_id is None:
        return place, None
    parent = db.session.get(Goal, place.parent_id)
    if parent is None or parent.year != place.year:
        raise FieldError("link", _("上级目标不存在，请重新选择"))
    return replace(place, topic_id=parent.topic_id, unit_id=parent.unit_id), parent


def _add(actor: Actor, place: Place, facts: GoalFacts, parent: Goal | None, topic: Topic) -> Goal:
    unit = db.session.get_one(Unit, place.unit_id)
    sheet = sheet_of(place.year, place.unit_id, place.person_id if parent else None)
    goal = Goal(
        **{**vars(facts), "target": stored_target(facts.target)},
        year=place.year,
        code=_next_code(place.year, parent.code if parent else topic.code),
        topic_id=topic.id,
        parent_id=place.parent_id,
        unit_id=place.unit_id,
        person_id=place.person_id,
        leader_id=unit.current.leader_id or topic.leader_id,
        is_weight_typed=starts_typed(sheet),
    )
    db.session.add(goal)
    db.session.flush()
    assignments.change_lead(goal, place.person_id, assignments.first_day_of(goal))
    record(
        actor,
        "goal.created",
        f"goal:{goal.id}",
        code=goal.code,
        name=goal.name,
        unit=goal.unit_id,
        person=goal.person_id,
        deadline=goal.deadline,
    )
    return goal


def _next_code(year: int, stem: str) -> str:
    """Return the first free code stem-1, stem-2…; the caller holds the topic, so nobody else takes it."""
    stem = stem[: CODE_LENGTH - 5]
    taken = set(
        db.session.scalars(select(Goal.code).where(Goal.year == year, Goal.code.startswith(f"{stem}-")))
    )
    return next(code for number in range(1, len(taken) + 2) if (code := f"{stem}-{number}") not in taken)


def delete_goal(actor: Actor, goal: Goal, *, revision: int | None) -> None:
    """Delete a goal that no letter ever carried beyond its draft and nobody reported on; logged.

    Drafts follow. Raises Conflict for one with tasks below it, with a letter or with progress.
    """
    check_editable(actor, goal)
    check_revision(goal, revision)
    if db.session.scalar(select(Goal.id).where(Goal.parent_id == goal.id).limit(1)):
        raise Conflict(_("目标下面还有任务，请先删除下级任务"))
    number = db.session.scalar(
        select(Letter.number)
        .join(LetterGoal, LetterGoal.letter_id == Letter.id)
        .outerjoin(LetterVersion, LetterVersion.letter_id == Letter.id)
        .where(
            LetterGoal.goal_id == goal.id,
            or_(Letter.state != LetterState.DRAFT, LetterVersion.id.is_not(None)),
        )
        .limit(1)
    )
    if number:
        raise Conflict(_("目标写入过责任书 %(number)s，要留存，不能删除", number=number))
    year, unit_id = goal.year, goal.unit_id
    facts = {"code": goal.code, "name": goal.name, "unit": unit_id, "person": goal.person_id}
    for table in (LetterGoal, Milestone, Assignment):
        db.session.execute(delete(table).where(table.goal_id == goal.id))
    db.session.delete(goal)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(_("目标已有台账、进展、倒排工期或变更记录，不能删除")) from error
    record(actor, "goal.deleted", f"goal:{goal.id}", **facts)
    drafting.refresh_drafts(year, unit_id)
