"""The appeal against a review that was dismissed: to whom, in time, and what became of it (N8)."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from fivestep_web.assessment.publicity import policy
from fivestep_web.assessment.publicity.models import AppealOutcome, Objection, ObjectionAppeal
from fivestep_web.assessment.publicity.rules import ObjectionState
from fivestep_web.audit import services as audit
from fivestep_web.audit.facts import ROW, facts_of
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


@dataclass(frozen=True, slots=True)
class Appeal:
    """What the person says: to which organ, when, and why."""

    addressee: str
    appealed_on: date
    grounds: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the organ decided."""

    outcome: ObjectionState
    organ: str
    decided_on: date
    text: str


def appeal(actor: Actor, objection: Objection, given: Appeal) -> ObjectionAppeal:
    """Record an appeal by the person, or one on paper by who received the objection.

    Refuses another (NotAllowed), a second appeal or one against no dismissed review (Conflict), and a day
    out of time (FieldError).
    """
    if not policy.is_appealable(objection):
        raise Conflict(_("复核结论为“不成立”、还没有申诉的，才能提出申诉。"))
    if actor.person_id is None or not policy.can_appeal(actor, objection):
        raise NotAllowed(_("申诉由本人提出；书面提出的由受理人登记。"))
    told = objection.answers[-1]
    if given.appealed_on > clock.today():
        raise FieldError("appealed_on", _("申诉日期不能晚于今天。"))
    if given.appealed_on < told.answered_on:
        raise FieldError("appealed_on", _("申诉日期不能早于复核答复。"))
    if told.appeal_by and given.appealed_on > told.appeal_by:
        day = told.appeal_by.isoformat()
        raise FieldError("appealed_on", _("申诉期限到%(day)s为止，已经过期。", day=day))
    stored = ObjectionAppeal(
        objection=objection,
        addressee=given.addressee,
        appealed_on=given.appealed_on,
        grounds=given.grounds,
        entered_by_id=actor.person_id,
        entered_at=clock.now(),
    )
    db.session.add(stored)
    db.session.flush()
    audit.record(actor, "objection.appealed", f"objection:{objection.id}", **{ROW: facts_of(stored)})
    return stored


def conclude(actor: Actor, objection: Objection, told: Outcome) -> AppealOutcome:
    """Record what the organ decided; a correction is a further record, and the latest counts."""
    if objection.appeal is None:
        raise Conflict(_("还没有申诉，不能登记申诉处理决定。"))
    if actor.person_id is None or not policy.can_conclude_appeal(actor, objection):
        raise NotAllowed(_("申诉处理决定由办公室、人事或干部监督科登记，本人不能登记自己的。"))
    if not objection.appeal.appealed_on <= told.decided_on <= clock.today():
        raise FieldError("decided_on", _("决定日期应在申诉日期和今天之间。"))
    stored = AppealOutcome(
        appeal=objection.appeal,
        outcome=told.outcome,
        organ=told.organ,
        decided_on=told.decided_on,
        text=told.text,
        entered_by_id=actor.person_id,
        entered_at=clock.now(),
    )
    db.session.add(stored)
    db.session.flush()
    audit.record(
        actor,
        "objection.appeal_decided",
        f"objection:{objection.id}",
        state=told.outcome.value,
        **{ROW: facts_of(stored)},
    )
    return stored
