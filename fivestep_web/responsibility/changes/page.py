"""What the forms of change orders show: facts to amend, who takes over, which tasks."""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.filters import full_date
from fivestep_web.core.forms import BaseForm
from fivestep_web.extensions import db
from fivestep_web.org.models import Person
from fivestep_web.responsibility.changes import checks as change_checks
from fivestep_web.responsibility.changes import days as change_days
from fivestep_web.responsibility.changes import forms as change_forms
from fivestep_web.responsibility.changes import handover, reassign, taken_in
from fivestep_web.responsibility.changes import queries as change_queries
from fivestep_web.responsibility.changes.checks import ItemError
from fivestep_web.responsibility.changes.fields import TAKEN_IN, label_of
from fivestep_web.responsibility.changes.forms import AmendForm, Cell, HandoverForm, ReassignForm
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.changes.services import Proposal
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal
from fivestep_web.responsibility.rules import UPPER_KIND, ChangeKind


@dataclass(frozen=True)
class GoalCells:
    """One goal of the form: its fields, and whether it stands open (changed, or to be mended).

    *fixed* are the facts (label, value) that fell due and cannot change any more, *why* says so.
    """

    code: str
    name: str
    fields: list[Any]
    is_open: bool
    why: str
    fixed: list[tuple[str, str]]


class Sheet:
    """The form for amending a letter's goals; *order* fills in what it asks for already."""

    template = "responsibility/change_edit.html"

    def __init__(self, letter: Letter, order: ChangeOrder | None = None) -> None:
        self.goals = [item.goal for item in letter.goals]
        cells = _cells(letter, self.goals)
        self.fixed = _fixed(self.goals, cells)
        self.now = {cell: text for cell, text in cells.items() if cell not in self.fixed}
        asked = {(item.goal_id, item.field): item.after for item in order.items} if order else {}
        shown = {cell: asked.get(cell, text) for cell, text in self.now.items()}
        self.form: AmendForm = change_forms.amend_form(shown, _owners(letter, self.goals))
        left_out = taken_in.list_left_out(letter, order.id if order else None)
        self.form.taken_in.choices = [(goal.id, _left_out(goal)) for goal in left_out]
        if not self.form.is_submitted():
            self.form.effective_on.data = order.effective_on if order else clock.today()
            self.form.reason.data = order.reason if order else ""
            self.form.revision.data = order.revision if order else None
            self.form.taken_in.data = [goal_id for goal_id, field in asked if field == TAKEN_IN]

    def proposal(self) -> Proposal:
        """Return what is typed as a proposal."""
        return Proposal(
            kind=ChangeKind.AMEND,
            taken_in=self.form.taken_in.data or (),
            reason=self.form.reason.data,
            effective_on=self.form.effective_on.data,
            changes=change_forms.typed(self.form, self.now),
        )

    def rows(self) -> list[GoalCells]:
        """Return the goals with their cells; where there is but one it stands open."""
        found = []
        for goal in self.goals:
            cells = [cell for cell in self.now if cell[0] == goal.id]
            fields = [self.form[change_forms.name_of(cell)] for cell in cells]
            is_changed = any(
                (field.data or "") != self.now[cell] for cell, field in zip(cells, fields, strict=True)
            )
            is_open = is_changed or len(self.goals) == 1 or any(field.errors for field in fields)
            fixed = [
                (label_of(cell[1]), change_queries.shown(cell[1], text, {}))
                for cell, text in self.fixed.items()
                if cell[0] == goal.id
            ]
            found.append(GoalCells(goal.code, goal.name, fields, is_open, _why_fixed(goal), fixed))
        return found


def _left_out(goal: Goal) -> str:
    return str(
        _(
            "%(code)s %(name)s（基本分%(points)s，%(day)s前完成）",
            code=goal.code,
            name=goal.name,
            points=format(goal.points.normalize() + 0, "f"),
            day=full_date(goal.deadline),
        )
    )


def _cells(letter: Letter, goals: list[Goal]) -> dict[Cell, str]:
    phases = change_checks.phases_of([goal.id for goal in goals])
    ids = {goal.person_id for goal in goals}
    people = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    has_owner = letter.kind not in UPPER_KIND
    return {
        (goal.id, field): change_checks.spelled(goal, field, people, phases[goal.id])
        for goal in goals
        for field in change_forms.fields_of(phases[goal.id], has_owner=has_owner)
    }


