"""Proofs that single entries stand in the log, and that the log only grew (RFC 6962 2.1.1, 2.1.2)."""

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select

from fivestep_web.audit.checkpoints import Checkpoint, sign_checkpoint
from fivestep_web.audit.head import find_head
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.rules import GENESIS, chain_digest, leaf_hash, node_hash
from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError
from fivestep_web.extensions import db

BATCH = 1000
NOT_WHOLE = "不完整，不能出具证据，请管理员运行 fivestep audit verify"


class ProofTree:
    """Every node of the tree over some leaves, so that each proof is a few look-ups."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        """Build it once; a node without a neighbour stands for itself one level up."""
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            level = self._levels[-1]
            above = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
            self._levels.append(above + level[-1:] if len(level) % 2 else above)

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return len(self._levels[0])

    def root(self) -> bytes:
        """Return the root; ValueError for no leaves at all."""
        if not self.size:
            raise ValueError("no leaves")
        return self._levels[-1][0]

    def root_of(self, size: int) -> bytes:
        """Return the root the tree had when it had *size* leaves, 1 to all of them."""
        if not 0 < size <= self.size:
            raise ValueError("no such length")
        root, end = None, size
        while end:
            start = end & (end - 1)
            node = self._levels[(end - start).bit_length() - 1][start >> (end - start).bit_length() - 1]
            root, end = node if root is None else node_hash(node, root), start
        return cast("bytes", root)

    def inclusion(self, index: int) -> list[bytes]:
        """Return the path of the leaf *index*, counted from 0."""
        if not 0 <= index < self.size:
            raise ValueError("no such leaf")
        path = []
        for level in self._levels[:-1]:
            if (index ^ 1) < len(level):
                path.append(level[index ^ 1])
            index >>= 1
        return path

    def consistency(self, size: int) -> list[bytes]:
        """Return the proof that the first *size* leaves, 1 to all of them, are the beginning of these."""
        if not 0 < size <= self.size:
            raise ValueError("no such length")
        return list(self._steps(size, 0, self.size, is_whole=True))

    def _steps(self, size: int, start: int, end: int, *, is_whole: bool) -> Iterator[bytes]:
        if start + size == end:
            if not is_whole:
                yield self._node(start, end)
            return
        half = start + (1 << (end - start - 1).bit_length() - 1)
        if start + size <= half:
            yield from self._steps(size, start, half, is_whole=is_whole)
            yield self._node(half, end)
        else:
            yield from self._steps(size - (half - start), half, end, is_whole=False)
            yield self._node(start, half)

    def _node(self, start: int, end: int) -> bytes:
        height = (end - start - 1).bit_length()
        return self._levels[height][start >> height]


@dataclass(frozen=True)
class ProvenLog:
    """The log as it is now, read once: its tree, a checkpoint signed for it, and the bodies asked for."""

    tree: ProofTree
    checkpoint: Checkpoint
    bodies: dict[int, str]


def prove(sequences: Collection[int]) -> ProvenLog:
    """Read the whole log once and sign a checkpoint of it; keep the bodies of *sequences*.

    Raises DomainError for a log that is empty or not whole: nothing is signed over it.
    """
    wanted, leaves, bodies, head = set(sequences), list[bytes](), dict[int, str](), GENESIS
    with closing(_entries()) as entries:  # an error must not leave the database's cursor open
        for sequence, body, previous, digest in entries:
            is_next = sequence == len(leaves) + 1 and previous == head
            if not is_next or chain_digest(previous, body) != digest:
                raise DomainError(f"操作日志第 {len(leaves) + 1} 条起{NOT_WHOLE}")
            leaves.append(leaf_hash(body.encode()))
            head = digest
            if sequence in wanted:
                bodies[sequence] = body
    mark = find_head()
    if not leaves or mark is None or mark.sequence < len(leaves) or wanted - bodies.keys():
        raise DomainError(f"操作日志末尾{NOT_WHOLE}")
    tree = ProofTree(leaves)
    checkpoint = sign_checkpoint(tree.size, head, tree.root().hex(), clock.system_now())
    return ProvenLog(tree, checkpoint, bodies)


def _entries() -> Generator[tuple[int, str, str, str], None, None]:
    with db.session.execute(
        select(AuditEntry.sequence, AuditEntry.body, AuditEntry.previous, AuditEntry.digest)
        .order_by(AuditEntry.sequence)
        .execution_options(yield_per=BATCH)
    ) as rows:
        for row in rows:
            yield row.sequence, row.body, row.previous, row.digest
