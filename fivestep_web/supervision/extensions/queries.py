"""Reads of extension requests: the list, one request, what was granted to a thing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import joinedload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import UnitPeriod
from fivestep_web.supervision.extensions.models import ExtensionRequest
from fivestep_web.supervision.extensions.rules import ExtensionState
from fivestep_web.supervision.limits.registry import Step
from fivestep_web.supervision.limits.rules import Seat
from fivestep_web.supervision.limits.seats import is_charged


@dataclass(slots=True)
class Extended:
    """What became of a thing's date: the dates struck out, oldest first, and the request that is open."""

    struck: list[date] = field(default_factory=list)
    open_id: int | None = None
    asked_due_on: date | None = None

    @property
    def count(self) -> int:
        return len(self.struck)


NOT_EXTENDED = Extended()


def granted_ids(kind: str) -> Select[int]:
    """Select the things of a kind whose day was set by an extension, no longer by the calendar."""
    return select(ExtensionRequest.item_id).where(
        ExtensionRequest.kind == kind, ExtensionRequest.state == ExtensionState.GRANTED
    )


def visible_to(actor: Actor) -> Select[ExtensionRequest]:
    """Select the requests of the units in reach and the actor's own."""
    query = select(ExtensionRequest)
    if actor.may_all(Permission.EXTENSION_READ):
        return query
    units = actor.units_for(Permission.EXTENSION_READ) or frozenset()
    own = ExtensionRequest.requested_by_id == actor.person_id if actor.person_id is not None else false()
    return query.where(or_(ExtensionRequest.unit_id.in_(units), own))


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "this request waits for the actor's decision".

    Minister and executive deputy may decide on all, yet are asked only where nobody else is in charge.
    """
    if not actor.may(Permission.EXTENSION_DECIDE):
        return false()
    charged = is_charged(actor, ExtensionRequest.unit_id, ExtensionRequest.requested_by_id)
    return and_(ExtensionRequest.state == ExtensionState.REQUESTED, charged)


def list_requests(actor: Actor, year: int, *, state: str = "") -> Sequence[tuple[ExtensionRequest, str]]:
    """Return the requests of a year with the names of their units, those to decide on first."""
    query = (
        visible_to(actor)
        .add_columns(UnitPeriod.name)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == ExtensionRequest.unit_id, UnitPeriod.valid_to.is_(None)))
        .where(ExtensionRequest.year == year)
        .options(joinedload(ExtensionRequest.requested_by), joinedload(ExtensionRequest.decided_by))
        .order_by(ExtensionRequest.state != ExtensionState.REQUESTED, ExtensionRequest.id.desc())
    )
    if state in set(ExtensionState):
        query = query.where(ExtensionRequest.state == ExtensionState(state))
    return [(row[0], row[1]) for row in db.session.execute(query)]


def get_request(
    actor: Actor, request_id: int, *, lock: bool = False, revision: int | None = None
) -> ExtensionRequest:
    """Return a request the actor may see; with *revision*, Conflict when it changed since it was shown."""
    query = visible_to(actor).where(ExtensionRequest.id == request_id)
    if lock:
        query = query.with_for_update(of=ExtensionRequest).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("没有这份延期申请，或不在您的查看范围内。"))
    if revision is not None and found.revision != revision:
        raise Conflict(_("这份延期申请在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return found


def find_open(kind: str, item_id: int) -> ExtensionRequest | None:
    """Return the open request of a thing."""
    return db.session.scalar(
        select(ExtensionRequest).where(
            ExtensionRequest.kind == kind,
            ExtensionRequest.item_id == item_id,
            ExtensionRequest.state == ExtensionState.REQUESTED,
        )
    )


def extended(kind: str, item_ids: Collection[int]) -> dict[int, Extended]:
    """Return how often and from which dates these things were extended; one statement."""
    rows = db.session.execute(
        select(
            ExtensionRequest.id, ExtensionRequest.item_id, ExtensionRequest.state,
            ExtensionRequest.due_on, ExtensionRequest.asked_due_on,
        )
        .where(ExtensionRequest.kind == kind, ExtensionRequest.item_id.in_(item_ids))
        .order_by(ExtensionRequest.id)
    )  # fmt: skip
    found: dict[int, Extended] = {}
    for row in rows:
        item = found.setdefault(row.item_id, Extended())
        if row.state is ExtensionState.GRANTED:
            item.struck.append(row.due_on)
        elif row.state is ExtensionState.REQUESTED:
            item.open_id, item.asked_due_on = row.id, row.asked_due_on
    return found


def list_of_item(actor: Actor, kind: str, item_id: int) -> Sequence[ExtensionRequest]:
    """Return every request about a thing that the actor may see, oldest first."""
    query = visible_to(actor).where(ExtensionRequest.kind == kind, ExtensionRequest.item_id == item_id)
    query = query.options(joinedload(ExtensionRequest.requested_by), joinedload(ExtensionRequest.decided_by))
    return db.session.scalars(query.order_by(ExtensionRequest.id)).all()


def steps_of_year(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return the decisions on extensions as hand-overs; one taken back was nobody's to decide."""
    waits = ExtensionRequest.state == ExtensionState.REQUESTED
    counted = waits if open_only else ExtensionRequest.state != ExtensionState.WITHDRAWN
    rows = db.session.scalars(select(ExtensionRequest).where(ExtensionRequest.year == year, counted))
    for row in rows:
        yield Step(
            matter=f"extension:{row.id}",
            label=str(_("%(item)s延期", item=row.label)),
            endpoint="extension_requests.extension_show",
            values={"request_id": row.id},
            unit_id=row.unit_id,
            seat=Seat.LEADER,
            since=row.requested_at,
            until=row.decided_at,
            asked_by_id=row.requested_by_id,
        )