def _fixed(goals: list[Goal], cells: dict[Cell, str]) -> dict[Cell, str]:
    """Return the cells that fell due; one typed in before it did is kept, to be refused where it stands."""
    by_id, today = {goal.id: goal for goal in goals}, clock.today()
    return {
        cell: text
        for cell, text in cells.items()
        if change_checks.fell_due(by_id[cell[0]], cell[1], text, today)
        and change_forms.name_of(cell) not in request.form
    }


def _why_fixed(goal: Goal) -> str:
    if goal.deadline < clock.today():
        day = full_date(goal.deadline)
        return str(_("这项目标已于%(day)s到期，按到期时的要求考核，以下内容不能再变更：", day=day))
    return str(_("已到期的阶段按到期时的时限考核，以下时限不能再变更："))


def _owners(letter: Letter, goals: list[Goal]) -> list[tuple[str, str]]:
    owners = {code: name for _id, name, code in assignments.people_of(letter.unit_id)}
    owners |= {goal.person.code: goal.person.name for goal in goals}
    return [(code, f"{name}（{code}）") for code, name in sorted(owners.items())]


class HandoverSheet:
    """The form for handing a letter over, ready to be sent where nobody has to be picked."""

    template = "responsibility/change_handover.html"

    def __init__(self, letter: Letter) -> None:
        self.why = handover.why_outrun(letter)
        self.form = HandoverForm()
        self.form.successor_id.choices = [(0, _("请选择")), *handover.list_successors(letter)]
        self.has_successor = letter.kind in UPPER_KIND and (not self.why or handover.needs_successor(letter))
        self.form.successor_id.flags.optional = not self.has_successor
        if not self.form.is_submitted():
            self.form.reason.data = _("职务变动：%(why)s", why=self.why) if self.why else ""
            first, _why = change_days.first_day(letter, ChangeKind.HANDOVER)
            self.form.effective_on.data = min(first, clock.today()) if self.why else clock.today()

    def proposal(self) -> Proposal:
        """Return what is typed as a proposal."""
        return Proposal(
            kind=ChangeKind.HANDOVER,
            reason=self.form.reason.data,
            effective_on=self.form.effective_on.data,
            changes={},
            successor_id=self.form.successor_id.data or None,
        )


class ReassignSheet:
    """The form for giving tasks to another comrade; *order* fills in what it asks for already."""

    template = "responsibility/change_reassign.html"

    def __init__(self, letter: Letter, order: ChangeOrder | None = None) -> None:
        self.form = ReassignForm()
        self.form.tasks.choices = [(item.goal_id, _task(item)) for item in reassign.list_tasks(letter)]
        self.form.successor_id.choices = [(0, _("请选择")), *reassign.list_takers(letter)]
        if not self.form.is_submitted():
            self.form.effective_on.data = order.effective_on if order else clock.today()
            self.form.reason.data = order.reason if order else ""
            self.form.revision.data = order.revision if order else None
            self.form.tasks.data = [item.goal_id for item in order.items] if order else []
            self.form.successor_id.data = order.successor_id if order else 0

    def proposal(self) -> Proposal:
        """Return what is ticked and typed as a proposal."""
        return Proposal(
            kind=ChangeKind.REASSIGN,
            reason=self.form.reason.data,
            effective_on=self.form.effective_on.data,
            changes={goal_id: {} for goal_id in self.form.tasks.data or []},
            successor_id=self.form.successor_id.data or None,
        )


def _task(item: LetterGoal) -> str:
    return str(
        _(
            "%(code)s %(name)s（权重%(weight)s，%(day)s前完成）",
            code=item.goal.code,
            name=item.goal.name,
            weight=format(item.weight, ".2f"),
            day=full_date(item.goal.deadline),
        )
    )


def mark(form: BaseForm, error: ItemError) -> None:
    """Put the sentence at the cell it is about, where the form has it, instead of above the form."""
    name = change_forms.name_of((error.goal_id, error.field))
    if name in form:
        form.form_errors.remove(error.message)
        form[name].errors = [error.message]


def sheet_of(
    kind: str, letter: Letter, order: ChangeOrder | None = None
) -> Sheet | HandoverSheet | ReassignSheet:
    """Return the form for one kind of order, amending where the kind is none of the others."""
    if kind == ChangeKind.HANDOVER:
        return HandoverSheet(letter)
    return ReassignSheet(letter, order) if kind == ChangeKind.REASSIGN else Sheet(letter, order)
