"""What corrective orders give to other means of step 3: matters of a meeting, hand-overs with a limit."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby, zip_longest
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select, true

from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives import queries, rules
from fivestep_web.supervision.correctives.models import CorrectiveOrder, CorrectiveStep
from fivestep_web.supervision.correctives.rules import OrderState, StepKind
from fivestep_web.supervision.limits.registry import Step
from fivestep_web.supervision.limits.rules import Seat
from fivestep_web.supervision.meetings.agenda import Matter
from fivestep_web.supervision.meetings.rules import MeetingKind

NAME: Final = "corrective"


def carried_over(year: int, kind: MeetingKind, day: date) -> Iterator[Matter]:
    """Give dispatch meetings every order of an earlier quarter that is not verified (R3.13)."""
    if kind is not MeetingKind.DISPATCH:
        return
    for order in queries.open_orders(year):
        if rules.is_carried_over(order.state, order.ordered_on, day):
            detail = _(
                "%(what)s（%(person)s，时限%(due)s，%(state)s）",
                what=order.what,
                person=order.person.name,
                due=order.due_on,
                state=order.state.label,
            )
            yield Matter(f"{NAME}:{order.id}", order.goal.name, str(detail), order.goal_id)


def verifications(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return the verifications as hand-overs: from each report to what became of it (R3.9)."""
    rows = db.session.execute(
        select(CorrectiveStep, CorrectiveOrder.person_id, Goal.name, Goal.unit_id)
        .join(CorrectiveOrder, CorrectiveOrder.id == CorrectiveStep.order_id)
        .join(Goal, Goal.id == CorrectiveOrder.goal_id)
        .where(Goal.year == year, CorrectiveOrder.state == OrderState.REPORTED if open_only else true())
        .order_by(CorrectiveStep.order_id, CorrectiveStep.id)
    ).all()
    for order_id, found in groupby(rows, key=lambda row: row[0].order_id):
        steps = list(found)
        ends = [step.happened_at for step, *_facts in steps[1:]]
        for (step, carrier_id, name, unit_id), until in zip_longest(steps, ends):
            if step.kind is StepKind.REPORTED:
                yield Step(
                    matter=f"{NAME}:{order_id}",
                    label=str(_("%(goal)s纠偏核实", goal=name)),
                    endpoint="correctives.corrective_show",
                    values={"order_id": order_id},
                    unit_id=unit_id,
                    seat=Seat.LEADER,
                    since=step.happened_at,
                    until=until,
                    asked_by_id=step.person_id,
                    owner_id=carrier_id,
                )
