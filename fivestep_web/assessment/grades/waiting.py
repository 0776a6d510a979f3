"""What of annual grades waits for somebody today, in one statement."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades import policy
from fivestep_web.assessment.grades.models import AnnualGrade, ResultNotice, ResultOpinion
from fivestep_web.assessment.grades.rules import GradeState
from fivestep_web.assessment.publicity.models import AppealOutcome, Objection, ObjectionAppeal
from fivestep_web.assessment.publicity.rules import OPEN, ObjectionKind, ObjectionState
from fivestep_web.assessment.publicity.waiting import Line
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db

INDEX, OWN = "grades.grade_index", "grades.own_show"


def find_lines(actor: Actor, year: int) -> list[Line]:
    """Return what waits for personnel, the minister, and the person with a notice to sign.

    Nobody is told of the own grade, nor of what an open objection holds: both are refused.
    """
    if actor.person_id is None:
        return []
    figures = _figures(actor, year)
    if not figures:
        return []
    state = select(AssessmentCycle.state).where(AssessmentCycle.year == year).scalar_subquery()
    row = db.session.execute(select(state.label("state"), *figures)).mappings().one()
    return [line for find in (_own, _decision, _work) for line in find(row, year)]


def _figures(actor: Actor, year: int) -> list[Any]:
    found: list[Any] = []
    if actor.may(Permission.OWN_RESULT):
        found.append(_unsigned(year, ResultNotice.person_id == actor.person_id).label("own"))
    of_year, of_others = AnnualGrade.year == year, AnnualGrade.person_id != actor.person_id
    is_free = AnnualGrade.person_id.not_in(_held(year))
    if actor.may(Permission.GRADE_DECIDE):
        is_open = and_(
            AnnualGrade.state == GradeState.PROPOSED, AnnualGrade.prepared_by_id != actor.person_id
        )
        found.append(_count(AnnualGrade, of_year, of_others, is_free, is_open).label("proposed"))
    if actor.may(Permission.GRADE_PREPARE):
        told = select(ResultNotice.grade_id)
        is_untold = and_(
            AnnualGrade.decided_on.is_not(None),
            AnnualGrade.id.not_in(told),
            AnnualGrade.id.not_in(_corrected()),
        )
        is_returned = AnnualGrade.state == GradeState.RETURNED
        found += [
            _count(AnnualGrade, of_year).label("all"),
            _count(AnnualGrade, of_year, of_others, is_returned).label("returned"),
            _count(AnnualGrade, of_year, of_others, is_free, is_untold).label("untold"),
            _unsigned(year).label("unsigned"),
            _reviews(year, Objection.person_id != actor.person_id).label("reviews"),
        ]
    return found


def _count(table: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


def _held(year: int) -> Any:
    """Select whom an open objection is about: neither decision nor notice before its answer (N8)."""
    query = select(Objection.person_id).where(Objection.year == year, Objection.person_id.is_not(None))
    return query.where(Objection.state.in_(OPEN))


def _corrected() -> Any:
    """Return the grades that a later decided version has replaced."""
    later = aliased(AnnualGrade)
    return select(later.corrects_id).where(later.corrects_id.is_not(None), later.decided_on.is_not(None))


def _unsigned(year: int, *conditions: ColumnElement[bool]) -> Any:
    """Count the notices in force that have no opinion."""
    heard = select(ResultOpinion.notice_id)
    return _count(
        ResultNotice,
        ResultNotice.year == year,
        ResultNotice.id.not_in(heard),
        ResultNotice.grade_id.not_in(_corrected()),
        *conditions,
    )


def _upheld_on_appeal() -> Any:
    """Select the objections whose latest decision on appeal upholds them."""
    later = aliased(AppealOutcome)
    superseded = select(later.id).where(
        later.appeal_id == AppealOutcome.appeal_id, later.id > AppealOutcome.id
    )
    return (
        select(ObjectionAppeal.objection_id)
        .join(ObjectionAppeal.outcomes)
        .where(AppealOutcome.outcome == ObjectionState.UPHELD, ~superseded.exists())
    )


def _reviews(year: int, *conditions: ColumnElement[bool]) -> Any:
    done = select(AnnualGrade.objection_id).where(AnnualGrade.objection_id.is_not(None))
    graded = select(AnnualGrade.person_id).where(AnnualGrade.year == year)
    return _count(
        Objection,
        Objection.year == year,
        Objection.kind == ObjectionKind.REVIEW,
        or_(Objection.state == ObjectionState.UPHELD, Objection.id.in_(_upheld_on_appeal())),
        Objection.person_id.in_(graded),
        Objection.id.not_in(done),
        *conditions,
    )


def _own(row: Any, year: int) -> list[Line]:
    if not row.get("own"):
        return []
    sentence = _("%(year)s年度考核结果通知已送达，请签署意见。", year=year)
    return [Line(sentence, _("去签署"), OWN, {}, is_task=True)]


def _decision(row: Any, year: int) -> list[Line]:
    if not row.get("proposed") or row["state"] not in policy.DECIDABLE:
        return []
    sentence = _("%(year)s年度%(count)s人的年度等次等您确定。", year=year, count=row["proposed"])
    return [Line(sentence, _("去确定"), INDEX, {}, is_task=True)]


def _work(row: Any, year: int) -> list[Line]:
    """Return the lines of personnel, each where its figure asks for something."""
    texts: dict[str, Callable[[], str]] = {
        "returned": lambda: _("%(year)s年度%(count)s人的等次被退回，待重新拟定。", year=year, count=count),
        "untold": lambda: _("%(year)s年度%(count)s人的结果通知待送达。", year=year, count=count),
        "unsigned": lambda: _("%(year)s年度%(count)s人还没有签署意见。", year=year, count=count),
        "reviews": lambda: _("%(year)s年度%(count)s人的复核成立，待更正等次。", year=year, count=count),
    }
    found = []
    if row.get("all") == 0 and row["state"] in {CycleState.REVIEWED, CycleState.PUBLICIZING}:
        sentence = _("%(year)s年度等次还没有拟定。", year=year)
        found.append(Line(sentence, _("去拟定"), INDEX, {}, is_task=True))
    for name, text in texts.items():
        count = row.get(name)
        if count:
            is_task = name != "unsigned"
            found.append(Line(text(), _("去办理") if is_task else _("查看"), INDEX, {}, is_task=is_task))
    return found
