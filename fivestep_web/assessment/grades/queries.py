"""What is stored about annual grades, their notices and opinions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.grades import policy
from fivestep_web.assessment.grades.models import (
    AnnualGrade,
    GradeBar,
    GradeStep,
    ResultNotice,
    ResultOpinion,
    SeatApproval,
)
from fivestep_web.assessment.grades.rules import (
    BarKind,
    Grade,
    GradeState,
    Period,
    Step,
    commendation_bar,
    counting,
)
from fivestep_web.assessment.publicity.models import Objection, Publicity, PublicityLine
from fivestep_web.assessment.publicity.queries import UpheldReview, upheld_reviews
from fivestep_web.assessment.publicity.rules import (
    OPEN,
    ObjectionState,
    PublicityState,
    Subject,
)
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


@dataclass(frozen=True, slots=True)
class Told:
    """What a person is told of the own grade: its word, and the days of the notice once it was given."""

    grade: str
    remarks: str
    given_on: date | None
    ask_by: date | None


def list_versions(year: int) -> dict[int, list[AnnualGrade]]:
    """Return every version of the year's grades by person, the first one first."""
    found: dict[int, list[AnnualGrade]] = {}
    query = _grades().where(AnnualGrade.year == year).order_by(AnnualGrade.version)
    for grade in db.session.scalars(query):
        found.setdefault(grade.person_id, []).append(grade)
    return found


def find_versions(year: int, person_id: int, *, lock: bool = False) -> Sequence[AnnualGrade]:
    """Return the versions of one person's grade, the first one first."""
    query = _grades().where(AnnualGrade.year == year, AnnualGrade.person_id == person_id)
    query = query.order_by(AnnualGrade.version)
    return db.session.scalars(query.with_for_update(of=AnnualGrade) if lock else query).all()


def _grades() -> Select[AnnualGrade]:
    return select(AnnualGrade).options(
        joinedload(AnnualGrade.person),
        joinedload(AnnualGrade.prepared_by),
        joinedload(AnnualGrade.decided_by),
    )


def decided(versions: Sequence[AnnualGrade]) -> AnnualGrade | None:
    """Return the decided version in force."""
    return next((item for item in reversed(versions) if item.state is GradeState.CONFIRMED), None)


def first_decision(year: int) -> date | None:
    """Return the day on which the first grade of a year was decided."""
    return db.session.scalar(select(func.min(AnnualGrade.decided_on)).where(AnnualGrade.year == year))


def list_bars(year: int, day: date) -> dict[int, list[GradeBar]]:
    """Return what counts for the grades of *year* decided on *day*, by person."""
    found: dict[int, list[GradeBar]] = {}
    for bar in db.session.scalars(_standing()):
        found.setdefault(bar.person_id, []).append(bar)
    counted = {
        person_id: counting([bar.period for bar in own], year, day) for person_id, own in found.items()
    }
    return {
        person_id: [bar for bar in own if bar.period in counted[person_id]]
        for person_id, own in found.items()
        if counted[person_id]
    }


def list_away(year: int) -> frozenset[int]:
    """Return who is assessed for *year* where they were posted to (N5)."""
    bars = list_bars(year, date(year, 12, 31))
    return frozenset(
        person_id for person_id, own in bars.items() if any(bar.kind is BarKind.AWAY for bar in own)
    )


def list_all_bars() -> Sequence[GradeBar]:
    """Return every bar that was entered, also withdrawn ones, the newest first."""
    query = select(GradeBar).options(joinedload(GradeBar.person))
    return db.session.scalars(query.order_by(GradeBar.id.desc())).all()


def get_bar(bar_id: int, *, lock: bool = False) -> GradeBar:
    """Return a bar that stands; NotFound for any other."""
    query = _standing().where(GradeBar.id == bar_id).options(joinedload(GradeBar.person))
    bar = db.session.scalar(query.with_for_update(of=GradeBar) if lock else query)
    if bar is None:
        raise NotFound(_("没有这条登记，或已撤销。"))
    return bar


def _standing() -> Select[GradeBar]:
    return select(GradeBar).where(GradeBar.withdrawn_on.is_(None)).order_by(GradeBar.id)


def barred(year: int, day: date) -> dict[int, tuple[Period, str]]:
    """Return whom discipline or an investigation keeps from being commended for *year* on *day* (R5.16)."""
    found: dict[int, tuple[Period, str]] = {}
    for bar in db.session.scalars(_standing()):
        if reason := commendation_bar(bar.period, year, day):
            found.setdefault(bar.person_id, (bar.period, reason))
    return found


