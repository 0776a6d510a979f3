"""How somebody becomes a candidate: by a trigger of the computed year, or on the supervisors' own reason.

A trigger names a candidate and never an admonition (R5.18): a supervisor takes the case up.
"""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment.admonitions import services
from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.rules import OPEN, AdmonitionState, Source
from fivestep_web.assessment.admonitions.triggers import is_settled, triggers
from fivestep_web.assessment.grades.models import AnnualGrade
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.standings import Proposal
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on, positions_on
from fivestep_web.org.models import Position, PostHolding
from fivestep_web.org.queries import get_person, get_plan_year


def take_up(actor: Actor, year: int, person_id: int) -> Admonition:
    """Open the case of who a trigger of the year names, with the rules and figures behind it."""
    if not is_settled(year):
        raise Conflict(_("考核结果还没有确定，确定以后才能按结果列入建议对象"))
    rows = [row for row in triggers(score_year(year)) if row.person_id == person_id]
    if not rows:
        raise Conflict(_("按现在的考核结果，这位同志没有触发诫勉情形，请刷新后重试"))
    case = Admonition(
        year=year,
        person_id=person_id,
        unit_id=rows[0].unit.id,
        post=rows[0].post or rows[0].unit.name,
        source=Source.RESULTS,
        reason="；".join(row.reason for row in rows),
    )
    return _open(actor, case)


def open_case(actor: Actor, year: int, person_id: int, source: Source, reason: str) -> Admonition:
    """Open a case for another reason than the computed results, 基本称职 for example (N6)."""
    if source is Source.RESULTS:
        raise FieldError("source", _("考核结果触发的，请在诫勉建议对象名单中列入"))
    if not reason.strip():
        raise FieldError("reason", _("请写明理由和依据"))
    today = clock.today()
    unit_id = _unit_of(person_id, today)
    if unit_id is None:
        raise FieldError("person_id", _("这位同志目前没有任职，不能列为建议对象"))
    case = Admonition(
        year=year,
        person_id=person_id,
        unit_id=unit_id,
        post=positions_on(today, [person_id])[person_id],
        source=source,
        reason=reason.strip(),
    )
    return _open(actor, case)


def open_by_grade(actor: Actor, grade: AnnualGrade) -> None:
    """Make who was graded 基本称职 a candidate (N6), unless a case is open; the supervisors decide on it."""
    case = Admonition(
        year=grade.year,
        person_id=grade.person_id,
        unit_id=grade.unit_id,
        post=grade.post,
        source=Source.BASICALLY_COMPETENT,
        reason=_("%(year)s年度考核确定为%(grade)s", year=grade.year, grade=grade.label),
    )
    if not _has_open(case):
        _store(actor, case)


def _open(actor: Actor, case: Admonition) -> Admonition:
    if not actor.may(Permission.ADMONITION_PROPOSE) or case.person_id == actor.person_id:
        raise NotAllowed(_("诫勉建议对象由干部监督列入，本人的事项由其他同志办理"))
    if _has_open(case):
        raise DomainError(_("这位同志已有正在办理的诫勉事项"))
    return _store(actor, case)


def _has_open(case: Admonition) -> bool:
    """Say whether the person has a case under way; none begins before the transaction ends."""
    get_plan_year(case.year, lock=True)
    get_person(case.person_id, lock=True)
    is_open = select(Admonition.id).where(Admonition.person_id == case.person_id, Admonition.state.in_(OPEN))
    return db.session.scalar(is_open) is not None


def _store(actor: Actor, case: Admonition) -> Admonition:
    case.state, case.steps = AdmonitionState.CANDIDATE, []
    db.session.add(case)
    services.add_step(actor, case)
    record(actor, "admonition.opened", f"admonition:{case.id}")
    return case


def _unit_of(person_id: int, day: date) -> int | None:
    return db.session.scalar(
        select(Position.unit_id)
        .join(PostHolding, PostHolding.position_id == Position.id)
        .where(PostHolding.person_id == person_id, holds_on(day))
        .order_by(PostHolding.id)
        .limit(1)
    )


def untaken(actor: Actor, rows: Sequence[Proposal], cases: Sequence[Admonition]) -> list[Proposal]:
    """Return the triggers that nobody has taken up; nobody is shown the own one."""
    taken = {case.person_id for case in cases if case.source is Source.RESULTS}
    return [row for row in rows if row.person_id not in taken and row.person_id != actor.person_id]
