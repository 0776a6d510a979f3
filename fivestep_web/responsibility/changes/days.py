"""From which day a change may hold: not while the predecessor is in post, so that both periods are right."""

from datetime import date, timedelta
from operator import attrgetter

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from fivestep_web.core import clock
from fivestep_web.core.errors import FieldError
from fivestep_web.core.filters import full_date
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org import lookups
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import Person, Position, PostHolding, PostRole
from fivestep_web.responsibility.changes import handover
from fivestep_web.responsibility.changes.handover import Reason
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import UPPER_KIND, ChangeKind, LetterKind

First = tuple[date, str]


def check_day(letter: Letter, kind: ChangeKind, successor_id: int | None, day: date) -> None:
    """Raise FieldError, naming the first and the last day there may be, for a day outside (R2.5, R2.10)."""
    first, why = first_day(letter, kind, successor_id)
    if not first <= day <= clock.today():
        raise FieldError(
            "effective_on",
            _(
                "变更日期最早为%(first)s（%(why)s），最晚为今天（%(today)s），请修改",
                first=full_date(first),
                why=why,
                today=full_date(clock.today()),
            ),
        )


def first_day(letter: Letter, kind: ChangeKind, successor_id: int | None = None) -> First:
    """Return the earliest day of a change and why: the letter, posts given up and posts taken up."""
    in_force = letter.in_force_at.astimezone(clock.ZONE).date() if letter.in_force_at else clock.today()
    found = [(in_force, str(_("责任书当天生效")))]
    if kind is ChangeKind.HANDOVER:
        found += _post_changed(letter)
    if successor_id is not None and letter.kind in UPPER_KIND:
        found += _taken_up(letter, successor_id)
    return max(found)


def _post_changed(letter: Letter) -> list[First]:
    match handover.reason_of(letter):
        case Reason.GONE:
            return _given_up(letter)
        case Reason.OTHER_HEAD | Reason.BECAME_HEAD:
            return _held_since(letter, "head")
        case Reason.OTHER_ISSUER if letter.kind is LetterKind.DEPARTMENT_UNIT:
            return _minister_since()
        case Reason.OTHER_ISSUER:
            return _held_since(letter, "head" if letter.kind in UPPER_KIND else "leader")
    return []


def _given_up(letter: Letter) -> list[First]:
    """Return the day after the holder's last day in the unit, or in any post of who had none there."""
    of_holder = PostHolding.person_id == letter.responsible_id
    last = _last_day(of_holder, Position.unit_id == letter.unit_id) or _last_day(of_holder)
    if last is None:
        return []
    why = _("%(name)s任职到%(day)s", name=letter.responsible.name, day=full_date(last))
    return [(last + timedelta(days=1), str(why))]


def _last_day(*conditions: ColumnElement[bool]) -> date | None:
    return db.session.scalar(
        select(PostHolding.valid_to)
        .join(Position, Position.id == PostHolding.position_id)
        .where(PostHolding.valid_to < clock.today(), *conditions)
        .order_by(PostHolding.valid_to.desc())
        .limit(1)
    )


def _held_since(letter: Letter, side: str) -> list[First]:
    """Return since when the unit has its present head or leader in charge without a break."""
    person: Person | None = getattr(letter.unit.current, side)
    if person is None:
        return []
    since = letter.unit.current.valid_from
    for period in sorted(letter.unit.periods, key=attrgetter("valid_from"), reverse=True):
        if getattr(period, f"{side}_id") != person.id:
            break
        since = period.valid_from
    return [_since(person, since)]


def _minister_since() -> list[First]:
    minister = lookups.find_role_holder(Role.MIN, clock.today())
    if minister is None:
        return []
    since = db.session.scalars(
        select(PostHolding.valid_from)
        .join(PostRole, PostRole.holding_id == PostHolding.id)
        .where(PostHolding.person_id == minister.id, PostRole.role == Role.MIN, holds_on(clock.today()))
        .order_by(PostHolding.valid_from)
    ).first()
    return [_since(minister, since)] if since else []


def _taken_up(letter: Letter, successor_id: int) -> list[First]:
    since = db.session.scalars(
        select(PostHolding.valid_from)
        .join(Position, Position.id == PostHolding.position_id)
        .where(
            PostHolding.person_id == successor_id,
            Position.unit_id == letter.unit_id,
            holds_on(clock.today()),
        )
        .order_by(PostHolding.valid_from)
    ).first()
    return [_since(db.session.get_one(Person, successor_id), since)] if since else []


def _since(person: Person, day: date) -> First:
    return day, str(_("%(name)s%(day)s起任职", name=person.name, day=full_date(day)))
