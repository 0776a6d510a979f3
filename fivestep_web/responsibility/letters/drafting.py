"""Drafting letters in bulk from the goal tree (R2.8-R2.10): who signs with whom follows from posts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import SYSTEM, Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, PlanYear, Unit, UnitKind
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.letters import content as letter_content
from fivestep_web.responsibility.letters import signatories
from fivestep_web.responsibility.letters.conditions import stands
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal
from fivestep_web.responsibility.row_log import letter_rows
from fivestep_web.responsibility.rules import (
    UPPER_KIND,
    LetterKind,
    LetterState,
    SheetError,
    letter_number,
    sheet_weights,
)

if TYPE_CHECKING:
    from fivestep_web.responsibility.letters.sources import Known

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
Key = tuple[LetterKind, int, int | None]


@dataclass(frozen=True)
class Plan:
    """One letter that ought to be there: its kind, unit, two sides and goals in order.

    A side is None while its post is vacant: such a letter is not drafted.
    """

    kind: LetterKind
    unit: Unit
    responsible_id: int | None
    issuer_id: int | None
    goals: tuple[Goal, ...]

    @property
    def key(self) -> Key:
        """Return what makes it the same letter: a unit has one, whoever its head; a comrade one per unit."""
        return self.kind, self.unit.id, self.responsible_id if self.kind in UPPER_KIND else None


def key_of(letter: Letter) -> Key:
    """Return the key of the plan a stored letter stands for."""
    return letter.kind, letter.unit_id, letter.responsible_id if letter.kind in UPPER_KIND else None


def draft_letters(actor: Actor, year: int, kind: str = "") -> int:
    """Draft what is missing and bring drafts up to date with goals and posts; return how many are new.

    Works on the letters the actor may draw up, of one *kind* or of all. A draft whose goals went elsewhere is
    voided; letters issued or signed are never touched. Raises Conflict while step 2 is closed (R1.1).
    """
    if actor is not SYSTEM and not actor.may(Permission.LETTER_ISSUE):
        raise NotAllowed(_("责任书不由您起草"))
    plan_year = db.session.scalar(select(PlanYear).where(PlanYear.year == year).with_for_update())
    if plan_year is None or not plan_year.step_two_open:
        raise Conflict(_("%(year)s年组织工作要点尚未印发，责任步骤还没有开启，不能起草责任书", year=year))
    living = {key_of(letter): letter for letter in _living(year)}
    uppers = {letter.unit_id: letter for letter in living.values() if letter.kind not in UPPER_KIND}
    plans = [
        plan
        for plan in _plans(year, clock.today())
        if kind in ("", plan.kind) and policy.can_draft(actor, plan.kind, plan.unit.id)
    ]
    created, updated = _apply(year, plans, living, uppers)
    asked = {key: letter for key, letter in living.items() if kind in ("", letter.kind)}
    _void_needless(actor, asked, {plan.key for plan in plans})
    db.session.flush()
    if created or updated:
        facts = {"created": [item.number for item in created], "updated": [item.number for item in updated]}
        record(actor, "letter.drafted", f"year:{year}", **facts)
    return len(created)


def _apply(
    year: int, plans: Iterable[Plan], living: Mapping[Key, Letter], uppers: dict[int, Letter]
) -> tuple[list[Letter], list[Letter]]:
    """Return the letters made new and those brought up to date."""
    plans = list(plans)
    people = _people_of(plans)  # held, so that filling finds each without a statement of its own
    serials = last_serials(year)
    created, updated = [], []
    for plan in plans:
        letter = living.get(plan.key)
        if plan.responsible_id is None or plan.issuer_id is None:
            continue
        if letter is None:
            serials[plan.kind] = serials.get(plan.kind, 0) + 1
            letter = _new_letter(year, plan, serials[plan.kind])
            created.append(letter)
            if plan.kind not in UPPER_KIND:
                uppers[plan.unit.id] = letter
        if letter.state is LetterState.DRAFT and _fill(letter, plan, uppers) and letter not in created:
            updated.append(letter)
        db.session.add(letter)  # a new one only now, complete: filling reads, and reading flushes
    del people
    return created, updated


def _people_of(plans: Iterable[Plan]) -> Sequence[Person]:
    ids = {side for plan in plans for side in (plan.responsible_id, plan.issuer_id) if side is not None}
    return db.session.scalars(select(Person).where(Person.id.in_(ids))).all()


def _living(year: int) -> Iterable[Letter]:
    """Return the letters there are, the drafts among them locked: none is issued while it is filled."""
    drafts = select(Letter.id).where(Letter.year == year, Letter.state == LetterState.DRAFT, stands())
    db.session.execute(drafts.order_by(Letter.kind, Letter.serial).with_for_update(of=Letter))
    return db.session.scalars(
        select(Letter)
        .where(Letter.year == year, stands())
        .options(selectinload(Letter.goals))
        .order_by(Letter.id)
    ).all()


def _void_needless(actor: Actor, living: Mapping[Key, Letter], wanted: set[Key]) -> None:
    for key, letter in living.items():
        if key not in wanted and policy.can_void(actor, letter) and letter.state is LetterState.DRAFT:
            letter.state = LetterState.VOID
            reason = _("目标或职务变动后，这份草稿不再需要")
            db.session.flush()
            record(actor, "letter.voided", f"letter:{letter.id}", reason=reason, **letter_rows(letter))


def last_serials(year: int) -> dict[LetterKind, int]:
    """Return the last serial of each kind of letter; the caller holds the plan year, so the next is free."""
    rows = db.session.execute(
        select(Letter.kind, func.max(Letter.serial)).where(Letter.year == year).group_by(Letter.kind)
    )
    return {row[0]: row[1] for row in rows}


def _new_letter(year: int, plan: Plan, serial: int) -> Letter:
    return Letter(
        year=year,
        kind=plan.kind,
        serial=serial,
        number=letter_number(year, plan.kind, serial),
        unit_id=plan.unit.id,
        state=LetterState.DRAFT,
        version=1,
        goals=[],
    )


def _fill(letter: Letter, plan: Plan, uppers: Mapping[int, Letter]) -> bool:
    """Write the plan into a draft; say whether that changed it."""
    upper = uppers.get(plan.unit.id) if plan.kind in UPPER_KIND else None
    facts = {
        "title": letter_content.title_of(plan.kind, plan.unit.name, letter.year),
        "responsible": db.session.get_one(Person, plan.responsible_id),
        "issuer": db.session.get_one(Person, plan.issuer_id),
        "upper": upper,
    }
    changed = False
    for name, value in facts.items():
        if getattr(letter, name) is not value and getattr(letter, name) != value:
            setattr(letter, name, value)
            changed = True
    return fill_goals(letter, plan.goals) or changed


def _shares(goals: tuple[Goal, ...]) -> list[Decimal]:
    """Return the weights of a sheet; where those typed do not total 100 the draft shows them as typed."""
    points = [goal.points for goal in goals]
    try:
        return sheet_weights(points, [goal.is_weight_typed for goal in goals])
    except SheetError:
        return points


def fill_goals(letter: Letter, goals: tuple[Goal, ...]) -> bool:
    """Let a letter not yet issued carry *goals* in this order, each with its weight; say what was new."""
    shares = _shares(goals)
    wanted = {
        goal.id: (position, share)
        for position, (goal, share) in enumerate(zip(goals, shares, strict=True), 1)
    }
    if {item.goal_id: (item.position, item.weight) for item in letter.goals} == wanted:
        return False
    for item in list(letter.goals):
        if item.goal_id not in wanted:
            letter.goals.remove(item)
            continue
        item.position, item.weight = wanted.pop(item.goal_id)
    by_id = {goal.id: goal for goal in goals}
    for goal_id, (position, share) in wanted.items():
        letter.goals.append(LetterGoal(goal=by_id[goal_id], position=position, weight=share))
    letter.goals.sort(key=lambda item: item.position)
    return True


def refresh(letter: Letter, known: "Known | None" = None) -> None:
    """Bring one draft up to date with today's goals, points and posts, locking the goals it carries.

    *known* holds what was read, and locked, for many letters at once. Raises DomainError when the letter has
    no goals any more or one of its two posts is vacant.
    """
    plans = known.plans if known else plans_of(letter.year, {letter.unit_id})
    plan = plans.get(key_of(letter))
    if plan is None:
        raise DomainError(_("责任书里没有目标，请先分解目标"))
    if plan.responsible_id is None:
        raise DomainError(_("“%(unit)s”现在没有负责人，请先任命负责人", unit=plan.unit.name))
    if plan.issuer_id is None:
        raise DomainError(signatories.why_no_issuer(plan.kind, plan.unit))
    _fill(letter, plan, known.uppers if known else uppers_of(letter.year, {letter.unit_id}))
    db.session.flush()


def plans_of(year: int, units: Collection[int]) -> dict[Key, Plan]:
    """Return today's plans of some units, their goals locked."""
    return {plan.key: plan for plan in _plans(year, clock.today(), units, lock=True)}


