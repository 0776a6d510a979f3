"""The mark at the end of the log, so that a cut tail shows even without a checkpoint (trust.md A4)."""

import hmac
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from fivestep_web.audit.keys import derived_key
from fivestep_web.core.settings import InstanceSetting
from fivestep_web.extensions import db

NAME = "audit_head"


@dataclass(frozen=True)
class Head:
    """The number and digest of the last entry."""

    sequence: int
    digest: str

    def spelled(self) -> str:
        """Return the mark as stored: with a code that only this instance's secret makes."""
        text = f"{self.sequence}:{self.digest}"
        return f"{text}:{hmac.digest(derived_key('audit-head/1'), text.encode(), 'sha256').hex()}"


def find_head() -> Head | None:
    """Return the mark; None when it is missing or not made by this instance."""
    stored = db.session.scalar(select(InstanceSetting.value).where(InstanceSetting.name == NAME))
    if stored is None:
        return None
    sequence, _colon, rest = stored.partition(":")
    if not sequence.isdecimal():
        return None
    head = Head(int(sequence), rest.partition(":")[0])
    return head if hmac.compare_digest(head.spelled().encode(), stored.encode()) else None


def put_head(head: Head) -> None:
    """Move the mark, in the transaction of the entry it names."""
    value = head.spelled()
    changed = db.session.execute(
        update(InstanceSetting)
        .where(InstanceSetting.name == NAME)
        .values(value=value)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        db.session.execute(insert(InstanceSetting).values(name=NAME, value=value))
