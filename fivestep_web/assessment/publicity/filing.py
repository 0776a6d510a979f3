"""What an objection can be about on a day, for whom, and until when (N8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.queries import list_units
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades.queries import ask_days
from fivestep_web.assessment.publicity import deadlines, queries
from fivestep_web.assessment.publicity.models import Objection, Publicity
from fivestep_web.assessment.publicity.rules import ObjectionKind, PublicityState, Subject
from fivestep_web.core.permissions import Actor, Permission

COUNTED = (CycleState.TALLIED, CycleState.REVIEWED, CycleState.PUBLICIZING)
DECIDED = (CycleState.CONFIRMED, CycleState.FILED)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that can be objected to: its key in the form, and the first and last day to do so.

    *kind* follows from it; None for a day without limit.
    """

    key: str
    kind: ObjectionKind
    about: str
    label: str
    unit_id: int | None = None
    person_id: int | None = None
    publicity_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None

    def problem(self, filed_on: date) -> str:
        """Return why an objection of that day comes too early or too late; empty where it does not."""
        if self.first_day and filed_on < self.first_day:
            return str(_("公示还没有开始，不能对公示提出异议。"))
        if self.last_day and filed_on > self.last_day:
            return str(
                _(
                    "提出%(kind)s的期限到%(day)s为止，已经过期。",
                    kind=self.kind.label,
                    day=self.last_day.isoformat(),
                )
            )
        return ""

    def start(self, year: int) -> Objection:
        """Return an objection to this, of nobody yet."""
        return Objection(
            year=year,
            kind=self.kind,
            about=self.about,
            unit_id=self.unit_id,
            person_id=self.person_id,
            publicity_id=self.publicity_id,
        )


def list_matters(actor: Actor, cycle: AssessmentCycle, day: date) -> list[Matter]:
    """Return what the actor can object to, or enter an objection to for others.

    A publicity and the count as a whole are open to everybody; the count of a unit to that unit; the decided
    result to the person. What came on paper in time is entered even after the list has ended, as long as
    the list is not acted on.
    """
    is_clerk = actor.may(Permission.OBJECTION_RECEIVE)
    found = _publicized(_open_lists(cycle) if is_clerk else queries.list_running(cycle.year))
    if cycle.state in COUNTED:
        found.append(Matter("count", ObjectionKind.COUNT, _("全部单位"), _("计票：全部单位")))
        found += [
            Matter(f"unit:{unit_id}", ObjectionKind.COUNT, name, _("计票：%(name)s", name=name), unit_id)
            for units in list_units(cycle).values()
            for unit_id, name in units.items()
            if is_clerk or unit_id == actor.unit_id
        ]
    if cycle.state in DECIDED:
        told, noticed = queries.told_on(cycle.year), ask_days(cycle.year)
        found += [
            Matter(
                f"person:{person_id}",
                ObjectionKind.REVIEW,
                name,
                _("申请复核：%(name)s的考核结果", name=name),
                person_id=person_id,
                last_day=noticed.get(person_id) or (deadlines.read().ask_by(told) if told else None),
            )
            for person_id, name in queries.assessed_people(cycle, day, noticed)
            if is_clerk or person_id == actor.person_id
        ]
    return found


def _open_lists(cycle: AssessmentCycle) -> list[Publicity]:
    acted_on = {Subject.RESULTS: DECIDED}
    return [
        publicity
        for publicity in queries.list_posted(cycle.year)
        if publicity.state is PublicityState.RUNNING
        or cycle.state not in acted_on.get(publicity.subject, (CycleState.FILED,))
    ]


def _publicized(posted: Sequence[Publicity]) -> list[Matter]:
    whole = [
        Matter(
            f"publicity:{publicity.id}",
            ObjectionKind.PUBLICITY,
            publicity.subject.label,
            _("公示的%(subject)s：整个名单", subject=publicity.subject.label),
            publicity_id=publicity.id,
            first_day=publicity.posted_on,
            last_day=queries.last_day(publicity),
        )
        for publicity in posted
    ]
    return whole + [
        Matter(
            f"line:{line.id}",
            ObjectionKind.PUBLICITY,
            line.name,
            _("公示的%(subject)s：%(name)s", subject=publicity.subject.label, name=line.name),
            line.unit_id,
            line.person_id,
            publicity.id,
            publicity.posted_on,
            queries.last_day(publicity),
        )
        for publicity in posted
        for line in publicity.lines
    ]
