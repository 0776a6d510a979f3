"""Keep, rename, order and remove one's own views of the documents page."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask_babel import gettext as _

from fivestep_web.audit.services import record
from fivestep_web.core.errors import DomainError, FieldError
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.saved import queries
from fivestep_web.documents.saved.models import SavedView
from fivestep_web.extensions import db

MOST: Final = 20  # of one account


def save(actor: Actor, name: str, arguments: Mapping[str, object]) -> SavedView:
    """Keep a filter under a name of its own, after those kept before.

    Raises FieldError for a name that is taken, DomainError for no filter at all or too many.
    """
    if not arguments:
        raise DomainError(_("现在没有筛选条件，请先筛选再保存"))
    views = queries.list_views(actor)
    if len(views) >= MOST:
        raise DomainError(_("最多保存 %(most)s 个，请先删除不用的", most=MOST))
    _require_free(views, name)
    view = SavedView(
        user_id=actor.user_id,
        name=name,
        arguments=dict(arguments),
        position=views[-1].position + 1 if views else 1,
    )
    db.session.add(view)
    db.session.flush()
    record(actor, "view.saved", f"view:{view.id}", name=name)
    return view


def rename(actor: Actor, view: SavedView, name: str) -> None:
    """Give one's view another name; FieldError where it is taken."""
    if view.name == name:
        return
    _require_free(queries.list_views(actor), name)
    before, view.name = view.name, name
    db.session.flush()
    record(actor, "view.changed", f"view:{view.id}", before=before, after=name)


def move_up(actor: Actor, view: SavedView) -> None:
    """Put one's view before the one above it; DomainError for the first."""
    views = list(queries.list_views(actor))
    place = views.index(view)
    if place == 0:
        raise DomainError(_("“%(name)s”已经在最前面", name=view.name))
    views[place - 1], views[place] = views[place], views[place - 1]
    for position, item in enumerate(views, 1):
        item.position = position
    db.session.flush()
    record(actor, "view.changed", f"view:{view.id}", name=view.name)


def remove(actor: Actor, view: SavedView) -> None:
    """Forget one's view."""
    record(actor, "view.removed", f"view:{view.id}", name=view.name)
    db.session.delete(view)
    db.session.flush()


def _require_free(views: Sequence[SavedView], name: str) -> None:
    if any(view.name == name for view in views):
        raise FieldError("name", _("已有名称为“%(name)s”的常用筛选，请换一个", name=name))
