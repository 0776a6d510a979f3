"""Find fixed results that were altered, or that the data no longer give (trust.md S4, R5.1)."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.freezing.models import CycleResult
from fivestep_web.assessment.freezing.standing import standing_of
from fivestep_web.assessment.scoring import score_year
from fivestep_web.audit.facts import read_logged
from fivestep_web.audit.rules import sha256_of
from fivestep_web.core.errors import Refusal
from fivestep_web.extensions import db

FIXED, RELEASED = "cycle.result_fixed", "cycle.result_released"
NAMED = 3


def faults() -> Iterator[str]:
    """Yield a sentence for each fixed result that differs from the log or from what is computed now."""
    logged = _logged()
    query = select(CycleResult).options(joinedload(CycleResult.cycle)).order_by(CycleResult.cycle_id)
    for fixed in db.session.scalars(query).all():
        year = fixed.cycle.year
        before = logged.pop(year, None)
        if before is None or before["sha256"] != fixed.sha256 or before["state"] != fixed.state.value:
            yield f"{year}年度确定的考核结果与日志不符"
        elif before["content_sha256"] != sha256_of(fixed.content):
            yield f"{year}年度确定的考核结果被改动"
        else:
            yield from _recomputed(year)
    for year in logged:
        yield f"{year}年度考核结果已确定，现在不存在"


def _recomputed(year: int) -> Iterator[str]:
    try:
        standing = standing_of(score_year(year))
    except Refusal as refusal:
        yield f"{year}年度考核结果算不出来：{refusal}"
        return
    if standing is None or not standing.changes:
        return
    named = "；".join(standing.changes[:NAMED])
    rest = f"；共{len(standing.changes)}处" if len(standing.changes) > NAMED else ""
    yield f"{year}年度考核结果与“{standing.state.label}”时确定的不一致：{named}{rest}"


def _logged() -> dict[int, Mapping[str, Any]]:
    """Return what was logged of each year's result that is fixed."""
    found: dict[int, Mapping[str, Any]] = {}
    for entry in read_logged("cycle"):
        year = int(entry.subject.partition(":")[2])
        if entry.action == FIXED:
            found[year] = entry.detail
        elif entry.action == RELEASED:
            found.pop(year, None)
    return found
