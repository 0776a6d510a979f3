"""Find grades, notices, opinions and entries that are no longer what was decided, signed and logged (S4)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.grades import files, giving
from fivestep_web.assessment.grades.models import AchievementEntry, AnnualGrade, ResultNotice, ResultOpinion
from fivestep_web.assessment.grades.rules import Way
from fivestep_web.assessment.grades.services import HIDDEN
from fivestep_web.audit.facts import Logged, altered, facts_of, read_logged
from fivestep_web.audit.rules import canonical, sha256_of
from fivestep_web.extensions import db
from fivestep_web.keys.evidence import Keyring, keyring

CONFIRMED = "grade.confirmed"


def faults() -> Iterator[str]:
    """Yield a sentence for each row that was altered, removed, or never logged."""
    logged = {
        kind: {int(entry.subject.partition(":")[2]): entry for entry in read_logged(kind) if _is_last(entry)}
        for kind in ("grade", "result_notice", "opinion", "achievement_entry")
    }
    grades = db.session.scalars(select(AnnualGrade).where(AnnualGrade.decided_on.is_not(None))).all()
    yield from _compare("年度等次", grades, logged["grade"], HIDDEN)
    notices = db.session.scalars(select(ResultNotice)).all()
    yield from _compare("结果通知", notices, logged["result_notice"], giving.HIDDEN_NOTICE)
    for notice in notices:
        if sha256_of(notice.content) != notice.sha256:
            yield f"结果通知{notice.id}的内容与校验值不符"
    opinions = db.session.scalars(
        select(ResultOpinion).options(joinedload(ResultOpinion.notice))
    ).all()  # fmt: skip
    ring = keyring()
    for opinion in opinions:
        entry = logged["opinion"].get(opinion.id)
        if entry is None or _is_altered(opinion, entry, giving.HIDDEN_OPINION):
            continue
        if opinion.way is Way.KEY and not _is_signed(ring, opinion, entry):
            yield f"本人意见{opinion.id}没有本人当时有效密钥的签名，或与所签内容不符"
    yield from _compare("本人意见", opinions, logged["opinion"], giving.HIDDEN_OPINION)
    yield from _entry_faults(logged["achievement_entry"])


def _is_last(entry: Logged) -> bool:
    return not entry.subject.startswith("grade:") or entry.action == CONFIRMED


def _compare(
    name: str, rows: Sequence[Any], logged: dict[int, Logged], hidden: Sequence[str]
) -> Iterator[str]:
    for row in rows:
        entry = logged.pop(row.id, None)
        if entry is None or entry.row is None:
            yield f"{name}{row.id}没有登记日志"
        elif _is_altered(row, entry, hidden):
            yield f"{name}{row.id}在登记后被改动"
    for row_id in logged:
        yield f"{name}{row_id}已登记，现在不存在"


def _is_altered(row: Any, entry: Logged, hidden: Sequence[str]) -> bool:
    return entry.row is None or bool(altered(facts_of(row, keyed=hidden), entry.row))


def _is_signed(ring: Keyring, opinion: ResultOpinion, entry: Logged) -> bool:
    notice = opinion.notice
    said: Mapping[str, Any] = json.loads(opinion.signed_bytes)
    wanted = giving.statement(
        notice,
        opinion,
        public_key=said["public_key"],
        algorithm=said["algorithm"],
        address=said["address"],
    )
    is_whole = canonical(wanted) == opinion.signed_bytes
    return is_whole and ring.is_signed(
        opinion.key_id, notice.person_id, entry.sequence, opinion.signed_bytes, opinion.value
    )


def _entry_faults(logged: dict[int, Logged]) -> Iterator[str]:
    for row in db.session.scalars(select(AchievementEntry).order_by(AchievementEntry.id)):
        entry = logged.pop(row.id, None)
        if entry is None:
            yield f"实绩档案条目{row.id}没有登记日志"
        elif files.fingerprint(row) != row.sha256 or files.logged(row) != entry.detail.get("digest"):
            yield f"实绩档案条目{row.id}在归档后被改动"
    for row_id in logged:
        yield f"实绩档案条目{row_id}已登记，现在不存在"
