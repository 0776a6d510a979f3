"""Loading an uploaded annual workbook, and forgetting old uploads."""

from fivestep_web.core import clock
from fivestep_web.core.jobs import Claim, publishing
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.workbook import upload_services
from tasks.registry import task


def _tell_failure(claim: Claim, reason: str) -> None:
    upload_services.fail(int(claim.arguments[0]), reason)


@task(on_failure=_tell_failure)
def load_upload(claim: Claim, upload_id: int) -> None:
    """Load the upload whole, or say on its page why not; running it again changes nothing."""
    with unit_of_work():
        data = upload_services.begin(upload_id)
    if data is None:
        with publishing(claim):
            return
    raw = upload_services.read_bytes(data)
    with unit_of_work():
        upload_services.note_writing(upload_id)
    with publishing(claim):
        upload_services.finish_load(upload_id, raw)


@task()
def remove_old_uploads(claim: Claim, day: str) -> None:
    """Forget the files that were uploaded long ago and never loaded."""
    del day
    with publishing(claim):
        upload_services.remove_old(clock.system_now())
