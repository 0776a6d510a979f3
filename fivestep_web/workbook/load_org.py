"""Load the sheets 单位 and 人员: units, people, posts, roles and accounts."""

from datetime import date, timedelta

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
from fivestep_web.workbook.changes import Changes, Differences, Facts, assign, differing
from fivestep_web.workbook.checker import CheckResult
from fivestep_web.workbook.rows import AnnualWorkbook, PersonRow, UnitRow
from fivestep_web.workbook.words import roles_shown

DAY = timedelta(days=1)


class OrgLoader:
    """Brings units and people to what the file says; `units` and `person_id` find them by code afterwards.

    What changes changes from today: the period or post that held until then ends yesterday and stays. New
    units and people are there from the first day of the file's year, or from today where that is earlier.
    """

    def __init__(self, result: CheckResult, data: AnnualWorkbook, changes: Changes) -> None:
        self.result, self.data, self.changes = result, data, changes
        self.today = clock.today()
        self.first_day = min(date(data.settings.year, 1, 1), self.today)
        with_periods = selectinload(Unit.periods)
        self.units = {unit.code: unit for unit in db.session.scalars(select(Unit).options(with_periods))}
        with_posts = selectinload(Person.holdings)
        self.people = {
            person.code: person
            for person in db.session.scalars(
                select(Person).options(
                    with_posts.selectinload(PostHolding.roles), with_posts.joinedload(PostHolding.position)
                )
            )
        }
        self.users = {user.person_id: user for user in db.session.scalars(select(User)) if user.person_id}
        self.positions = {(row.unit_id, row.title): row for row in db.session.scalars(select(Position))}

    def run(self) -> None:
        """Load both sheets; heads and leaders last, since units and people name each other."""
        self._learn()
        new_units = {row.code for row in self.data.units if row.code not in self.units}
        for row in self.data.units:
            if row.code in new_units:
                self._add_unit(row)
        db.session.flush()
        renamed = self._free_usernames()
        for person_row in self.data.people:
            self._load_person(person_row, renamed)
        db.session.flush()
        self._learn()
        for row in self.data.units:
            self._load_unit(row, is_new=row.code in new_units)
        db.session.flush()

    def person_id(self, code: str) -> int | None:
        """Return the id behind a 工号; None for an empty cell."""
        return self.people[code].id if code else None

    def leader_id(self, unit_code: str) -> int | None:
        """Return who is in charge of the unit now."""
        return self._present_period(self.units[unit_code]).leader_id

    def _learn(self) -> None:
        self.changes.words.learn("单位", ((unit.id, code) for code, unit in self.units.items()))
        self.changes.words.learn("人员", ((person.id, code) for code, person in self.people.items()))

    def _add_unit(self, row: UnitRow) -> None:
        period = UnitPeriod(name=row.name, kind=UnitKind(row.kind), valid_from=self.first_day)
        unit = Unit(code=row.code, is_assessed=row.is_assessed, periods=[period])
        db.session.add(unit)
        self.units[row.code] = unit

    def _present_period(self, unit: Unit) -> UnitPeriod:
        return next(period for period in unit.periods if period.valid_to is None)

    def _load_unit(self, row: UnitRow, *, is_new: bool) -> None:
        unit = self.units[row.code]
        dated: Facts = {
            "name": ("单位名称", row.name),
            "kind": ("类别", UnitKind(row.kind)),
            "head_id": ("负责人工号", self.person_id(row.head)),
            "leader_id": ("主管领导工号", self.person_id(row.leader)),
        }
        plain: Facts = {
            "parent_id": ("上级单位编码", self.units[row.parent].id if row.parent else None),
            "is_assessed": ("参评", row.is_assessed),
        }
        if is_new:
            assign(self._present_period(unit), dated)
            assign(unit, plain)
            self.changes.added("单位", row.name)
            return
        differences = self._change_period(unit, self._spoken("单位", dated))
        differences |= assign(unit, self._spoken("单位", plain))
        self.changes.compared("单位", row.name, differences)

    def _spoken(self, sheet: str, facts: Facts) -> Facts:
        """Return the facts whose column the file has; what it does not speak of stays as stored."""
        return {
            attribute: fact for attribute, fact in facts.items() if self.result.has_column(sheet, fact[0])
        }

    def _change_period(self, unit: Unit, facts: Facts) -> Differences:
        """Close the period yesterday and open a new one today; one that began today is changed in place."""
        period = self._present_period(unit)
        differences = differing(period, facts)
        if differences and period.valid_from < self.today:
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
        assign(period, facts)
        if differences:
            db.session.flush()
            db.session.expire(unit, ["current"])
        return differences

    def _free_usernames(self) -> dict[str, str]:
        """Take away the user names that will change, so that two people may swap; return 工号 → old name."""
        if not self.result.has_column("人员", "登录名"):
            return {}
        renamed = {}
        for row in self.data.people:
            person = self.people.get(row.code)
            user = self.users.get(person.id) if person else None
            if user is not None and user.username != row.username:
                renamed[row.code] = user.username
                user.username = f"\n{user.id}"  # no code of a workbook holds a line feed
        db.session.flush()
        return renamed

    def _load_person(self, row: PersonRow, renamed: dict[str, str]) -> None:
        person = self.people.get(row.code)
        if person is None:
            person = Person(code=row.code, name=row.name, phone=row.phone, holdings=[])
            db.session.add_all([person, User(person=person, username=row.username)])
            self.people[row.code] = person
            self._appoint(person, row, self.first_day, row.title, _establishment(row))
            self.changes.added("人员", row.name)
            return
        facts: Facts = {"name": ("姓名", row.name), "phone": ("手机", row.phone)}
        differences = assign(person, self._spoken("人员", facts)) | self._change_post(person, row)
        user = self.users.get(person.id)
        if user is None:
            db.session.add(User(person=person, username=row.username))
            differences["登录名"] = ("", row.username)
        elif row.code in renamed:
            user.username = row.username
            differences["登录名"] = (renamed[row.code], row.username)
        self.changes.compared("人员", row.name, differences)

    def _appoint(
        self, person: Person, row: PersonRow, day: date, title: str, establishment: Establishment | None
    ) -> PostHolding:
        unit = self.units[row.unit]
        position = self.positions.get((unit.id, title))
        if position is None:
            position = Position(unit_id=unit.id, title=title)
            db.session.add(position)
            self.positions[unit.id, title] = position
        holding = PostHolding(
            position=position,
            establishment=establishment,
            valid_from=day,
            roles=[PostRole(role=Role(role)) for role in row.roles],
        )
        person.holdings.append(holding)
        return holding

    def _change_post(self, person: Person, row: PersonRow) -> Differences:
        """Move the person to another post from today, or mend the one held now."""
        unit = self.units[row.unit]
        held = [holding for holding in person.holdings if holding.valid_to is None]
        if not held:
            self._appoint(person, row, self.today, row.title, _establishment(row))
            return {"职务": ("", row.title), "角色": ("", roles_shown(row.roles))}
        title = row.title if self.result.has_column("人员", "职务") else held[-1].position.title
        wanted = (unit.id, title)
        present = next(
            (each for each in held if (each.position.unit_id, each.position.title) == wanted), None
        )
        if present is None:
            return self._move(person, row, held[-1], title)
        differences: Differences = {}
        if self.result.has_column("人员", "编制"):
            differences = assign(present, {"establishment": ("编制", _establishment(row))})
        return differences | self._change_roles(person, present, row)

    def _move(self, person: Person, row: PersonRow, present: PostHolding, title: str) -> Differences:
        """End the *present* post yesterday (one of today is forgotten) and begin the new one today."""
        has_establishment = self.result.has_column("人员", "编制")
        establishment = _establishment(row) if has_establishment else present.establishment
        before = {role.role for role in present.roles}
        differences: Differences = {
            heading: (old, new)
            for heading, old, new in (
                ("单位编码", present.position.unit_id, self.units[row.unit].id),
                ("职务", present.position.title, title),
                ("编制", present.establishment, establishment),
            )
            if old != new
        }
        if present.valid_from >= self.today:
            person.holdings.remove(present)
            db.session.delete(present)
        else:
            present.valid_to = self.today - DAY
        self._appoint(person, row, self.today, title, establishment)
        return differences | self._note_roles(person, before, set(map(Role, row.roles)))

    def _change_roles(self, person: Person, present: PostHolding, row: PersonRow) -> Differences:
        held, wanted = {item.role for item in present.roles}, set(map(Role, row.roles))
        for item in [item for item in present.roles if item.role not in wanted]:
            present.roles.remove(item)
        present.roles.extend(PostRole(role=role) for role in sorted(wanted - held))
        return self._note_roles(person, held, wanted)

    def _note_roles(self, person: Person, before: set[Role], after: set[Role]) -> Differences:
        if before == after:
            return {}
        told = roles_shown(before), roles_shown(after)
        self.changes.roles.append({"person": person.code, "before": told[0], "after": told[1]})
        return {"角色": told}


def _establishment(row: PersonRow) -> Establishment | None:
    return Establishment(row.establishment) if row.establishment else None
