"""How the day an answer to a notice is due is extended (延期申请)."""

from datetime import date
from typing import Final

from flask_babel import gettext as _

from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.supervision.extensions.registry import Item
from fivestep_web.supervision.notices import queries
from fivestep_web.supervision.notices.models import SupervisionNotice

KIND: Final = "notice"


def item_of(notice: SupervisionNotice) -> Item:
    """Return a notice as a thing with a date, the day its answer is due."""
    return Item(
        id=notice.id,
        label=str(_("%(number)s的答复", number=notice.name)),
        year=notice.year,
        unit_id=notice.goal.unit_id,
        due_on=notice.reply_by,
        is_open=notice.state.awaits_answer,
        endpoint="notices.notice_show",
        values={"notice_id": notice.id},
        person_id=notice.goal.person_id,
    )


def find(actor: Actor, notice_id: int, lock: bool) -> Item:  # noqa: FBT001 - as the registry asks
    """Return a notice the actor may see, as the registry asks for it."""
    return item_of(queries.get_notice(actor, notice_id, lock=lock))


def move(notice_id: int, due_on: date) -> None:
    """Write the new day of a notice that is locked; until then it does not climb either."""
    notice = db.session.get_one(SupervisionNotice, notice_id)
    notice.reply_by = due_on
    notice.limit_on = max(notice.limit_on, due_on)
    db.session.flush()
