"""Find additions and deductions that are no longer what was proposed, decided and logged (trust.md S4)."""

from collections.abc import Iterator

from sqlalchemy import select

from fivestep_web.assessment.adjustments import policy
from fivestep_web.assessment.models import Adjustment
from fivestep_web.audit.facts import altered, facts_of, read_logged
from fivestep_web.extensions import db


def faults() -> Iterator[str]:
    """Yield a sentence for each that was altered, put in or taken away; imported ones are the import's."""
    logged = {int(entry.row["id"]): entry.row for entry in read_logged("adjustment") if entry.row is not None}
    for adjustment in db.session.scalars(select(Adjustment).order_by(Adjustment.id)):
        before = logged.pop(adjustment.id, None)
        if before is None and policy.is_revocable(adjustment):
            continue
        if before is None:
            yield f"加减分{adjustment.id}没有登记日志"
        elif altered(facts_of(adjustment, without=("revision",)), before):
            yield f"加减分{adjustment.id}在登记后被改动"
    for row_id in logged:
        yield f"加减分{row_id}已登记，现在不存在"
