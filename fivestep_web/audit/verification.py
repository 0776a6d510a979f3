"""Verify: the chain, its mark and checkpoints, and what the features above vouch for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from fivestep_web.audit import queries
from fivestep_web.audit.checkpoints import Checkpoint
from fivestep_web.audit.head import find_head
from fivestep_web.audit.rules import Chain

Check = Callable[[], Iterable[str]]

_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Let `fivestep audit verify` run *check* of a feature: it yields one sentence for each thing altered.

    *name* says in Chinese what is checked; registering it again replaces it.
    """
    _checks[name] = check


@dataclass(frozen=True)
class Report:
    """What verifying found: how many entries were read, and the sentences, the first bad entry first."""

    entries: int
    faults: tuple[str, ...]


def verify(checkpoint: Checkpoint | None = None) -> Report:
    """Check the whole log, then every registered matter; reads only."""
    chain = Chain()
    faults = [*_chain_faults(chain, checkpoint)]
    for name, check in _checks.items():
        faults.extend(f"{name}：{sentence}" for sentence in check())
    return Report(chain.size, tuple(faults))


def _chain_faults(chain: Chain, checkpoint: Checkpoint | None) -> Iterator[str]:
    """Yield the first fault of the log, if it has one."""
    if checkpoint is not None and checkpoint.size == 0 and not _agrees(chain, checkpoint):
        yield "检查点的根值与空日志不符"
        return
    while True:
        for link in queries.read_links(after=chain.size):
            fault = chain.take(link)
            if fault is not None:
                yield fault.message
                return
            if checkpoint is not None and chain.size == checkpoint.size and not _agrees(chain, checkpoint):
                yield f"前 {chain.size} 条记录与 {checkpoint.at} 的检查点不符，日志被整体改写"
                return
        head = find_head()  # read after the entries: what was written meanwhile is read in the next round
        if head is None or head.sequence <= chain.size:
            break
        if next(queries.read_links(after=chain.size), None) is None:
            yield f"日志末尾缺少第 {chain.size + 1} 至 {head.sequence} 条记录"
            return
    if checkpoint is not None and chain.size < checkpoint.size:
        yield f"日志末尾缺少第 {chain.size + 1} 至 {checkpoint.size} 条记录（{checkpoint.at} 的检查点）"
    elif (head is None and chain.size) or (head and (head.sequence, head.digest) != (chain.size, chain.head)):
        yield f"第 {(head.sequence if head else 0) + 1} 条记录起没有经过本系统，日志末尾标记与日志不符"


def _agrees(chain: Chain, checkpoint: Checkpoint) -> bool:
    return chain.head == checkpoint.head and chain.tree.root().hex() == checkpoint.root
