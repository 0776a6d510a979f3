"""Reads of saved views: everybody's own only."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.saved.models import SavedView
from fivestep_web.extensions import db


def list_views(actor: Actor) -> Sequence[SavedView]:
    """Return the actor's views in the order they are kept in."""
    return db.session.scalars(
        select(SavedView).where(SavedView.user_id == actor.user_id).order_by(SavedView.position, SavedView.id)
    ).all()


def get_view(actor: Actor, view_id: int) -> SavedView:
    """Return one of the actor's views, locked; that of another account is not found."""
    view = db.session.scalar(
        select(SavedView).where(SavedView.id == view_id, SavedView.user_id == actor.user_id).with_for_update()
    )
    if view is None:
        raise NotFound(_("这个常用筛选不存在"))
    return view
