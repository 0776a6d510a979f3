"""How the day of what a meeting decided is extended (延期申请)."""

from datetime import date
from typing import Final

from flask_babel import gettext as _

from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.supervision.extensions.registry import Item
from fivestep_web.supervision.meetings import queries
from fivestep_web.supervision.meetings.models import Resolution
from fivestep_web.supervision.meetings.rules import ResolutionState

KIND: Final = "resolution"


def item_of(resolution: Resolution) -> Item:
    """Return a decision as a thing with a date."""
    return Item(
        id=resolution.id,
        label=str(_("议定事项：%(matter)s", matter=resolution.matter)),
        year=resolution.year,
        unit_id=resolution.unit_id,
        due_on=resolution.due_on,
        is_open=resolution.state is ResolutionState.OPEN,
        endpoint="resolutions.resolution_show",
        values={"resolution_id": resolution.id},
        person_id=resolution.owner_id,
    )


def find(actor: Actor, resolution_id: int, lock: bool) -> Item:  # noqa: FBT001 - as the registry asks
    """Return a decision the actor may see, as the registry asks for it."""
    return item_of(queries.get_resolution(actor, resolution_id, lock=lock))


def move(resolution_id: int, due_on: date) -> None:
    """Write the new day of a decision that is locked."""
    db.session.get_one(Resolution, resolution_id).due_on = due_on
    db.session.flush()
