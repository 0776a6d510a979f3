"""A year whose people are graded: ten members of the third section, and each step of their grades."""

from dataclasses import dataclass
from datetime import date

import time_machine
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades import bars, giving, queries, services, standing
from fivestep_web.assessment.grades.giving import Said
from fivestep_web.assessment.grades.models import AchievementEntry, AnnualGrade, ResultNotice
from fivestep_web.assessment.grades.rules import BEFORE_DECISION, BarKind, Grade, Period, Stance
from fivestep_web.assessment.grades.services import Proposal
from fivestep_web.assessment.publicity import services as publicity
from fivestep_web.assessment.publicity.queries import find_publicity
from fivestep_web.assessment.publicity.rules import PublicityState, Subject
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import Establishment, PostHolding, Unit
from tests.assessment.cycles.plans import CONFIRM_DAY, TALLY_DAY, TERMS, YEAR, Cast, bring_to, make_cast, move
from tests.factories.accounts import user_with_role
from tests.factories.keys import actor_of, open_key
from tests.remembered import remembered

MEMBERS = 10  # with the office and the personnel clerk twelve civil servants: two seats of 优秀
HELD = {step: (date(2026, 12, 20 + place), "") for place, step in enumerate(BEFORE_DECISION)}


@dataclass
class Staff:
    """Those who run the assessment, and ten members of a section."""

    cast: Cast
    members: list[User]


@remembered
def make_staff(state: CycleState = CycleState.CONFIRMED) -> Staff:
    """Bring a year to *state* with ten members in its third section."""
    cast = make_cast()
    third = db.session.scalars(select(Unit).where(Unit.code == "K03")).one()
    members = [user_with_role(Role.STF, unit=third, name=f"丁某{number}") for number in range(MEMBERS)]
    bring_to(cast, state)
    return Staff(cast, members)


def to_institution(user: User) -> None:
    """Make a member institution staff."""
    held = db.session.scalars(select(PostHolding).where(PostHolding.person_id == user.person_id)).one()
    held.establishment = Establishment.INSTITUTION
    db.session.commit()


def promote(user: User) -> None:
    """Give the post of a member another title."""
    held = db.session.scalars(select(PostHolding).where(PostHolding.person_id == user.person_id)).one()
    held.position.title = "副科长"
    db.session.commit()


def propose(
    staff: Staff,
    user: User,
    grade: Grade = Grade.COMPETENT,
    *,
    by: User | None = None,
    remarks: str = "",
    reason: str = "",
) -> AnnualGrade:
    """Propose a grade; personnel's own comes from the executive deputy minister."""
    who = by or (staff.cast.deputy if user is staff.cast.hr else staff.cast.hr)
    with unit_of_work():
        cycle = get_cycle(YEAR, lock=True)
        return services.propose(actor_of(who), cycle, user.person_id, Proposal(grade, remarks, reason))


def everybody(staff: Staff) -> list[User]:
    return [staff.cast.office, staff.cast.hr, *staff.members]


def propose_all(staff: Staff, *excellent: User) -> None:
    """Propose 称职 for all but those of *excellent*."""
    for user in everybody(staff):
        propose(staff, user, Grade.EXCELLENT if user in excellent else Grade.COMPETENT)


def hold_steps(staff: Staff) -> None:
    with unit_of_work():
        services.record_steps(actor_of(staff.cast.hr), YEAR, HELD)


def bar(staff: Staff, user: User, kind: BarKind, starts_on: date = date(2026, 6, 1), **facts: object) -> int:
    """Enter a bar of a person."""
    period = Period(kind, starts_on, facts.get("ends_on"))  # type: ignore[arg-type]
    with unit_of_work():
        return bars.enter(actor_of(staff.cast.hr), user.person_id, period, "青组〔2026〕5号").id


