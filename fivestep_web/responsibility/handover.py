"""Letters whose signatories no longer hold the posts they signed in, and what a handover changes (R2.10)."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, Position, PostHolding
from fivestep_web.responsibility import assignments, signatories
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import UPPER_KIND, LetterKind, LetterState

Items = dict[int, dict[str, str]]


@dataclass(frozen=True)
class Affected:
    """A letter in force that has to be handed over, and why."""

    letter_id: int
    number: str
    title: str
    why: str


def list_affected(actor: Actor) -> list[Affected]:
    """Return the letters in force, of those whose change the actor may ask for, that posts have outrun.

    Letters that are being changed already are left out. Four statements, whatever their number.
    """
    units = actor.units_for(Permission.CHANGE_REQUEST)
    query = (
        select(Letter)
        .where(Letter.state == LetterState.IN_FORCE, Letter.successor_id.is_(None))
        .options(joinedload(Letter.unit), joinedload(Letter.responsible), joinedload(Letter.issuer))
        .order_by(Letter.kind, Letter.serial)
    )
    if units is not None:
        query = query.where(Letter.unit_id.in_(units))
    letters = db.session.scalars(query).all()
    if not letters:
        return []
    posts = _Posts(clock.today())
    found = ((letter, posts.why_outrun(letter)) for letter in letters)
    return [Affected(letter.id, letter.number, letter.title, why) for letter, why in found if why]


class _Posts:
    """Who holds a post, and who left a unit, on a day; read once for all letters."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.holding: set[int] = set()
        self.in_unit: set[tuple[int, int]] = set()
        self.left: set[tuple[int, int]] = set()
        self._minister: list[int | None] = []
        rows = db.session.execute(
            select(
                PostHolding.person_id, Position.unit_id, PostHolding.valid_from, PostHolding.valid_to
            ).join(Position, Position.id == PostHolding.position_id)
        )
        for person_id, unit_id, valid_from, valid_to in rows:
            if valid_to is not None and valid_to < today:
                self.left.add((person_id, unit_id))
            elif valid_from <= today:
                self.holding.add(person_id)
                self.in_unit.add((person_id, unit_id))

    def is_gone(self, person_id: int, unit_id: int) -> bool:
        """Say whether somebody holds no post any more, or left this unit for another."""
        place = (person_id, unit_id)
        return person_id not in self.holding or (place in self.left and place not in self.in_unit)

    def issuer_of(self, letter: Letter) -> int | None:
        if letter.kind is not LetterKind.DEPARTMENT_UNIT:
            return signatories.find_issuer(letter.kind, letter.unit, self.today)
        if not self._minister:
            self._minister.append(signatories.find_issuer(letter.kind, letter.unit, self.today))
        return self._minister[0]

    def why_outrun(self, letter: Letter) -> str:
        """Return why a letter has to be handed over, empty when its signatories are in post."""
        head_id, name = letter.unit.current.head_id, letter.responsible.name
        if letter.kind not in UPPER_KIND and letter.responsible_id != head_id:
            return str(_("负责人已不是%(name)s", name=name))
        if letter.kind in UPPER_KIND and self.is_gone(letter.responsible_id, letter.unit_id):
            return str(_("%(name)s已离任", name=name))
        if letter.kind in UPPER_KIND and letter.responsible_id == head_id:
            return str(_("%(name)s已任单位负责人", name=name))
        if letter.issuer_id != self.issuer_of(letter):
            return str(_("甲方签署人已不是%(name)s", name=letter.issuer.name))
        return ""


def why_outrun(letter: Letter) -> str:
    """Return why one letter has to be handed over, empty when its signatories are in post."""
    return _Posts(clock.today()).why_outrun(letter)


def needs_successor(letter: Letter) -> bool:
    """Say whether personal tasks have to be taken over by another comrade."""
    if letter.kind not in UPPER_KIND:
        return False
    is_head = letter.responsible_id == letter.unit.current.head_id
    return is_head or _Posts(clock.today()).is_gone(letter.responsible_id, letter.unit_id)


def list_successors(letter: Letter) -> list[tuple[int, str]]:
    """Return who may take over personal tasks: the comrades in post in the unit, its head apart."""
    others = {letter.responsible_id, letter.unit.current.head_id}
    return [
        (person_id, f"{name}（{code}）")
        for person_id, name, code in assignments.people_of(letter.unit_id)
        if person_id not in others
    ]


def items_of(letter: Letter, successor_id: int | None) -> Items:
    """Return what a handover changes, by goal and field, people by their staff codes.

    A unit's goals and the tasks its head carries go to the new head; goals under the old leader in charge go
    to the new one; personal tasks go to the successor picked. Raises DomainError when no post changed.
    """
    if letter.kind in UPPER_KIND:
        return _personal_items(letter, successor_id)
    head_id = letter.unit.current.head_id
    issuer_id = signatories.find_issuer(letter.kind, letter.unit, clock.today())
    if head_id is None or issuer_id is None:
        raise DomainError(_("“%(unit)s”的负责人或主管领导空缺，任命后再办理移交", unit=letter.unit.name))
    if (head_id, issuer_id) == (letter.responsible_id, letter.issuer_id):
        raise DomainError(_("双方职务没有变动，不需要移交；调整目标请用“申请变更”"))
    items: Items = {}
    if head_id != letter.responsible_id:
        _hand_on(items, letter, "person_id", letter.responsible_id, head_id)
    if letter.kind is LetterKind.MINISTER_SECTION_HEAD and issuer_id != letter.issuer_id:
        _hand_on(items, letter, "leader_id", letter.issuer_id, issuer_id)
    return items


def _personal_items(letter: Letter, successor_id: int | None) -> Items:
    if successor_id is None:
        if needs_successor(letter):
            raise DomainError(_("请选择由谁承接%(name)s的任务", name=letter.responsible.name))
        if not why_outrun(letter):
            raise DomainError(_("双方职务没有变动，不需要移交；调整目标请用“申请变更”"))
        return {}
    if successor_id not in {person_id for person_id, _name in list_successors(letter)}:
        raise DomainError(_("承接人应是本单位在岗的同志，且不是单位负责人，请重新选择"))
    code = _code(successor_id)
    return {
        item.goal_id: {"person_id": code}
        for item in letter.goals
        if item.goal.person_id == letter.responsible_id
    }


def _hand_on(items: Items, letter: Letter, field: str, old_id: int, new_id: int) -> None:
    """Let all goals of the letter's unit that stand under *old_id* go to *new_id*."""
    goals = db.session.scalars(
        select(Goal.id)
        .where(
            Goal.year == letter.year,
            Goal.unit_id == letter.unit_id,
            or_(
                Goal.id.in_([item.goal_id for item in letter.goals]),
                Goal.parent_id.is_not(None),
            ),
            getattr(Goal, field) == old_id,
        )
        .order_by(Goal.code)
    )
    code = _code(new_id)
    for goal_id in goals:
        items.setdefault(goal_id, {})[field] = code


def _code(person_id: int) -> str:
    return db.session.get_one(Person, person_id).code
