"""Saving a goal sheet: one cell, or many rows all or nothing with every error at its cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core.errors import DomainError, FieldError, NotAllowed, NotFound, Refusal
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.services import GoalFacts, Place
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.sheets.queries import Names, SheetKey, cells_of, key_of, load_names
from fivestep_web.responsibility.sheets.rules import (
    BY_KEY,
    COLUMNS,
    GOAL_KEYS,
    LINK,
    NAME,
    OUTSIDE,
    CellError,
    Value,
    fingerprint,
    read_cell,
    split_names,
)

FIRST = NAME.key


@dataclass(frozen=True)
class RowEdit:
    """What a row says: *goal_id* None for a new one; *seen* are the fingerprints of its cells when shown."""

    goal_id: int | None
    cells: Mapping[str, str]
    seen: Mapping[str, str] = field(default_factory=dict)

    @property
    def typed(self) -> dict[str, str]:
        """Return the cells that say something else than was shown: what somebody changed."""
        return {key: text for key, text in self.cells.items() if fingerprint(text) != self.seen.get(key)}


@dataclass
class Outcome:
    """What saving came to: how many rows are new and changed, and errors by row and column."""

    created: int = 0
    changed: int = 0
    errors: dict[int, dict[str, str]] = field(default_factory=dict)


class CellsError(DomainError):
    """Some cells of a row cannot be so; *errors* are by column."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("；".join(dict.fromkeys(errors.values())))
        self.errors = dict(errors)


class RowsError(DomainError):
    """Some cells cannot be so; nothing was saved. *errors* are by place of the row and column."""

    def __init__(self, errors: dict[int, dict[str, str]]) -> None:
        count = sum(len(found) for found in errors.values())
        super().__init__(_("有 %(count)s 处需要改正，没有保存，填写的内容都还在", count=count))
        self.errors = errors


def save_cells(actor: Actor, goal: Goal, edit: RowEdit) -> None:
    """Change what cells of a goal say; drafts follow.

    Raises Conflict for a goal a letter fixes, CellsError for a cell changed since and for what it cannot say.
    """
    goal_services.check_editable(actor, goal)
    key = key_of(goal)
    writer = _Writer(actor, key, load_names(key))
    if writer.change_row(goal, edit, writer.shown()[goal.id], None):
        drafting.refresh_drafts(goal.year, goal.unit_id)


def save_rows(actor: Actor, key: SheetKey, edits: Sequence[RowEdit]) -> Outcome:
    """Save rows of a sheet, changed and new, all or nothing; rows that say what is stored stay untouched.

    Raises RowsError with every error at its cell; the caller's unit of work then keeps nothing.
    """
    writer, outcome = _Writer(actor, key, load_names(key)), Outcome()
    if any(edit.goal_id is None for edit in edits):
        goal_services.lock_topics(key.year)
    stored = _stored(key, edits)
    fixed = goal_services.fixing_letters(stored)
    shown = writer.shown() if stored else {}
    for place, edit in enumerate(edits):
        try:
            if edit.goal_id is None:
                writer.create(edit.cells)
                outcome.created += 1
                continue
            goal = stored.get(edit.goal_id)
            if goal is None or edit.goal_id not in shown:
                raise NotFound(_("这一行的目标已不在本表，可能被删除或移交，请刷新后查看"))
            if writer.change_row(goal, edit, shown[goal.id], fixed.get(goal.id)):
                outcome.changed += 1
        except Refusal as refusal:
            outcome.errors[place] = errors_of(refusal, next(iter(edit.cells), FIRST))
    if outcome.errors:
        raise RowsError(outcome.errors)
    if outcome.created or outcome.changed:
        drafting.refresh_drafts(key.year, key.unit_id)
    return outcome


def errors_of(refusal: Refusal, column: str) -> dict[str, str]:
    """Return what a refusal says, by column; *column* where it does not say which."""
    if isinstance(refusal, CellsError):
        return refusal.errors
    if isinstance(refusal, FieldError):
        field_column = {"outside_duties_reason": "duty", "duty_id": "duty"}.get(refusal.field, refusal.field)
        return {field_column if field_column in BY_KEY else FIRST: refusal.message}
    return {column: refusal.message}


def _stored(key: SheetKey, edits: Sequence[RowEdit]) -> dict[int, Goal]:
    ids = [edit.goal_id for edit in edits if edit.goal_id is not None]
    query = select(Goal).where(Goal.id.in_(ids), Goal.unit_id == key.unit_id, Goal.year == key.year)
    return {goal.id: goal for goal in db.session.scalars(query.order_by(Goal.id).with_for_update(of=Goal))}