def post_excellent(staff: Staff) -> None:
    """Post the list of 优秀 today."""
    with unit_of_work():
        cycle = get_cycle(YEAR, lock=True)
        publicity.schedule(actor_of(staff.cast.hr), cycle, Subject.EXCELLENT, TERMS)
    with unit_of_work():
        cycle = get_cycle(YEAR, lock=True)
        waiting = find_publicity(YEAR, Subject.EXCELLENT, PublicityState.SCHEDULED)
        assert waiting is not None
        publicity.post(actor_of(staff.cast.minister), cycle, waiting)


def end_publicity() -> None:
    with unit_of_work():
        publicity.end_due(YEAR)


def decide(staff: Staff, user: User, *, by: User | None = None) -> None:
    """Let the minister confirm one grade."""
    with unit_of_work():
        cycle = get_cycle(YEAR, lock=True)
        grade = queries.find_versions(YEAR, user.person_id, lock=True)[-1]
        services.decide(actor_of(by or staff.cast.minister), cycle, grade)


def decide_all(staff: Staff) -> int:
    with unit_of_work():
        minister, cycle = actor_of(staff.cast.minister), get_cycle(YEAR, lock=True)
        shown = {grade.mark for grade in services.ready(minister, cycle, standing.read(YEAR))}
        return services.decide_all(minister, cycle, shown)


def give_all(staff: Staff) -> None:
    """Give every notice that waits: personnel's own comes from the executive deputy minister."""
    for who in (staff.cast.hr, staff.cast.deputy):
        ids = [
            item.person_id
            for item in standing.read(YEAR).candidates
            if giving.is_untold(item) and item.person_id != who.person_id
        ]
        if ids:
            with unit_of_work():
                giving.give(actor_of(who), get_cycle(YEAR, lock=True), ids, clock.today())


def sign(user: User, stance: Stance = Stance.AGREE, text: str = "") -> None:
    """Let a person sign the own opinion."""
    opened = open_key(user)
    with unit_of_work():
        notice = queries.find_notice(YEAR, user.person_id, lock=True)
        assert notice is not None
        said = Said(stance, text)
        giving.sign(actor_of(user), notice, opened, said, shown=notice.sha256, address="127.0.0.1")


def record_paper(staff: Staff, user: User, stance: Stance = Stance.REFUSED, text: str = "") -> None:
    """Record an opinion on paper, or a refusal."""
    who = staff.cast.deputy if user is staff.cast.hr else staff.cast.hr
    with unit_of_work():
        notice = queries.find_notice(YEAR, user.person_id, lock=True)
        assert notice is not None
        giving.record_paper(actor_of(who), notice, Said(stance, text), clock.today(), "监某甲")


@remembered
def graded(*excellent: int, state: CycleState = CycleState.CONFIRMED) -> Staff:
    """Have everybody graded and decided; members named by their places are 优秀, after publicity."""
    staff = make_staff(CycleState.PUBLICIZING)
    with time_machine.travel(TALLY_DAY, tick=True):
        propose_all(staff, *(staff.members[place] for place in excellent))
        hold_steps(staff)
        if excellent:
            post_excellent(staff)
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(staff.cast, CycleState.CONFIRMED)
        decide_all(staff)
        if state is CycleState.FILED:
            file(staff)
    return staff


def file(staff: Staff) -> None:
    """Tell everybody, hear everybody, and file the year."""
    give_all(staff)
    for user in everybody(staff):
        record_paper(staff, user, Stance.AGREE)
    move(staff.cast, CycleState.FILED)


def latest(user: User) -> AnnualGrade:
    db.session.expire_all()
    return queries.find_versions(YEAR, user.person_id)[-1]


def notice_of(user: User) -> ResultNotice:
    db.session.expire_all()
    found = queries.find_notice(YEAR, user.person_id)
    assert found is not None
    return found


def entries_of(user: User) -> list[AchievementEntry]:
    db.session.expire_all()
    query = select(AchievementEntry).where(AchievementEntry.person_id == user.person_id)
    return list(db.session.scalars(query.order_by(AchievementEntry.id)))
