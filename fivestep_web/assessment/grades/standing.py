"""A year's grades as they stand: who may get which, how many seats are left, what a decision waits for."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from fivestep_web.assessment.admonitions.queries import barred as admonished
from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.grades import policy, queries, rules
from fivestep_web.assessment.grades.models import AnnualGrade, GradeBar, GradeStep, ResultNotice, SeatApproval
from fivestep_web.assessment.grades.rules import Allowed, Grade, GradeState, Step
from fivestep_web.assessment.publicity.queries import UpheldReview
from fivestep_web.assessment.quotas import excellent_seats
from fivestep_web.assessment.scores import PersonScore, YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.core import clock
from fivestep_web.core.errors import NotFound

NO_FIGURE = "—"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who takes part in the annual assessment, with all that bears on the grade.

    *versions* are the grades so far, *notice* that of the decided one; *is_admonished* keeps from 优秀 and
    is told without its reason; *review* is an upheld one that waits to be taken up.
    """

    year: int
    score: PersonScore
    pool: Pool
    versions: tuple[AnnualGrade, ...]
    bars: tuple[GradeBar, ...]
    notice: ResultNotice | None
    review: UpheldReview | None
    is_admonished: bool

    @property
    def person_id(self) -> int:
        return self.score.id

    @property
    def name(self) -> str:
        return self.score.name

    @property
    def post(self) -> str:
        return self.score.post

    @property
    def unit_id(self) -> int:
        return self.score.unit_id

    @property
    def figure(self) -> str:
        return NO_FIGURE if self.score.figure is None else str(self.score.figure)

    @property
    def current(self) -> AnnualGrade | None:
        """Return the latest version, decided or not."""
        return self.versions[-1] if self.versions else None

    @property
    def decided(self) -> AnnualGrade | None:
        return queries.decided(self.versions)

    @property
    def holds_seat(self) -> bool:
        """Say whether the person is proposed or decided to be 优秀."""
        return any(grade and grade.grade is Grade.EXCELLENT for grade in (self.current, self.decided))

    @property
    def allowed(self) -> Allowed:
        """Return what the grade may be now (N5, N9, N11)."""
        allowed = rules.allowed_under(bar.kind for bar in self.bars)
        if not self.is_admonished:
            return allowed
        return Allowed(allowed.grades - {Grade.EXCELLENT}, allowed.remarks)

    def why_not(self, grade: Grade) -> str:
        """Return why this grade is refused."""
        told = "；".join(f"{bar.kind.label}（{bar.basis}），{bar.kind.effect_text}" for bar in self.bars)
        if told:
            return str(_("不能定为“%(grade)s”：%(bars)s。", grade=rules.label(grade, self.pool), bars=told))
        if grade is Grade.UNGRADED:
            return str(_("没有登记不定等次的情形，请选择等次，或先登记情形。"))
        return str(_("不能定为“%(grade)s”：不符合条件。", grade=rules.label(grade, self.pool)))


@dataclass(frozen=True, slots=True)
class Year:
    """The year's candidates in the order of their codes, and what is common to all."""

    score: YearScore
    candidates: tuple[Candidate, ...]
    seats: Mapping[Pool, int]
    steps: Mapping[Step, GradeStep]
    approvals: Mapping[Pool, SeatApproval]
    publicized: frozenset[int]
    objected: frozenset[int]

    def get(self, person_id: int) -> Candidate:
        """Return a candidate; NotFound for whose annual assessment is held elsewhere (N4)."""
        found = next((item for item in self.candidates if item.person_id == person_id), None)
        if found is None:
            raise NotFound(_("这位同志不由本单位确定年度等次。"))
        return found

    def taken(self, pool: Pool, *, without: int | None = None) -> int:
        """Count who is proposed or decided to be 优秀 in a pool; a correction frees a seat once decided."""
        return sum(
            item.pool is pool and item.person_id != without and item.holds_seat for item in self.candidates
        )

    def seat_problem(self, candidate: Candidate, grade: Grade) -> str:
        """Return why there is no seat of 优秀 left; empty where there is one (E9)."""
        seats = self.seats[candidate.pool]
        if grade is not Grade.EXCELLENT or self.taken(candidate.pool, without=candidate.person_id) < seats:
            return ""
        return str(
            _(
                "%(pool)s优秀名额%(seats)s个，已用完。经同级公务员主管部门批准提高比例的，先登记批准文号和日期。",
                pool=candidate.pool.label,
                seats=seats,
            )
        )

    def why_undecided(self, cycle: AssessmentCycle, candidate: Candidate) -> str:
        """Return what keeps a proposal from being decided now; empty where nothing does."""
        grade = candidate.current
        if grade is None or grade.state is not GradeState.PROPOSED:
            return str(_("还没有拟定等次。"))
        if cycle.state not in policy.DECIDABLE:
            return str(_("考核结果确定以后才能确定等次。"))
        missing = rules.missing_steps(self.steps)
        if missing:
            names = "、".join(step.label for step in missing)
            return str(_("考核程序还没有登记：%(names)s。", names=names))
        return self._personal_problem(candidate, grade.grade)

    def _personal_problem(self, candidate: Candidate, grade: Grade) -> str:
        if grade not in candidate.allowed.grades:
            return candidate.why_not(grade)
        if grade is Grade.EXCELLENT and candidate.person_id not in self.publicized:
            return str(_("优秀等次还没有公示期满，或公示异议成立。"))
        if candidate.person_id in self.objected:
            return str(_("有关于本人的异议没有答复。"))
        return self.seat_problem(candidate, grade)


def read(year: int) -> Year:
    """Return the year's grades as they stand today, in a fixed number of statements."""
    score, today = score_year(year), clock.today()
    versions, bars = queries.list_versions(year), queries.list_bars(year, today)
    notices, reviews = queries.list_notices(year), queries.reviews_to_take_up(year)
    approvals = queries.list_approvals(year)
    admonished_ids = admonished(year, today)

    def candidate(person: PersonScore, pool: Pool) -> Candidate:
        own = tuple(versions.get(person.id, ()))
        grade = queries.decided(own)
        return Candidate(
            year=year,
            score=person,
            pool=pool,
            versions=own,
            bars=tuple(bars.get(person.id, ())),
            notice=notices.get(grade.id) if grade else None,
            review=reviews.get(person.id),
            is_admonished=person.id in admonished_ids,
        )

    return Year(
        score=score,
        candidates=tuple(candidate(person, pool) for person, pool in score.participants),
        seats={
            pool: excellent_seats(
                score.pool_sizes.get(pool, 0), score.settings, approval_recorded=pool in approvals
            )
            for pool in Pool
        },
        steps=queries.list_steps(year),
        approvals=approvals,
        publicized=frozenset(queries.publicized(year)),
        objected=frozenset(queries.objected(year)),
    )


def excellent_rows(score: YearScore) -> list[tuple[PersonScore, str]]:
    """Return whom to publicize as 优秀: proposed so, and on no list that ended."""
    done, versions = queries.publicized(score.year), queries.list_versions(score.year)
    return [
        (person, versions[person.id][-1].label)
        for person, _pool in score.participants
        if person.id in versions and person.id not in done and _is_proposed(versions[person.id][-1])
    ]


def _is_proposed(grade: AnnualGrade) -> bool:
    return grade.grade is Grade.EXCELLENT and grade.state is GradeState.PROPOSED
