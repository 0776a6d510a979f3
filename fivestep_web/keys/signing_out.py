"""Signing out ends the sittings of the account."""

from fivestep_web.core.transaction import unit_of_work
from fivestep_web.keys import sittings


def end_sittings(sender: object, user: object = None, **more: object) -> None:
    """End what the account that signs out still has open; Flask-Login sends this."""
    del sender, more
    user_id = getattr(user, "user_id", None)
    if user_id is not None:
        with unit_of_work():
            sittings.end_all_of(user_id)
