"""What inquiries give to other means: matters of a meeting, hand-overs with a limit."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select, true

from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.inquiries import queries
from fivestep_web.supervision.inquiries.models import Inquiry, InquiryStep
from fivestep_web.supervision.inquiries.rules import TO_ANSWER, InquiryKind, StepKind
from fivestep_web.supervision.limits.registry import Step
from fivestep_web.supervision.limits.rules import Seat
from fivestep_web.supervision.meetings.agenda import CONSULTATIONS, Matter
from fivestep_web.supervision.meetings.rules import MeetingKind

NAME: Final = "inquiry"
ASKED: Final = frozenset({StepKind.RAISED, StepKind.ASKED_AGAIN})


def open_inquiries(year: int, kind: MeetingKind, day: date) -> Iterator[Matter]:
    """Give consultations every inquiry that is not closed (field.md: they come first)."""
    del day
    if kind not in CONSULTATIONS:
        return
    for inquiry in queries.open_inquiries(year):
        detail = _(
            "%(kind)s：%(text)s（%(state)s，时限%(due)s）",
            kind=inquiry.kind.label,
            text=inquiry.text,
            state=inquiry.state.label,
            due=inquiry.due_on,
        )
        yield Matter(
            f"{NAME}:{inquiry.id}", inquiry.goal.name, str(detail), inquiry.goal_id, inquiry.raised_by.name
        )


def answers(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return the answers as hand-overs, from each question to what was answered (R3.9); or those owed."""
    rows = db.session.execute(
        select(InquiryStep, Goal.name, Goal.unit_id)
        .join(Inquiry, Inquiry.id == InquiryStep.inquiry_id)
        .join(Goal, Goal.id == Inquiry.goal_id)
        .where(
            Goal.year == year,
            Inquiry.kind == InquiryKind.QUESTION,
            InquiryStep.kind.in_((*ASKED, StepKind.ANSWERED)),
            Inquiry.state.in_(TO_ANSWER) if open_only else true(),
        )
        .order_by(InquiryStep.inquiry_id, InquiryStep.id)
    ).all()
    for inquiry_id, found in groupby(rows, key=lambda row: row[0].inquiry_id):
        steps = list(found)
        for place, (step, name, unit_id) in enumerate(steps):
            if step.kind in ASKED:
                until = steps[place + 1][0].happened_at if place + 1 < len(steps) else None
                yield Step(
                    matter=f"{NAME}:{inquiry_id}",
                    label=str(_("%(goal)s质询答复", goal=name)),
                    endpoint="inquiries.inquiry_show",
                    values={"inquiry_id": inquiry_id},
                    unit_id=unit_id,
                    seat=Seat.HEAD,
                    since=step.happened_at,
                    until=until,
                    asked_by_id=step.person_id,
                )
