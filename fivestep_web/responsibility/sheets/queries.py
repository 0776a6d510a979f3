"""What a goal sheet shows and what its cells may name; a fixed number of statements, whatever its length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, Unit
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.completion import of_year
from fivestep_web.responsibility.goals.rules import RollUp, typed_target
from fivestep_web.responsibility.models import Duty, Goal
from fivestep_web.responsibility.sheets.rules import (
    GOAL_KEYS,
    LINK,
    OUTSIDE,
    WEIGHT,
    Total,
    Value,
    fingerprint,
    shown,
    total_of,
)
from fivestep_web.topics.models import Topic


@dataclass(frozen=True)
class SheetKey:
    """Which sheet: a unit's unit goals, or with *person_id* that person's tasks in the unit."""

    year: int
    unit_id: int
    person_id: int | None = None

    @property
    def address(self) -> dict[str, int]:
        """Return the parameters of the sheet's address."""
        given = {"unit_id": self.unit_id, "person_id": self.person_id}
        return {name: value for name, value in given.items() if value is not None}


@dataclass
class Names:
    """What the cells of a sheet name: topics or goals above, people, duties; each by id."""

    links: dict[int, str]
    people: list[tuple[int, str, str]]
    everybody: list[tuple[int, str, str]]
    duties: list[tuple[int, str]]

    def duty_shown(self, duty_id: int | None, reason: str) -> str:
        """Return a duty as its cell shows it: 2. 党员教育管理, or 职责以外：理由."""
        if reason:
            return f"{OUTSIDE}：{reason}"
        place = next((at for at, duty in enumerate(self.duties, 1) if duty[0] == duty_id), None)
        return f"{place}. {self.duties[place - 1][1]}" if place else ""


@dataclass
class SheetRow:
    """A goal on its sheet: its cells as stored, the letter that fixes it, its completion.

    *typed* are the cells somebody filled in that were not saved, *errors* why.
    """

    id: int
    code: str
    cells: dict[str, str]
    letter: tuple[int, str] | None
    share: Decimal | None
    roll_up: RollUp | None
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def seen(self) -> dict[str, str]:
        """Return the fingerprints of the cells, which a form sends back with them."""
        return {key: fingerprint(text) for key, text in self.cells.items()}


@dataclass
class Sheet:
    """A whole sheet with its running total."""

    key: SheetKey
    unit: str
    person: str
    rows: list[SheetRow]
    names: Names
    total: Total
    can_edit: bool


def check_readable(actor: Actor, key: SheetKey) -> tuple[str, str]:
    """Return the names of the sheet's unit and person; NotFound for one the actor may not read."""
    unit = db.session.get(Unit, key.unit_id)
    person = db.session.get(Person, key.person_id) if key.person_id else None
    is_known = unit is not None and (key.person_id is None or person is not None)
    if unit is None or not is_known or not actor.may_for(Permission.GOAL_READ, unit_id=key.unit_id):
        raise NotFound(_("没有这张目标表，或不在您的查看范围内"))
    return unit.name, person.name if person else ""


def load_sheet(actor: Actor, key: SheetKey) -> Sheet:
    """Return a sheet as it is stored."""
    unit, person = check_readable(actor, key)
    goals = goal_services.sheet_of(key.year, key.unit_id, key.person_id)
    names = load_names(key)
    ids = [goal.id for goal in goals]
    helpers, letters = assignments.helpers_of(ids), goal_services.fixing_letters(ids)
    weights = goal_services.weights_shown(goals)
    owners = {row[0]: row[1] for row in names.everybody}
    shares, found = of_year(key.year)
    rows = [
        SheetRow(
            goal.id,
            goal.code,
            cells_of(goal, weights[goal.id], names, owners, helpers.get(goal.id, [])),
            letters.get(goal.id),
            shares.get(goal.id),
            found.get(goal.id),
        )
        for goal in goals
    ]
    total = total_of(list(weights.values()), is_typed=any(goal.is_weight_typed for goal in goals))
    can_edit = policy.can_edit_goals_of(actor, key.unit_id)
    return Sheet(key, unit, person, rows, names, total, can_edit)


def cells_of(
    goal: Goal,
    weight: Decimal,
    names: Names,
    owners: Mapping[int, str],
    helpers: Sequence[tuple[int, str]],
) -> dict[str, str]:
    """Return a goal's cells as text, by column."""
    values: dict[str, Value] = {key: getattr(goal, key) for key in GOAL_KEYS}
    values["target"] = typed_target(goal.target, goal.measure_unit, goal.indicator)
    return {
        **{key: shown(value) for key, value in values.items()},
        LINK: names.links.get(goal.parent_id or goal.topic_id, ""),
        "person": owners.get(goal.person_id, ""),
        "helpers": "、".join(name for _id, name in helpers),
        WEIGHT.key: shown(weight),
        "duty": names.duty_shown(goal.duty_id, goal.outside_duties_reason),
    }


def load_names(key: SheetKey) -> Names:
    """Return what the cells of a sheet may name."""
    everybody = db.session.execute(select(Person.id, Person.name, Person.code).order_by(Person.code))
    duties = db.session.execute(
        select(Duty.id, Duty.text)
        .where(Duty.unit_id == key.unit_id, Duty.ended_on.is_(None))
        .order_by(Duty.position)
    )
    return Names(
        _links(key),
        assignments.people_of(key.unit_id),
        [(person_id, name, code) for person_id, name, code in everybody],
        [(duty_id, text) for duty_id, text in duties],
    )


def _links(key: SheetKey) -> dict[int, str]:
    """Return the open topics, or for a person's sheet the unit's goals a task may stand below."""
    rows: Sequence[Any]
    if key.person_id is None:
        rows = db.session.execute(
            select(Topic.id, Topic.code, Topic.name).where(Topic.year == key.year).order_by(Topic.code)
        ).all()
    else:
        rows = db.session.execute(
            select(Goal.id, Goal.code, Goal.name)
            .where(Goal.year == key.year, Goal.unit_id == key.unit_id)
            .order_by(Goal.code)
        ).all()
    return {row[0]: f"{row[1]} {row[2]}" for row in rows}


def sheets_of_unit(key: SheetKey) -> list[tuple[int, str]]:
    """Return who has a sheet in the unit: those with tasks there and those in post, as (id, name)."""
    owners = db.session.execute(
        select(Person.id, Person.name, Person.code)
        .join(Goal, Goal.person_id == Person.id)
        .where(Goal.year == key.year, Goal.unit_id == key.unit_id, Goal.parent_id.is_not(None))
    )
    rows = {(code, person_id, name) for person_id, name, code in owners}
    rows |= {(code, person_id, name) for person_id, name, code in assignments.people_of(key.unit_id)}
    return [(person_id, name) for _code, person_id, name in sorted(rows)]


def key_of(goal: Goal) -> SheetKey:
    """Return the sheet a goal stands on."""
    return SheetKey(goal.year, goal.unit_id, goal.person_id if goal.parent_id else None)
