"""The signing keys of the demo's people: one printed PIN, light costs, opened once for the whole story."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.keys import entry, queries, rules, services
from fivestep_web.keys.entry import OpenKey

PIN = "qinghe-pin-2026"


class Signers:
    """Opened keys by person."""

    def __init__(self) -> None:
        self._opened: dict[int | None, OpenKey] = {}

    def make_keys(self, day: date, *, without: Collection[int]) -> None:
        """Give everybody whose roles sign letters a first key, those in *without* apart."""
        for user in db.session.scalars(select(User).where(User.person_id.is_not(None)).order_by(User.id)):
            actor = get_actor(user, day)
            if queries.signs(actor) and actor.person_id not in without:
                services.add_first_key(actor, rules.make_key(PIN, rules.LIGHT_COSTS))

    def open_key(self, actor: Actor) -> OpenKey:
        """Return an actor's opened key."""
        if actor.person_id not in self._opened:
            self._opened[actor.person_id] = entry.enter(actor, PIN, "demo")
        return self._opened[actor.person_id]
