"""Drafting letters in bulk from the goal tree (R2.8-R2.10): who signs with whom follows from posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear, Unit, UnitKind
from fivestep_web.responsibility import letter_content
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal
from fivestep_web.responsibility.rules import NUMBER_LETTERS, UPPER_KIND, LetterKind, LetterState, weights

UPPER_KINDS = {
    UnitKind.TOWNSHIP: LetterKind.DEPARTMENT_UNIT,
    UnitKind.PRIMARY_PARTY_ORGANIZATION: LetterKind.DEPARTMENT_UNIT,
    UnitKind.SECTION: LetterKind.MINISTER_SECTION_HEAD,
}
LOWER_KINDS = {
    UnitKind.TOWNSHIP: LetterKind.UNIT_MEMBER,
    UnitKind.PRIMARY_PARTY_ORGANIZATION: LetterKind.UNIT_MEMBER,
    UnitKind.SECTION: LetterKind.SECTION_HEAD_STAFF,
}


@dataclass(frozen=True)
class Plan:
    """One letter that ought to be there: its kind, unit, two sides and goals in order."""

    kind: LetterKind
    unit: Unit
    responsible_id: int
    issuer_id: int
    goals: tuple[Goal, ...]


def draft_letters(actor: Actor, year: int) -> int:
    """Draft what is missing and bring drafts up to date with the goals; return how many are new.

    Letters issued or signed are never touched. Raises Conflict while step 2 of the year is closed (R1.1).
    """
    plan_year = db.session.get(PlanYear, year)
    if plan_year is None or not plan_year.step_two_open:
        raise Conflict(_("%(year)s年组织工作要点尚未印发，责任步骤还没有开启，不能起草责任书", year=year))
    living = {
        (letter.kind, letter.unit_id, letter.responsible_id): letter
        for letter in db.session.scalars(
            select(Letter).where(Letter.year == year, Letter.state != LetterState.VOID)
        )
    }
    serials = _last_serials(year)
    uppers: dict[int, Letter] = {}
    created = 0
    for plan in _plans(year, clock.today()):
        letter = living.get((plan.kind, plan.unit.id, plan.responsible_id))
        if letter is None:
            serials[plan.kind] = serials.get(plan.kind, 0) + 1
            letter = _new_letter(year, plan, serials[plan.kind])
            created += 1
        if plan.kind in UPPER_KINDS.values():
            uppers[plan.unit.id] = letter
        if letter.state is LetterState.DRAFT:
            _fill(letter, plan, uppers)
    db.session.flush()
    if created:
        record(actor, "letter.drafted", f"year:{year}", count=created)
    return created


def _last_serials(year: int) -> dict[LetterKind, int]:
    rows = db.session.execute(
        select(Letter.kind, func.max(Letter.serial)).where(Letter.year == year).group_by(Letter.kind)
    )
    return {kind: serial for kind, serial in rows}


def _new_letter(year: int, plan: Plan, serial: int) -> Letter:
    letter = Letter(
        year=year,
        kind=plan.kind,
        serial=serial,
        number=f"责〔{year}〕{NUMBER_LETTERS[plan.kind]}{serial}号",
        title=letter_content.title_of(plan.kind, plan.unit.name, year),
        unit_id=plan.unit.id,
        responsible_id=plan.responsible_id,
        issuer_id=plan.issuer_id,
        state=LetterState.DRAFT,
        version=1,
        goals=[],
    )
    db.session.add(letter)
    return letter


def _fill(letter: Letter, plan: Plan, uppers: dict[int, Letter]) -> None:
    letter.title = letter_content.title_of(plan.kind, plan.unit.name, letter.year)
    letter.issuer_id = plan.issuer_id
    if plan.kind in UPPER_KIND:
        letter.upper = uppers.get(plan.unit.id)
    shares = weights([goal.points for goal in plan.goals])
    wanted = {
        goal.id: (position, share)
        for position, (goal, share) in enumerate(zip(plan.goals, shares, strict=True), 1)
    }
    for item in list(letter.goals):
        if item.goal_id not in wanted:
            letter.goals.remove(item)
            continue
        item.position, item.weight = wanted.pop(item.goal_id)
    for goal_id, (position, share) in wanted.items():
        letter.goals.append(LetterGoal(goal_id=goal_id, position=position, weight=share))


def _plans(year: int, today: date) -> Iterable[Plan]:
    """Yield upper letters before lower ones, units and people in the order of their codes."""
    units = db.session.scalars(select(Unit).order_by(Unit.code)).all()
    goals = db.session.scalars(
        select(Goal).where(Goal.year == year).options(joinedload(Goal.person)).order_by(Goal.code)
    ).all()
    minister_id = letter_content.minister(today)
    lower = []
    for unit in units:
        head_id, kind = unit.current.head_id, unit.kind
        own = [goal for goal in goals if goal.unit_id == unit.id]
        if kind not in UPPER_KINDS or head_id is None:
            continue
        issuer_id = minister_id if UPPER_KINDS[kind] is LetterKind.DEPARTMENT_UNIT else unit.current.leader_id
        unit_goals = tuple(goal for goal in own if goal.parent_id is None)
        if unit_goals and issuer_id is not None:
            yield Plan(UPPER_KINDS[kind], unit, head_id, issuer_id, unit_goals)
        owners = {goal.person_id: goal.person.code for goal in own if goal.parent_id is not None}
        for person_id in sorted(owners, key=owners.__getitem__):
            if person_id != head_id:
                tasks = tuple(goal for goal in own if goal.parent_id and goal.person_id == person_id)
                lower.append(Plan(LOWER_KINDS[kind], unit, person_id, head_id, tasks))
    yield from lower
