"""Ask for a person's materials, make them in the queue, hand them out, forget them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select, update

from fivestep_web.accounts.queries import get_account, get_actor
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.jobs import enqueue
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Person
from fivestep_web.org.queries import get_person
from fivestep_web.org.years import list_years
from fivestep_web.personnel import contents, policy, queries, rules
from fivestep_web.personnel.models import BundleState, MaterialBundle
from fivestep_web.personnel.packing import Packed, pack

TASK: Final = "personnel.make_bundle"
KEEP: Final = timedelta(days=7)


@dataclass(frozen=True)
class BundleFile:
    """A bundle as it is downloaded."""

    name: str
    data: bytes


def request_bundle(actor: Actor, person: Person, years: Collection[int]) -> MaterialBundle:
    """Ask for the person's materials of *years*, for the actor alone.

    Raises NotAllowed, FieldError for no year or one that is not planned, Conflict while the same is made.
    """
    if not policy.can_read(actor):
        raise NotAllowed(_("您的岗位不能导出他人的实绩材料"))
    if not years or not set(years) <= set(list_years()):
        raise FieldError("years", _("请至少选择一个年度"))
    waiting = select(MaterialBundle.id).where(
        MaterialBundle.person_id == person.id,
        MaterialBundle.user_id == actor.user_id,
        MaterialBundle.state == BundleState.QUEUED,
    )
    if db.session.scalar(waiting.limit(1)):
        raise Conflict(_("这位同志的材料包正在生成，请稍候"))
    bundle = MaterialBundle(
        person_id=person.id,
        user_id=actor.user_id,
        years=sorted(years),
        requested_at=clock.system_now(),
    )
    db.session.add(bundle)
    db.session.flush()
    record(actor, "materials.requested", f"materials:{bundle.id}", person=person.id, years=bundle.years)
    enqueue(TASK, bundle.id, key=f"materials-{bundle.id}")
    return bundle


def make(bundle_id: int) -> Packed | None:
    """Return the zip of a bundle that waits, with the rights its account has now; None for another state.

    Raises NotAllowed once the account lost the right. No row is changed.
    """
    bundle = db.session.get_one(MaterialBundle, bundle_id)
    if bundle.state is not BundleState.QUEUED:
        return None
    user = get_account(bundle.user_id)
    actor, today = get_actor(user, clock.today()), clock.today()
    if not user.is_active or not policy.can_read(actor):
        raise NotAllowed(_("申请人现在没有导出实绩材料的权限"))
    return pack(actor, contents.gather(actor, get_person(bundle.person_id), bundle.years, today), today)


def publish(bundle_id: int, packed: Packed) -> None:
    """Store the zip of a bundle that still waits, in the running unit of work."""
    bundle = db.session.scalar(select(MaterialBundle).where(MaterialBundle.id == bundle_id).with_for_update())
    if bundle is None or bundle.state is not BundleState.QUEUED:
        return
    bundle.state, bundle.ready_at = BundleState.READY, clock.system_now()
    bundle.data, bundle.sha256, bundle.size = packed.data, packed.sha256, len(packed.data)
    bundle.notes, bundle.file_count = packed.notes, packed.file_count
    bundle.valid_until, bundle.confidential_ids = packed.valid_until, packed.confidential_ids


def give_up(bundle_id: int, reason: str) -> None:
    """Mark a bundle that still waits as failed, in the running unit of work."""
    db.session.execute(
        update(MaterialBundle)
        .where(MaterialBundle.id == bundle_id, MaterialBundle.state == BundleState.QUEUED)
        .values(state=BundleState.FAILED, failure=reason)
        .execution_options(synchronize_session=False)
    )


def hand_out(actor: Actor, bundle_id: int) -> BundleFile:
    """Return the actor's own bundle and log it, each confidential document in it by itself (B10).

    Raises NotFound for what is hidden, absent or out of date, Conflict when its bytes were altered.
    """
    bundle = queries.get_bundle(actor, bundle_id, clock.today())
    data = bundle.data or b""
    if sha256(data).hexdigest() != bundle.sha256:
        raise Conflict(_("这个材料包与登记的校验值不符，可能被改动过，请重新生成"))
    record(
        actor,
        "materials.downloaded",
        f"materials:{bundle.id}",
        person=bundle.person_id,
        years=bundle.years,
        sha256=bundle.sha256,
    )
    for document_id in bundle.confidential_ids:
        record(actor, "document.exported", f"document:{document_id}")
    return BundleFile(rules.bundle_name(bundle.person.name, bundle.years), data)


def remove_old(now: datetime) -> int:
    """Forget the files of bundles older than a week, in the running unit of work; return how many."""
    removed = db.session.scalars(
        update(MaterialBundle)
        .where(MaterialBundle.requested_at < now - KEEP, MaterialBundle.data.is_not(None))
        .values(data=None, notes=[], confidential_ids=[], state=BundleState.REMOVED)
        .returning(MaterialBundle.id)
        .execution_options(synchronize_session=False)
    )
    return len(removed.all())
