"""Which template makes a document: the live one what is asked for now, the recorded one what was."""

import logging
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from threading import Lock
from typing import Final

from sqlalchemy import select

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob
from fivestep_web.documents.rendering import Fillable, WordTemplate, packaged_template, template_bytes
from fivestep_web.documents.template import CompiledTemplate
from fivestep_web.documents.word_templates.models import DocumentTemplate, TemplateState
from fivestep_web.extensions import db

log = logging.getLogger(__name__)

KEPT: Final = 64  # uploaded templates a process keeps compiled, a few hundred kB each
Key = tuple[DocumentKind, str]


@dataclass(frozen=True)
class Used:
    """A template with the hash that documents name it by."""

    sha256: str
    template: WordTemplate


@dataclass(frozen=True)
class _Unusable:
    """In the place of a template that this release cannot compile: each document made with it fails alone."""

    error: Exception

    def render(self, *_values: object) -> bytes:
        raise self.error


class _Compiled:
    """The last compiled templates by the hash of what they are compiled from."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Fillable] = OrderedDict()
        self._lock = Lock()

    def get(self, ready_sha256: str) -> Fillable:
        """Return a template compiled, from the stored bytes where this process has not done so."""
        with self._lock:
            found = self._kept.get(ready_sha256)
            if found is not None:
                self._kept.move_to_end(ready_sha256)
                return found
        data = db.session.execute(select(Blob.data).where(Blob.sha256 == ready_sha256)).scalar_one()
        compiled = _compiled_or_not(data)
        with self._lock:
            self._kept[ready_sha256] = compiled
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return compiled


def _compiled_or_not(data: bytes) -> Fillable:
    try:
        return CompiledTemplate(data)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, documents of other templates are made
        log.warning("template not compiled (%s)", type(error).__name__)
        return _Unusable(error)


_compiled = _Compiled()


def prepare() -> None:
    """Make the live templates ready, so that a process forked from this one need not."""
    live = select(DocumentTemplate.ready_sha256).where(DocumentTemplate.state == TemplateState.LIVE)
    for ready_sha256 in db.session.scalars(live).all():
        _compiled.get(ready_sha256)


@cache
def shipped_sha256(kind: DocumentKind) -> str:
    """Return the hash of the template that comes with the product."""
    return sha256(template_bytes(kind)).hexdigest()


def live_hashes(kinds: Collection[DocumentKind]) -> dict[DocumentKind, str]:
    """Return the hash of the live template of each of *kinds*, by one query."""
    rows = db.session.execute(
        select(DocumentTemplate.kind, DocumentTemplate.blob_sha256).where(
            DocumentTemplate.kind.in_(kinds), DocumentTemplate.state == TemplateState.LIVE
        )
    )
    return {kind: shipped_sha256(kind) for kind in kinds} | {row.kind: row.blob_sha256 for row in rows}


def recorded(keys: Collection[Key]) -> Mapping[Key, Used]:
    """Return the template that each document names by its hash.

    A hash that is none of the kind's (the product's own, before an upgrade) stands for the live one.
    """
    kinds = {kind for kind, _sha256 in keys}
    table = DocumentTemplate
    rows = db.session.execute(
        select(table.kind, table.blob_sha256, table.ready_sha256, table.departures, table.state).where(
            table.kind.in_(kinds)
        )
    ).all()
    known = {(row.kind, row.blob_sha256): row for row in rows}
    live = {row.kind: row.blob_sha256 for row in rows if row.state is TemplateState.LIVE}
    found = {}
    for kind, digest in keys:
        is_known = digest == shipped_sha256(kind) or (kind, digest) in known
        own = digest if is_known else live.get(kind, shipped_sha256(kind))
        row = known.get((kind, own))
        if row is None:
            found[kind, digest] = Used(own, WordTemplate(packaged_template(kind)))
        else:
            template = WordTemplate(_compiled.get(row.ready_sha256), tolerated(row.departures))
            found[kind, digest] = Used(own, template)
    return found


def tolerated(departures: Collection[str]) -> frozenset[str]:
    """Return the checks of part D that found *departures*, `D4`."""
    return frozenset(departure.partition("：")[0] for departure in departures)
