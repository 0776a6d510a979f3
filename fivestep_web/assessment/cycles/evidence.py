"""Find frozen rules that no longer are what was approved and logged (trust.md S4, R5.1)."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.cycles import versions
from fivestep_web.assessment.cycles.models import CycleRules
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.audit.facts import read_logged
from fivestep_web.extensions import db

APPROVED = "cycle.change_approved"
MOVED = "cycle.moved"


def faults() -> Iterator[str]:
    """Yield a sentence for each approved version whose content, or whose approval, differs from the log."""
    approved = _approved_hashes()
    query = (
        select(CycleRules)
        .options(joinedload(CycleRules.cycle))
        .order_by(CycleRules.cycle_id, CycleRules.version)
    )
    for rules in db.session.scalars(query):
        name = f"{rules.cycle.year}年度考核第{rules.version}版规则"
        logged = approved.pop((rules.cycle.year, rules.version), None)
        if rules.sha256 is None and logged is None:
            continue
        if rules.sha256 != logged:
            yield f"{name}的批准与日志不符"
        elif versions.content_hash(rules.cycle, rules) != rules.sha256:
            yield f"{name}（规则、参评单位或评价名单）在批准后被改动"
    for year, version in approved:
        yield f"{year}年度考核第{version}版规则已批准，现在不存在"


def _approved_hashes() -> dict[tuple[int, int], str]:
    """Return the hash each version was approved with, by year and version."""
    found: dict[tuple[int, int], str] = {}
    for entry in read_logged("cycle"):
        is_opening = entry.action == MOVED and entry.detail.get("state") == CycleState.OPEN.value
        if is_opening or entry.action == APPROVED:
            year = int(entry.subject.partition(":")[2])
            found[year, int(entry.detail["version"])] = str(entry.detail["sha256"])
    return found
