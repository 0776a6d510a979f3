"""The extension requests that wait for the actor's decision."""

from flask_babel import gettext as _
from sqlalchemy import ScalarSelect, func, select

from fivestep_web.core.filters import full_date
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.extensions import db
from fivestep_web.supervision.extensions.models import ExtensionRequest
from fivestep_web.supervision.extensions.queries import waits_for


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return a subquery that counts what waits, none for who decides on nothing."""
    if not actor.may(Permission.EXTENSION_DECIDE):
        return []
    condition = ExtensionRequest.year == year
    return [select(func.count(ExtensionRequest.id)).where(condition, waits_for(actor)).scalar_subquery()]


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return the requests that wait for the actor, the oldest first."""
    if not actor.may(Permission.EXTENSION_DECIDE):
        return []
    query = select(ExtensionRequest).where(ExtensionRequest.year == year, waits_for(actor))
    return [
        WaitingItem(
            str(_("延期申请：%(item)s", item=found.label)),
            str(_("申请延到%(day)s", day=full_date(found.asked_due_on))),
            "extension_requests.extension_show",
            {"request_id": found.id},
        )
        for found in db.session.scalars(query.order_by(ExtensionRequest.id))
    ]
