"""Materials of a person: made for whoever asked, forgotten after some days."""

from fivestep_web.core import clock
from fivestep_web.core.errors import Refusal
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.extensions import db
from fivestep_web.personnel import services
from tasks.registry import task


def _give_up(claim: Claim, reason: str) -> None:
    services.give_up(int(claim.arguments[0]), reason)


@task(on_failure=_give_up)
def make_bundle(claim: Claim, bundle_id: int) -> None:
    """Make a person's materials; running it again changes nothing."""
    try:
        packed = services.make(bundle_id)
    except Refusal as refusal:
        with publishing(claim):
            services.give_up(bundle_id, refusal.message)
        return
    finally:
        db.session.rollback()
    with publishing(claim):
        if packed is not None:
            services.publish(bundle_id, packed)


@task()
def remove_old_bundles(claim: Claim, day: str) -> None:
    """Forget the files that were made more than a week ago."""
    del day
    with publishing(claim):
        services.remove_old(clock.system_now())
