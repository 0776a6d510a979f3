"""Units over time, the working calendar, the opening of step two; each change is logged."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from fivestep_web.audit.services import record
from fivestep_web.core import clock, events
from fivestep_web.core.errors import Conflict, DomainError, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org import moved_dates, policy, queries
from fivestep_web.org.models import CalendarDay, PlanYear, Unit, UnitKind, UnitPeriod
from fivestep_web.org.rules import DayOff

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class UnitFacts:
    """What a unit is from a day on: its name and kind, its head and the leader in charge (person ids)."""

    name: str
    kind: UnitKind
    head_id: int | None = None
    leader_id: int | None = None


def create_unit(
    actor: Actor,
    code: str,
    facts: UnitFacts,
    *,
    valid_from: date,
    parent_id: int | None = None,
    is_assessed: bool = False,
) -> Unit:
    """Add a unit that exists from *valid_from* on.

    Raises DomainError when the code or the name is taken, or the day lies ahead.
    """
    policy.demand(policy.can_manage(actor))
    if db.session.query(Unit.id).filter_by(code=code).first():
        raise DomainError(_("单位编码“%(code)s”已经存在，请换一个", code=code))
    _check_name(facts.name, None)
    _check_not_ahead(valid_from)
    unit = Unit(
        code=code,
        parent_id=parent_id,
        is_assessed=is_assessed,
        periods=[UnitPeriod(**asdict(facts), valid_from=valid_from)],
    )
    db.session.add(unit)
    db.session.flush()
    record(
        actor,
        "unit.created",
        f"unit:{unit.id}",
        code=code,
        valid_from=valid_from,
        parent=parent_id,
        is_assessed=is_assessed,
        **asdict(facts),
    )
    return unit


def change_unit(
    actor: Actor,
    unit: Unit,
    facts: UnitFacts,
    *,
    from_day: date,
    parent_id: int | None,
    is_assessed: bool,
    revision: int,
) -> None:
    """Let other facts hold from *from_day* on; what held before stays with its days (domain.md 1.2).

    A change on the day the present period began edits that period. Raises Conflict when *revision* is not
    the stored one, DomainError when the day lies before the present period or ahead, or the name is taken.
    """
    policy.demand(policy.can_manage(actor))
    if unit.revision != revision:
        raise Conflict(_("这个单位刚被别人改过，请返回查看后重新修改"))
    _check_name(facts.name, unit.id)
    _check_parent(unit, parent_id)
    before = _present(unit)
    was = {name: getattr(before, name) for name in asdict(facts)} | _own_facts(unit)
    unit.parent_id, unit.is_assessed = parent_id, is_assessed
    changes = {
        name: [was[name], value]
        for name, value in (asdict(facts) | _own_facts(unit)).items()
        if was[name] != value
    }
    if not changes:
        return
    if changes.keys() & asdict(facts).keys():
        _put_period(unit, before, facts, from_day)
    flag_modified(unit, "is_assessed")  # the revision grows also when only a period changed
    db.session.flush()
    record(actor, "unit.changed", f"unit:{unit.id}", from_day=from_day, changes=changes)


def _own_facts(unit: Unit) -> dict[str, object]:
    return {"parent_id": unit.parent_id, "is_assessed": unit.is_assessed}


def _present(unit: Unit) -> UnitPeriod:
    return next(period for period in unit.periods if period.valid_to is None)


def _put_period(unit: Unit, before: UnitPeriod, facts: UnitFacts, from_day: date) -> None:
    _check_not_ahead(from_day)
    if from_day < before.valid_from:
        raise DomainError(
            _(
                "变更日期不能早于现有情况开始的日期 %(day)s，请改为这一天或以后",
                day=before.valid_from.isoformat(),
            )
        )
    if from_day == before.valid_from:
        for name, value in asdict(facts).items():
            setattr(before, name, value)
        return
    before.valid_to = from_day - ONE_DAY
    db.session.flush()  # one present period at any time, also for the database
    unit.periods.append(UnitPeriod(**asdict(facts), valid_from=from_day))


def _check_name(name: str, unit_id: int | None) -> None:
    if queries.is_unit_name_taken(name, unit_id):
        raise DomainError(_("已有名为“%(name)s”的单位，请换一个名称", name=name))


def _check_not_ahead(day: date) -> None:
    if day > clock.today():
        raise DomainError(_("日期不能晚于今天，请到那一天再办理"))


def _check_parent(unit: Unit, parent_id: int | None) -> None:
    above = parent_id
    while above is not None:
        if above == unit.id:
            raise DomainError(_("上级单位不能是本单位或它的下级单位"))
        parent = db.session.get(Unit, above)
        above = parent.parent_id if parent else None


def enter_days(actor: Actor, days: Iterable[DayOff]) -> int:
    """Store days off and make-up working days, replacing what was stored of them; return how many changed."""
    policy.demand(policy.can_edit_calendar(actor))
    changed = []
    for item in days:
        stored = db.session.get(CalendarDay, item.day)
        if stored is None:
            stored = CalendarDay(day=item.day)
            db.session.add(stored)
        elif (stored.is_workday, stored.note) == (item.is_workday, item.note):
            continue
        stored.is_workday, stored.note = item.is_workday, item.note
        changed.append(item)
    if changed:
        db.session.flush()
        record(
            actor,
            "calendar.entered",
            "calendar:days",
            days=[[item.day, item.is_workday, item.note] for item in changed],
        )
        moved_dates.propose(actor, queries.renew_calendar())
        events.tell(events.Event.ALL_CHANGED)
    return len(changed)


def remove_day(actor: Actor, day: date) -> None:
    """Forget what the office entered for *day*; the published calendar holds again."""
    policy.demand(policy.can_edit_calendar(actor))
    stored = db.session.get(CalendarDay, day)
    if stored is None:
        raise NotFound(_("这一天没有录入过。"))
    record(actor, "calendar.removed", "calendar:days", day=day, is_workday=stored.is_workday)
    db.session.delete(stored)
    db.session.flush()
    moved_dates.propose(actor, queries.renew_calendar())
    events.tell(events.Event.ALL_CHANGED)


def open_step_two(actor: Actor, plan_year: PlanYear, reason: str) -> None:
    """Let the year's goals and letters begin before the work priorities are issued (R1.1)."""
    policy.demand(policy.can_open_step_two(actor))
    if plan_year.step_two_open:
        raise Conflict(_("%(year)s年度的责任步骤已经开启", year=plan_year.year))
    plan_year.step_two_open, plan_year.step_two_reason = True, reason
    db.session.flush()
    record(actor, "year.step_two_opened", f"year:{plan_year.year}", reason=reason)