def uppers_of(year: int, units: Collection[int]) -> dict[int, Letter]:
    """Return each unit's own letter of a year, to which those of its comrades belong."""
    letters = db.session.scalars(
        select(Letter)
        .where(
            Letter.year == year,
            Letter.unit_id.in_(units),
            Letter.kind.in_(set(UPPER_KIND.values())),
            stands(),
        )
        .options(selectinload(Letter.goals))
    )
    return {letter.unit_id: letter for letter in letters}


def refresh_drafts(year: int, unit_id: int) -> None:
    """Bring a unit's drafts up to date with its goals: what is read before issuing is what goes out.

    A draft that somebody holds is passed over: who issues it takes the goals as they are by then.
    """
    drafts = db.session.scalars(
        select(Letter)
        .where(Letter.year == year, Letter.unit_id == unit_id, Letter.state == LetterState.DRAFT, stands())
        .options(selectinload(Letter.goals))
        .with_for_update(of=Letter, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    plans = {plan.key: plan for plan in _plans(year, clock.today(), {unit_id})} if drafts else {}
    for letter in drafts:
        plan = plans.get(key_of(letter))
        fill_goals(letter, plan.goals if plan else ())


def _plans(
    year: int, today: date, units: Collection[int] | None = None, *, lock: bool = False
) -> Iterable[Plan]:
    """Yield upper letters before lower ones, units and people in the order of their codes."""
    of_units = select(Unit).order_by(Unit.code)
    of_goals = select(Goal).where(Goal.year == year).options(joinedload(Goal.person)).order_by(Goal.code)
    if units is not None:
        of_units, of_goals = of_units.where(Unit.id.in_(units)), of_goals.where(Goal.unit_id.in_(units))
    if lock:
        of_goals = of_goals.with_for_update(of=Goal).execution_options(populate_existing=True)
    own: dict[int, list[Goal]] = {}
    for goal in db.session.scalars(of_goals):
        own.setdefault(goal.unit_id, []).append(goal)
    lower: list[Plan] = []
    issuer_of = signatories.issuers(today)
    for unit in db.session.scalars(of_units).all():
        goals = own.get(unit.id, [])
        if unit.kind not in UPPER_KINDS or not goals:
            continue
        head_id, kind = unit.current.head_id, UPPER_KINDS[unit.kind]
        unit_goals = tuple(goal for goal in goals if goal.parent_id is None)
        if unit_goals:
            yield Plan(kind, unit, head_id, issuer_of(kind, unit), unit_goals)
        lower += _lower_plans(unit, goals)
    yield from lower


def _lower_plans(unit: Unit, goals: Iterable[Goal]) -> Iterable[Plan]:
    """Yield a plan for each comrade with tasks in the unit; its head has the unit's own letter instead."""
    tasks: dict[int, list[Goal]] = {}
    codes: dict[int, str] = {}
    for goal in goals:
        if goal.parent_id is not None:
            tasks.setdefault(goal.person_id, []).append(goal)
            codes[goal.person_id] = goal.person.code
    head_id = unit.current.head_id
    for person_id in sorted(tasks, key=codes.__getitem__):
        if person_id != head_id:
            yield Plan(LOWER_KINDS[unit.kind], unit, person_id, head_id, tuple(tasks[person_id]))
