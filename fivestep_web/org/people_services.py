"""People, the posts they hold and the roles that come with the posts; each change is logged."""

from collections.abc import Collection
from datetime import date, timedelta

from flask_babel import gettext as _

from fivestep_web.audit.services import record
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.extensions import db
from fivestep_web.org import policy, queries
from fivestep_web.org.models import Establishment, Person, Position, PostHolding, PostRole, Unit

ONE_DAY = timedelta(days=1)


def create_person(actor: Actor, *, code: str, name: str, phone: str = "") -> Person:
    """Add a comrade; DomainError when the staff code is taken."""
    policy.demand(policy.can_manage(actor))
    if db.session.query(Person.id).filter_by(code=code).first():
        raise DomainError(_("工号“%(code)s”已经存在，请换一个", code=code))
    person = Person(code=code, name=name, phone=phone)
    db.session.add(person)
    db.session.flush()
    record(actor, "person.created", f"person:{person.id}", code=code, name=name)
    return person


def change_person(actor: Actor, person: Person, *, name: str, phone: str, revision: int) -> None:
    """Correct a name or a telephone number; Conflict when *revision* is not the stored one."""
    policy.demand(policy.can_manage(actor))
    if person.revision != revision:
        raise Conflict(_("这个人员的信息刚被别人改过，请返回查看后重新修改"))
    changes: dict[str, object] = {"name": [person.name, name]} if person.name != name else {}
    if person.phone != phone:
        changes["phone"] = "changed"
    if not changes:
        return
    person.name, person.phone = name, phone
    db.session.flush()
    record(actor, "person.changed", f"person:{person.id}", **changes)


def appoint(
    actor: Actor,
    person: Person,
    unit: Unit,
    title: str,
    *,
    roles: Collection[Role],
    from_day: date,
    establishment: Establishment | None = None,
) -> PostHolding:
    """Let *person* hold a post of *unit* with *roles* from *from_day* on; the post is made when it is new.

    Raises Conflict when the same post is still held on that day, DomainError without a role.
    """
    policy.demand(policy.can_manage(actor))
    _check_roles(roles)
    position = queries.find_position(unit.id, title)
    if position is None:
        position = Position(unit_id=unit.id, title=title)
        db.session.add(position)
        db.session.flush()
    for held in person.holdings:
        if held.position_id == position.id and (held.valid_to is None or held.valid_to >= from_day):
            raise Conflict(_("这位同志在该日仍任%(title)s，请先免去原任职务", title=title))
    holding = PostHolding(
        person=person,
        position=position,
        establishment=establishment,
        valid_from=from_day,
        roles=[PostRole(role=role) for role in sorted(roles)],
    )
    db.session.add(holding)
    db.session.flush()
    record(
        actor,
        "post.appointed",
        f"person:{person.id}",
        holding=holding.id,
        unit=unit.id,
        title=title,
        roles=sorted(roles),
        from_day=from_day,
        establishment=establishment,
    )
    return holding


def end_holding(actor: Actor, holding: PostHolding, last_day: date) -> None:
    """Let a post end with *last_day*; its roles end with it.

    Raises Conflict when it has ended, DomainError when the day lies before its beginning.
    """
    policy.demand(policy.can_manage(actor))
    if holding.valid_to is not None:
        raise Conflict(_("这项任职已于 %(day)s 结束", day=holding.valid_to.isoformat()))
    if last_day < holding.valid_from:
        raise DomainError(_("免职日期不能早于任职日期 %(day)s", day=holding.valid_from.isoformat()))
    holding.valid_to = last_day
    db.session.flush()
    record(actor, "post.ended", f"person:{holding.person_id}", holding=holding.id, last_day=last_day)


def change_roles(actor: Actor, holding: PostHolding, roles: Collection[Role], from_day: date) -> PostHolding:
    """Give a post held other roles from *from_day* on and return the holding that has them.

    What was held before stays with its days; a change on its first day edits it.
    """
    policy.demand(policy.can_manage(actor))
    _check_roles(roles)
    if holding.valid_to is not None:
        raise Conflict(_("这项任职已于 %(day)s 结束", day=holding.valid_to.isoformat()))
    before = {held.role for held in holding.roles}
    if before == set(roles):
        return holding
    if from_day <= holding.valid_from:
        holding.roles = [held for held in holding.roles if held.role in roles]
        holding.roles += [PostRole(role=role) for role in sorted(set(roles) - before)]
        changed = holding
    else:
        holding.valid_to = from_day - ONE_DAY
        changed = PostHolding(
            person_id=holding.person_id,
            position_id=holding.position_id,
            establishment=holding.establishment,
            valid_from=from_day,
            roles=[PostRole(role=role) for role in sorted(roles)],
        )
        db.session.add(changed)
    db.session.flush()
    record(
        actor,
        "post.roles_changed",
        f"person:{holding.person_id}",
        holding=changed.id,
        before=sorted(before),
        after=sorted(roles),
        from_day=from_day,
    )
    return changed


def _check_roles(roles: Collection[Role]) -> None:
    if not roles:
        raise DomainError(_("请至少选择一个角色，没有角色的同志登录后什么也看不到"))
