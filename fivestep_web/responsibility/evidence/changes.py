"""Find letters, the goals they carry and change orders that differ from what the log keeps of them (S4, S6).

Every entry that changes a letter or an order keeps its whole row and the rows below it; the latest one says
what must be stored now. Drafts that nobody has read are not evidence: they follow goals and posts.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from fivestep_web.audit.facts import Logged, altered, called, read_logged, read_logged_about
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.row_log import letter_rows, order_rows
from fivestep_web.responsibility.rules import LetterState

GOALS, ITEMS = "goal_rows", "item_rows"
DRAFT = LetterState.DRAFT.value
ALLOWED = "letter.exception_allowed"
BATCH = 200
LETTER_LABELS = {
    "year": "年度",
    "kind": "种类",
    "serial": "序号",
    "number": "编号",
    "title": "标题",
    "unit_id": "责任单位",
    "responsible_id": "乙方签署人",
    "issuer_id": "甲方签署人",
    "upper_id": "上级责任书",
    "version": "版本",
    "state": "状态",
    "exception_reason": "先行发出的理由",
    "issued_at": "发出时间",
    "in_force_at": "生效时间",
    "successor_id": "变更后的责任书",
    "change_order_id": "变更单",
    "revision": "修订号",
}
GOAL_LABELS = {"letter_id": "所属责任书", "goal_id": "目标", "position": "次序", "weight": "权重"}
ORDER_LABELS = {
    "year": "年度",
    "serial": "序号",
    "number": "编号",
    "letter_id": "所变更的责任书",
    "kind": "种类",
    "reason": "理由",
    "effective_on": "变更日期",
    "successor_id": "承接人",
    "state": "状态",
    "requested_by_id": "申请人",
    "requested_at": "申请时间",
    "decided_by_id": "批准人",
    "decided_at": "批准时间",
    "decision_note": "批准意见",
    "in_force_at": "生效时间",
    "revision": "修订号",
}
ITEM_LABELS = {
    "change_order_id": "所属变更单",
    "goal_id": "目标",
    "field": "变更项",
    "before": "变更前",
    "after": "变更后",
}


class _Log:
    """The latest account of each letter and order, and the reasons of exceptions, as the log has them."""

    def __init__(self, entries: Iterable[Logged]) -> None:
        self.latest: dict[str, dict[str, Any]] = {}
        self.exceptions: dict[str, str] = {}
        for entry in entries:
            self._take(entry)

    def _take(self, entry: Logged) -> None:
        if entry.row is not None:
            self.latest[entry.subject] = entry.detail
        if entry.action == ALLOWED:
            self.exceptions[entry.subject] = entry.detail["reason"]


def faults() -> Iterator[str]:
    """Yield one sentence for each letter, goal of a letter, order or item altered, added or taken away."""
    log = _Log(read_logged("letter", "change"))
    for letter in db.session.scalars(_letters().order_by(Letter.id).execution_options(yield_per=BATCH)):
        yield from _letter_faults(letter, log)
    orders = select(ChangeOrder).options(selectinload(ChangeOrder.items)).order_by(ChangeOrder.id)
    for order in db.session.scalars(orders.execution_options(yield_per=BATCH, populate_existing=True)):
        yield from _order_faults(order, log)
    for entry in log.latest.values():
        yield f"{entry['row']['number']} 已不在"


def faults_of_letter(letter_id: int) -> Iterator[str]:
    """Yield one sentence for each fact of one letter, or of a goal it carries, that was altered."""
    log = _Log(read_logged_about(f"letter:{letter_id}"))
    for letter in db.session.scalars(_letters().where(Letter.id == letter_id)):
        yield from _letter_faults(letter, log)


def _letters() -> Select[Letter]:
    return select(Letter).options(selectinload(Letter.goals)).execution_options(populate_existing=True)


def _letter_faults(letter: Letter, log: _Log) -> Iterator[str]:
    subject, name = f"letter:{letter.id}", f"责任书 {letter.number} 第 {letter.version} 版"
    entry = log.latest.pop(subject, None)
    if letter.exception_reason != log.exceptions.get(subject, ""):
        yield f"{name}的“先行发出的理由”被改动"
    if entry is None:
        if letter.state is not LetterState.DRAFT:
            yield f"{name}的发出没有经过本系统"
        return
    if entry["row"]["state"] == DRAFT and letter.state is LetterState.DRAFT:
        yield from _fixed_in_draft(name, letter, entry["row"])
        return
    now = letter_rows(letter)
    names = altered(now["row"], entry["row"])
    if names:
        yield f"{name}的{called(names, LETTER_LABELS)}被改动"
    yield from _below(f"{name}的目标", now[GOALS], entry[GOALS], "goal_id", GOAL_LABELS)


def _fixed_in_draft(name: str, letter: Letter, row: Mapping[str, Any]) -> Iterator[str]:
    """A draft follows goals and posts, yet keeps its number, its unit and the order behind it."""
    fixed = ("year", "kind", "serial", "number", "unit_id", "version", "successor_id", "change_order_id")
    now = letter_rows(letter)["row"]
    names = [field for field in fixed if now[field] != row[field]]
    if names:
        yield f"{name}的{called(names, LETTER_LABELS)}被改动"


def _order_faults(order: ChangeOrder, log: _Log) -> Iterator[str]:
    name = f"变更单 {order.number}"
    entry = log.latest.pop(f"change:{order.id}", None)
    if entry is None:
        yield f"{name}没有经过本系统"
        return
    now = order_rows(order)
    names = altered(now["row"], entry["row"])
    if names:
        yield f"{name}的{called(names, ORDER_LABELS)}被改动"
    yield from _below(f"{name}的变更项", now[ITEMS], entry[ITEMS], "id", ITEM_LABELS)


def _below(
    name: str,
    now: Iterable[Mapping[str, Any]],
    logged: Iterable[Mapping[str, Any]],
    key: str,
    labels: Mapping[str, str],
) -> Iterator[str]:
    """Compare the rows below a letter or an order, found by *key*."""
    stored = {row[key]: row for row in now}
    for row in logged:
        found = stored.pop(row[key], None)
        if found is None:
            yield f"{name}（{row[key]}）已不在"
        elif names := altered(found, row):
            yield f"{name}（{row[key]}）的{called(names, labels)}被改动"
    for place in stored:
        yield f"{name}（{place}）没有经过本系统"
