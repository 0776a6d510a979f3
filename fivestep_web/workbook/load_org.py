"""Load the sheets 单位 and 人员: units, people, posts, roles and accounts."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from fivestep_web.accounts.models import User
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org.models import (
    Establishment,
    Person,
    Position,
    PostHolding,
    PostRole,
    Unit,
    UnitKind,
    UnitPeriod,
)
from fivestep_web.workbook.changes import Changes, assign
from fivestep_web.workbook.checker import CheckResult
from fivestep_web.workbook.rows import AnnualWorkbook, PersonRow, UnitRow

DAY = timedelta(days=1)


class OrgLoader:
    """Brings units and people to what the file says; *units* and *people* map codes to ids afterwards."""

    def __init__(self, result: CheckResult, data: AnnualWorkbook, changes: Changes) -> None:
        self.result, self.data, self.changes = result, data, changes
        self.first_day = date(data.settings.year, 1, 1)
        self.today = clock.today()
        self.stored_units = {unit.code: unit for unit in db.session.scalars(select(Unit))}
        self.stored_people = {
            person.code: person
            for person in db.session.scalars(
                select(Person).options(
                    selectinload(Person.holdings).selectinload(PostHolding.roles),
                    selectinload(Person.holdings).joinedload(PostHolding.position),
                )
            )
        }
        self.users = {user.person_id: user for user in db.session.scalars(select(User)) if user.person_id}
        self.positions = {(row.unit_id, row.title): row for row in db.session.scalars(select(Position))}

    def run(self) -> None:
        """Load both sheets; heads and leaders last, since units and people name each other."""
        new_units = {row.code for row in self.data.units if row.code not in self.stored_units}
        for row in self.data.units:
            if row.code in new_units:
                self._add_unit(row)
        db.session.flush()
        for person_row in self.data.people:
            self._load_person(person_row)
        db.session.flush()
        for row in self.data.units:
            self._load_unit(row, is_new=row.code in new_units)
        db.session.flush()

    def _add_unit(self, row: UnitRow) -> None:
        period = UnitPeriod(name=row.name, kind=UnitKind(row.kind), valid_from=self.first_day)
        unit = Unit(code=row.code, is_assessed=row.is_assessed, periods=[period])
        db.session.add(unit)
        self.stored_units[row.code] = unit

    def _load_unit(self, row: UnitRow, *, is_new: bool) -> None:
        unit = self.stored_units[row.code]
        period = next(item for item in unit.periods if item.valid_to is None)
        facts: dict[str, tuple[str, Any]] = {
            "name": ("单位名称", row.name),
            "kind": ("类别", UnitKind(row.kind)),
        }
        if self.result.has_column("单位", "负责人工号"):
            facts["head_id"] = ("负责人工号", self._person_id(row.head))
        if self.result.has_column("单位", "主管领导工号"):
            facts["leader_id"] = ("主管领导工号", self._person_id(row.leader))
        if is_new:
            assign(period, facts)
            unit.parent_id = self.stored_units[row.parent].id if row.parent else None
            self.changes.added("单位", row.name)
            return
        differences = self._change_period(unit, period, facts)
        plain: dict[str, tuple[str, Any]] = {}
        if self.result.has_column("单位", "上级单位编码"):
            parent = self.stored_units[row.parent].id if row.parent else None
            plain["parent_id"] = ("上级单位编码", parent)
        if self.result.has_column("单位", "参评"):
            plain["is_assessed"] = ("参评", row.is_assessed)
        self.changes.compared("单位", row.name, {**differences, **assign(unit, plain)})

    def _change_period(
        self, unit: Unit, period: UnitPeriod, facts: dict[str, tuple[str, Any]]
    ) -> dict[str, tuple[Any, Any]]:
        """Close the period yesterday and open a new one today; one that began today is changed in place."""
        differs = any(getattr(period, attribute) != value for attribute, (_h, value) in facts.items())
        if differs and period.valid_from < self.today:
            successor = UnitPeriod(
                name=period.name,
                kind=period.kind,
                head_id=period.head_id,
                leader_id=period.leader_id,
                valid_from=self.today,
            )
            period.valid_to = self.today - DAY
            db.session.flush()
            unit.periods.append(successor)
            period = successor
        return assign(period, facts)

    def _person_id(self, code: str) -> int | None:
        return self.stored_people[code].id if code else None

    def _load_person(self, row: PersonRow) -> None:
        person = self.stored_people.get(row.code)
        if person is None:
            person = Person(code=row.code, name=row.name, phone=row.phone, holdings=[])
            db.session.add(person)
            self.stored_people[row.code] = person
            self._appoint(person, row, self.first_day)
            db.session.flush()
            self._add_user(person, row)
            self.changes.added("人员", row.name)
            return
        facts: dict[str, tuple[str, Any]] = {"name": ("姓名", row.name)}
        if self.result.has_column("人员", "手机"):
            facts["phone"] = ("手机", row.phone)
        differences = {**assign(person, facts), **self._change_post(person, row)}
        user = self.users.get(person.id)
        if user is None:
            self._add_user(person, row)
        elif self.result.has_column("人员", "登录名"):
            differences |= assign(user, {"username": ("登录名", row.username)})
        self.changes.compared("人员", row.name, differences)

    def _add_user(self, person: Person, row: PersonRow) -> None:
        user = User(person_id=person.id, username=row.username)
        db.session.add(user)
        self.users[person.id] = user

    def _appoint(self, person: Person, row: PersonRow, day: date) -> PostHolding:
        unit = self.stored_units[row.unit]
        position = self.positions.get((unit.id, row.title))
        if position is None:
            position = Position(unit_id=unit.id, title=row.title)
            db.session.add(position)
            self.positions[unit.id, row.title] = position
        holding = PostHolding(
            position=position,
            establishment=Establishment(row.establishment) if row.establishment else None,
            valid_from=day,
            roles=[PostRole(role=Role(role)) for role in row.roles],
        )
        person.holdings.append(holding)
        return holding

    def _change_post(self, person: Person, row: PersonRow) -> dict[str, tuple[Any, Any]]:
        """Move the person to another post from today, or mend the roles of the present one."""
        unit = self.stored_units[row.unit]
        present = next((item for item in reversed(person.holdings) if item.valid_to is None), None)
        if present is None:
            self._appoint(person, row, self.today)
            return {"职务": ("", row.title)}
        differences: dict[str, tuple[Any, Any]] = {}
        title = row.title if self.result.has_column("人员", "职务") else present.position.title
        if (present.position.unit_id, present.position.title) != (unit.id, title):
            differences["职务"] = (present.position.title, f"{row.unit} {title}")
            if present.valid_from >= self.today:
                person.holdings.remove(present)
                db.session.delete(present)
            else:
                present.valid_to = self.today - DAY
            present = self._appoint(person, row, self.today)
        if self.result.has_column("人员", "编制"):
            wanted = Establishment(row.establishment) if row.establishment else None
            differences |= assign(present, {"establishment": ("编制", wanted)})
        held = {item.role for item in present.roles}
        roles = {Role(role) for role in row.roles}
        if held != roles:
            differences["角色"] = (", ".join(sorted(held)), ", ".join(sorted(roles)))
            present.roles = [item for item in present.roles if item.role in roles]
            present.roles.extend(PostRole(role=role) for role in sorted(roles - held))
        return differences
