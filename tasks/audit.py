"""The daily witness of the audit log (trust.md, settled choice 7)."""

from flask import current_app

from fivestep_web.audit import checkpoints
from fivestep_web.core.jobs import Claim, publishing
from tasks.registry import task


@task()
def write_checkpoint(claim: Claim, day: str) -> None:
    """Write the signed checkpoint of today to FIVESTEP_WITNESS_DIR; days missed cannot be witnessed later."""
    del day
    checkpoints.write_checkpoint(current_app.config["FIVESTEP"].witness_dir)
    with publishing(claim):
        pass