class _Writer:
    """Reads cells of one sheet by its names and writes them to goals."""

    def __init__(self, actor: Actor, key: SheetKey, names: Names) -> None:
        self.actor, self.key, self.names = actor, key, names
        self.owners = {row[0]: row[1] for row in names.everybody}

    def shown(self) -> dict[int, dict[str, str]]:
        """Return the cells of the sheet as they are stored, by goal."""
        sheet = goal_services.sheet_of(self.key.year, self.key.unit_id, self.key.person_id)
        weights = goal_services.weights_shown(sheet)
        helpers = assignments.helpers_of(weights)
        return {
            goal.id: cells_of(goal, weights[goal.id], self.names, self.owners, helpers.get(goal.id, []))
            for goal in sheet
        }

    def change_row(
        self, goal: Goal, edit: RowEdit, shown: Mapping[str, str], letter: tuple[int, str] | None
    ) -> bool:
        """Change a stored row where somebody changed its cells; say whether they say something new.

        Raises CellsError for cells of a goal a letter fixes, for those changed since they were shown, and for
        another topic or goal above than the stored one.
        """
        if LINK in edit.typed:
            self._check_link(goal, edit.typed[LINK], shown[LINK])
        held = {key: fingerprint(text) for key, text in shown.items() if key != LINK}
        cells = {
            key: text for key, text in edit.typed.items() if key in held and fingerprint(text) != held[key]
        }
        if not cells:
            return False
        if not policy.can_edit_goal(self.actor, goal):
            raise NotAllowed(_("这个目标不由您编制"))
        if letter:
            message = _("目标已写入责任书 %(number)s，不能直接修改，请走变更程序", number=letter[1])
            raise CellsError(dict.fromkeys(cells, message))
        stale = [key for key in cells if edit.seen.get(key) != held[key]]
        if stale:
            raise CellsError(
                dict.fromkeys(stale, _("在您打开之后已被修改，没有保存；要改成您填的，请再保存一次"))
            )
        self.change(goal, cells)
        return True

    def _check_link(self, goal: Goal, text: str, now: str) -> None:
        if self._read({LINK: text})[LINK] != (goal.parent_id or goal.topic_id):
            message = _("已有的目标不能在表里改到别处，请恢复为“%(now)s”，或另起一行新增", now=now)
            raise CellsError({LINK: message})

    def change(self, goal: Goal, cells: Mapping[str, str]) -> None:
        """Write cells to a goal; raises CellsError for what cannot be read, FieldError for what cannot be."""
        values = self._read(cells)
        facts = replace(goal_services.facts_of(goal), **self._facts(values))
        goal_services.change_facts(self.actor, goal, facts)
        if values.get("person") is not None:
            assignments.set_lead(self.actor, goal, values["person"])
        if "helpers" in values:
            assignments.set_assistants(self.actor, goal, values["helpers"])
        if "points" in values:
            goal_services.type_weight(self.actor, goal, values["points"])

    def create(self, cells: Mapping[str, str]) -> Goal:
        """Make a goal of a new row; on a person's sheet a task of that person.

        Its weight is typed, so the others of the sheet keep the weight they are shown with.
        """
        given = {column.key: cells.get(column.key, "") for column in COLUMNS}
        person_id = self.key.person_id
        if person_id is not None and not given["person"].strip():
            given["person"] = self.owners[person_id]
        values = self._read(given)
        is_task = person_id is not None
        place = Place(
            self.key.year,
            0 if is_task else values[LINK],
            self.key.unit_id,
            values["person"],
            values[LINK] if is_task else None,
        )
        empty = GoalFacts("", "", None, "", None, date.min, Decimal(0))
        facts = replace(empty, **self._facts(values), points=values["points"])
        sheet = goal_services.sheet_of(place.year, place.unit_id, place.person_id if is_task else None)
        goal_services.keep_weights(sheet)
        goal = goal_services.create_goal(self.actor, place, facts)
        assignments.set_assistants(self.actor, goal, values["helpers"])
        return goal

    def _facts(self, values: Mapping[str, Any]) -> dict[str, Any]:
        facts = {key: values[key] for key in GOAL_KEYS if key in values}
        if "duty" in values:
            facts["duty_id"], facts["outside_duties_reason"] = values["duty"]
        return facts

    def _read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for key, text in cells.items():
            try:
                values[key] = self._meant(key, read_cell(BY_KEY[key], text, self.key.year))
            except CellError as error:
                errors[key] = str(error)
        if errors:
            raise CellsError(errors)
        return values

    def _meant(self, key: str, value: Value) -> Any:
        match key:
            case "link":
                return self._link(str(value))
            case "person":
                return self._person(str(value), self.names.people, _("不在本单位任职"))
            case "helpers":
                return [
                    self._person(name, self.names.everybody, _("不在人员名册"))
                    for name in split_names(str(value))
                ]
            case "duty":
                return self._duty(str(value))
        return value

    def _person(self, text: str, people: Sequence[tuple[int, str, str]], missing: str) -> int:
        found = [row[0] for row in people if text in {row[1], row[2], f"{row[1]}（{row[2]}）"}]
        if not found:
            raise CellError(_("“%(name)s”%(missing)s，请核对姓名，或填工号", name=text[:20], missing=missing))
        if len(found) > 1:
            raise CellError(_("有 %(count)s 位“%(name)s”，请改填工号", count=len(found), name=text[:20]))
        return found[0]

    def _link(self, text: str) -> int:
        for link_id, shown in self.names.links.items():
            code, _space, name = shown.partition(" ")
            if text in {shown, code, name}:
                return link_id
        what = _("本单位的目标") if self.key.person_id else _("本年度课题")
        raise CellError(_("%(what)s里没有“%(text)s”，请填编号或全称", what=what, text=text[:30]))

    def _duty(self, text: str) -> tuple[int | None, str]:
        if not text:
            return None, ""
        outside = re.fullmatch(rf"{OUTSIDE}[:：,，\s]*(.*)", text, re.DOTALL)
        if outside:
            if not outside[1].strip():
                raise CellError(_("职责以外的目标，请写明理由，例如“职责以外：县委专项部署”"))
            return None, outside[1].strip()
        for place, (duty_id, duty) in enumerate(self.names.duties, 1):
            if text in {str(place), duty, f"{place}. {duty}", f"{place}.{duty}"}:
                return duty_id, ""
        if not self.names.duties:
            raise CellError(_("本单位还没有登记职责，请留空，或先到“单位职责”登记"))
        raise CellError(_("请填职责序号 1 至 %(last)s，或“职责以外：理由”", last=len(self.names.duties)))
