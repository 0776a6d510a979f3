"""What the documents page shows: filter from the address, lines ready to print, edges of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import request
from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents import policy, queries, requests
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import CANCELLED, DocumentState
from fivestep_web.documents.names import SUFFIX
from fivestep_web.documents.numbers import policy as number_policy
from fivestep_web.documents.numbers.rules import ALLOWED, Stage, Step, stage_of, takes_number
from fivestep_web.documents.queries import PAGE, WHOLE_SYSTEM, Filter
from fivestep_web.org.lookups import unit_choices

STATES: Final = {
    DocumentState.QUEUED: ("排队中", "waiting"),
    DocumentState.RENDERING: ("生成中", "waiting"),
    DocumentState.READY: ("已生成", "done"),
    DocumentState.NUMBERED: ("已编号", "done"),
    DocumentState.ISSUED: ("已印发", "done"),
    DocumentState.SUPERSEDED: ("已作废", "quiet"),
    DocumentState.FAILED: ("失败", "refused"),
}
STAGES: Final = {
    Stage.NUMBERING: "waiting",
    Stage.ISSUING: "waiting",
    Stage.DROPPED: "quiet",
}  # what the state alone does not tell
OFFERED_STATES: Final = (
    DocumentState.READY,
    DocumentState.NUMBERED,
    DocumentState.ISSUED,
    DocumentState.QUEUED,
    DocumentState.FAILED,
    DocumentState.SUPERSEDED,
)
LONGEST_SEARCH: Final = 100


@dataclass(frozen=True)
class Line:
    """A document as it stands in the list."""

    id: int
    kind: str
    name: str
    concerns: str
    date: str
    version: int
    state: str
    tone: str
    is_draft: bool
    has_file: bool
    failure: str
    next_step: str  # of who may number it: 批准编号 or 印发


@dataclass(frozen=True)
class Page:
    """A page of the list and the addresses of its neighbours, as query arguments."""

    lines: list[Line]
    previous: dict[str, Any] | None
    following: dict[str, Any] | None


def read_filter(year: int) -> Filter:
    """Return the filter in the address; what is not understood there filters nothing."""
    arguments = request.args
    kind, state = arguments.get("kind"), arguments.get("state")
    return Filter(
        year,
        kind=DocumentKind(kind) if kind in {item.value for item in requests.available_kinds()} else None,
        unit_id=arguments.get("unit_id", type=int),
        person=arguments.get("person", "").strip()[:LONGEST_SEARCH],
        state=DocumentState(state) if state in {item.value for item in OFFERED_STATES} else None,
    )


def address(wanted: Filter) -> dict[str, Any]:
    """Return the filter as query arguments, without what is not set."""
    arguments = {
        "year": wanted.year,
        "kind": wanted.kind and wanted.kind.value,
        "unit_id": wanted.unit_id,
        "person": wanted.person,
        "state": wanted.state and wanted.state.value,
    }
    return {name: value for name, value in arguments.items() if value not in {None, ""}}


def read_page(actor: Actor, wanted: Filter) -> Page:
    """Return the page of the list that the address asks for by `before` or `after`, ids at its edge."""
    before, after = request.args.get("before", type=int), request.args.get("after", type=int)
    rows = queries.list_documents(actor, wanted, before=before, after=after)
    has_more = len(rows) > PAGE
    shown = rows[-PAGE:] if after is not None else rows[:PAGE]
    newer = has_more if after is not None else before is not None
    older = after is not None or has_more
    arguments = address(wanted)
    return Page(
        lines(actor, shown),
        previous={**arguments, "after": shown[0].id} if shown and newer else None,
        following={**arguments, "before": shown[-1].id} if shown and older else None,
    )


def lines(actor: Actor, rows: Sequence[Any]) -> list[Line]:
    """Return *rows* ready to print."""
    return [_line(actor, row) for row in rows]


def _line(actor: Actor, row: Any) -> Line:
    moment = (row.ready_at or row.requested_at).astimezone(clock.ZONE)
    stage = stage_of(row.state, row.number_state, is_issue_asked=row.issued_on is not None)
    label, tone = (stage.value, STAGES[stage]) if stage in STAGES else STATES[row.state]
    if row.failure == CANCELLED:
        label, tone = _("已取消"), "quiet"
    return Line(
        id=row.id,
        kind=row.kind.label,
        name=row.download_name.removesuffix(SUFFIX),
        concerns=" · ".join(part for part in (row.unit, row.person) if part) or _("全系统"),
        date=f"{moment:%Y-%m-%d}",
        version=row.version,
        state=label,
        tone=tone,
        is_draft=row.is_draft,
        has_file=row.blob_sha256 is not None,
        failure=row.failure or row.number_failure or "",
        next_step=_next_step(actor, row, stage),
    )


def _next_step(actor: Actor, row: Any, stage: Stage) -> str:
    """Return the step a document waits for, to who may take it."""
    if not (takes_number(row.kind, row.unit_id, row.person_id) and number_policy.can_number(actor, row.kind)):
        return ""
    return next((step.value for step in (Step.APPROVE, Step.ISSUE) if stage in ALLOWED[step]), "")


def buildable_kinds(actor: Actor) -> list[DocumentKind]:
    """Return the kinds that this actor may have made now."""
    return [kind for kind in requests.available_kinds() if policy.can_build(actor, kind)]


def choices(actor: Actor) -> Mapping[str, Any]:
    """Return what the filter line offers: no unit that the actor's documents cannot be of."""
    units = actor.units_for(Permission.DOCUMENT_READ)
    offered = [item for item in unit_choices() if units is None or item[0] in units]
    return {
        "kinds": [
            (kind.value, kind.label) for kind in requests.available_kinds() if not kind.is_confidential
        ],
        "units": [(WHOLE_SYSTEM, _("全系统")), *offered],
        "states": [(state.value, STATES[state][0]) for state in OFFERED_STATES],
    }
