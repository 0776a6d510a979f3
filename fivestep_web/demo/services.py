"""Load the invented county into an empty instance and play its year up to the rehearsal date."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib import resources

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.passwords import hash_password
from fivestep_web.assessment.daily.bulletins import services as bulletins
from fivestep_web.assessment.daily.reviews import services as reviews
from fivestep_web.audit.services import record
from fivestep_web.core import events, settings
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import ROLE_LABELS, SYSTEM, Actor, Permission, Role
from fivestep_web.demo import cast, duties, story
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, PlanYear, PostHolding, PostRole, Unit
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.workbook import services as workbook

WORKBOOK = "demo-county-2026.xlsx"
YEAR = 2026
COUNTY = "青禾县"
PASSWORD = "qinghe-2026-demo"  # noqa: S105 - printed at start on purpose: a demo has no secrets
REHEARSAL_DATE = date(2026, 12, 9)
FIRST_DATE, LAST_DATE = date(2026, 1, 1), date(2027, 1, 31)


@dataclass(frozen=True)
class SignIn:
    """One account to try the product with."""

    role: str
    username: str
    name: str


def is_empty() -> bool:
    """Say whether the instance holds nothing yet."""
    return not any(
        db.session.scalar(select(func.count()).select_from(table)) for table in (Unit, User, PlanYear)
    )


def load_demo() -> None:
    """Load the demo county and leave its year half-way; refuses an instance that has data.

    The year is played through the ordinary services with the rehearsal date moved from day to day, so that
    every letter, signature and ledger change is one the product itself allowed.
    """
    if not is_empty():
        raise Conflict(_("这个实例里已有数据，示例只能载入空的实例。请换一个 FIVESTEP_INSTANCE 目录"))
    settings.put("county", COUNTY)
    for name, code in (
        ("agency_code_decision", "青组发"),
        ("agency_code_bulletin", "青组通"),
        ("agency_code_report", "青组字"),
    ):
        settings.put(name, code)
    play(story.DRAFTED_ON, hour=9)
    with resources.as_file(resources.files("fivestep_web.demo") / WORKBOOK) as path:
        checked = workbook.check_file(path)
    if checked.result.problems:
        raise DomainError(_("示例工作簿有错误：%(message)s", message=checked.result.problems[0].message))
    workbook.load(SYSTEM, checked.result, is_trusted=True)
    _raise_threshold()
    duties.write(cast.holders(Role.OFC, story.DRAFTED_ON)[0])
    _open_accounts()
    story.tell(YEAR, play)
    play(REHEARSAL_DATE)
    bulletins.draft_due(REHEARSAL_DATE)
    reviews.draft_due(REHEARSAL_DATE)
    record(SYSTEM, "demo.loaded", f"year:{YEAR}", rehearsal_date=REHEARSAL_DATE)


def _raise_threshold() -> None:
    """Propose admonition below 70 and not 60, so that the demo has a candidate to show."""
    plan_year = db.session.get_one(PlanYear, YEAR)
    plan_year.settings = {**plan_year.settings, "admonition_total_below": "70"}


def play(day: date, hour: int | None = None) -> None:
    """Make *day* the business date, and *hour* the time of day while the story is told."""
    moment = day.isoformat() if hour is None else datetime.combine(day, time(hour, 20)).isoformat()
    settings.put("rehearsal_date", moment)
    db.session.flush()


def _open_accounts() -> None:
    """Give every demo account the printed password, with no forced change."""
    stored = hash_password(PASSWORD)
    for user in db.session.scalars(select(User)):
        user.password_hash, user.must_change_password = stored, False
    db.session.flush()


def sign_ins() -> list[SignIn]:
    """Return one account per role: a new person for each, one with a letter to sign where there is one."""
    rows = db.session.execute(
        select(PostRole.role, User.username, Person.name, PostHolding.id, Person.id)
        .join(PostHolding, PostHolding.id == PostRole.holding_id)
        .join(Person, Person.id == PostHolding.person_id)
        .join(User, User.person_id == Person.id)
        .where(PostHolding.valid_to.is_(None))
        .order_by(PostHolding.id)
    ).all()
    roles_of = Counter(row[3] for row in rows)
    signing = _people_with_letters_to_sign()
    chosen: list[SignIn] = []
    for role in Role:
        taken = {item.username for item in chosen}
        holders = sorted(
            (row for row in rows if row[0] is role),
            key=lambda row: (row[1] in taken, row[4] not in signing, roles_of[row[3]], row[3]),
        )
        chosen += [SignIn(ROLE_LABELS[role], row[1], row[2]) for row in holders[:1]]
    return chosen


def _people_with_letters_to_sign() -> set[int]:
    rows = db.session.execute(
        select(Letter.state, Letter.responsible_id, Letter.issuer_id).where(
            Letter.state.in_((LetterState.ISSUED, LetterState.ACCEPTED))
        )
    )
    return {responsible if state is LetterState.ISSUED else issuer for state, responsible, issuer in rows}


def move_rehearsal(actor: Actor, day: date) -> None:
    """Move the date a demo plays; refused outside a demo and outside its year."""
    if not actor.may(Permission.REHEARSAL_MOVE):
        raise NotAllowed(_("演练日期由系统管理员调整"))
    if not settings.is_demo():
        raise Conflict(_("正式使用的系统没有演练日期"))
    if not FIRST_DATE <= day <= LAST_DATE:
        raise DomainError(_("演练日期应在 2026 年 1 月 1 日至 2027 年 1 月 31 日之间"))
    play(day)
    record(actor, "demo.rehearsal_moved", "instance:1", date=day)
    events.tell(events.Event.ALL_CHANGED)