def reasons_for(actor: Actor, year: int, day: date) -> dict[int, str]:
    """Return of those barred the reasons to who prepares and decides grades; nobody is told the own one."""
    if not policy.reads_all(actor):
        return {}
    return {one: reason for one, (_bar, reason) in barred(year, day).items() if one != actor.person_id}


def list_steps(year: int) -> dict[Step, GradeStep]:
    """Return what of the statutory procedure was recorded."""
    return {row.step: row for row in db.session.scalars(select(GradeStep).where(GradeStep.year == year))}


def list_approvals(year: int) -> dict[Pool, SeatApproval]:
    """Return the recorded approvals of the higher rate of 优秀."""
    query = select(SeatApproval).where(SeatApproval.year == year)
    return {row.pool: row for row in db.session.scalars(query)}


def list_notices(year: int) -> dict[int, ResultNotice]:
    """Return the notices of a year with their opinions, by the grade they tell of."""
    query = select(ResultNotice).where(ResultNotice.year == year)
    return {row.grade_id: row for row in db.session.scalars(query.options(*_WITH_OPINION))}


_WITH_OPINION = (
    joinedload(ResultNotice.opinion).joinedload(ResultOpinion.entered_by),
    joinedload(ResultNotice.grade),
)


def find_notice(year: int, person_id: int | None, *, lock: bool = False) -> ResultNotice | None:
    """Return a person's notice of the year in force, the latest one given."""
    query = (
        select(ResultNotice)
        .where(ResultNotice.year == year, ResultNotice.person_id == person_id)
        .options(*_WITH_OPINION)
        .order_by(ResultNotice.id.desc())
        .limit(1)
    )
    return db.session.scalar(query.with_for_update(of=ResultNotice) if lock else query)


def list_own_notices(person_id: int, years: Collection[int]) -> Sequence[ResultNotice]:
    """Return a person's notices in force of *years* with their opinions, one a year."""
    query = (
        select(ResultNotice)
        .where(ResultNotice.person_id == person_id, ResultNotice.year.in_(years))
        .options(*_WITH_OPINION)
        .order_by(ResultNotice.year, ResultNotice.id)
    )
    return list({notice.year: notice for notice in db.session.scalars(query)}.values())


def told(year: int) -> dict[int, Told]:
    """Return what each person with a decided grade is told of it."""
    notices = list_notices(year)
    found: dict[int, Told] = {}
    for person_id, versions in list_versions(year).items():
        grade = decided(versions)
        if grade is not None:
            notice = notices.get(grade.id)
            days = (notice.given_on, notice.ask_by) if notice else (None, None)
            found[person_id] = Told(grade.label, grade.remarks, *days)
    return found


def ask_days(year: int) -> dict[int, date]:
    """Return until when each person who was given a notice may ask for a review (N8)."""
    query = select(ResultNotice.person_id, ResultNotice.ask_by).where(ResultNotice.year == year)
    return {row[0]: row[1] for row in db.session.execute(query.order_by(ResultNotice.id))}


def publicized(year: int) -> set[int]:
    """Return whose 优秀 was publicized to the end without an objection that was upheld."""
    upheld = select(Objection.person_id).where(
        Objection.publicity_id == Publicity.id, Objection.state == ObjectionState.UPHELD
    )
    query = (
        select(PublicityLine.person_id)
        .join(PublicityLine.publicity)
        .where(
            Publicity.year == year,
            Publicity.subject == Subject.EXCELLENT,
            Publicity.state == PublicityState.ENDED,
            PublicityLine.person_id.not_in(upheld.correlate(Publicity)),
        )
    )
    return {person_id for person_id in db.session.scalars(query) if person_id is not None}


def objected(year: int) -> set[int]:
    """Return about whom an objection is open."""
    query = select(Objection.person_id).where(
        Objection.year == year, Objection.person_id.is_not(None), Objection.state.in_(OPEN)
    )
    return {person_id for person_id in db.session.scalars(query) if person_id is not None}


def reviews_to_take_up(year: int) -> dict[int, UpheldReview]:
    """Return the upheld reviews that no decided grade has taken up, by the person they are about."""
    done = set(
        db.session.scalars(
            select(AnnualGrade.objection_id).where(
                AnnualGrade.objection_id.is_not(None), AnnualGrade.state == GradeState.CONFIRMED
            )
        )
    )
    return {row.person_id: row for row in upheld_reviews(year) if row.objection_id not in done}


def excellent_years(person_id: int) -> set[int]:
    """Return the years whose decided grade of the person is 优秀."""
    query = select(AnnualGrade).where(AnnualGrade.person_id == person_id, AnnualGrade.decided_on.is_not(None))
    latest = {row.year: row.grade for row in db.session.scalars(query.order_by(AnnualGrade.version))}
    return {year for year, grade in latest.items() if grade is Grade.EXCELLENT}
