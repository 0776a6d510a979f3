"""Commands on the year's list: draw up, add, nominate, publicize, decide, issue, remove (domain.md 5.8)."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from fivestep_web.assessment.commendations import policy, queries, rules, standing
from fivestep_web.assessment.commendations.models import Commendation, CommendationMove
from fivestep_web.assessment.commendations.rules import CommendationState, CommendationStep, Facts
from fivestep_web.assessment.commendations.seats import demand_seats
from fivestep_web.assessment.publicity.models import Publicity
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db

_S, _T = CommendationState, CommendationStep


def nominate(actor: Actor, year: int, row_ids: Sequence[int]) -> list[Commendation]:
    """Nominate candidates; refuses oneself, who is barred, and more than a quota."""
    require_preparer(actor)
    rows = _pick(year, row_ids)
    if any(row.person_id == actor.person_id for row in rows):
        raise NotAllowed(_("涉及您本人的，须由他人提名。"))
    _demand(_T.NOMINATE, year, rows)
    demand_seats(year, rows)
    for row in rows:
        advance(actor, row, _T.NOMINATE)
    return rows


def begin_publicity(actor: Actor, publicity: Publicity) -> None:
    """Take the nominated rows along when their list is posted."""
    rows = queries.list_rows(publicity.year, (_S.NOMINATED,), lock=True)
    _demand(_T.PUBLICIZE, publicity.year, rows)
    for row in rows:
        row.publicity_id = publicity.id
        advance(actor, row, _T.PUBLICIZE)


def decide(actor: Actor, year: int, row_ids: Sequence[int], *, note: str) -> list[Commendation]:
    """Decide on rows whose publicity is over; an objection holds the row it is about and no other.

    Nobody decides on a row they nominated, nor on the own one (NotAllowed). Quotas are asked again: an
    approval or a pool may have changed since the nomination.
    """
    if not policy.can_decide(actor):
        raise NotAllowed(_("表彰由部长或常务副部长决定。"))
    rows = _pick(year, row_ids)
    if any(policy.is_own(actor, row) for row in rows):
        raise NotAllowed(_("您提名的、涉及您本人的，须由另一名负责人决定。"))
    _demand(_T.DECIDE, year, rows)
    demand_seats(year, rows)
    for row in rows:
        advance(actor, row, _T.DECIDE, note=note)
    return rows


def issue(actor: Actor, year: int, subject: str, issued_on: date) -> None:
    """Take the decided rows along when the document that names them is issued."""
    del subject
    for row in queries.list_rows(year, (_S.DECIDED,), lock=True):
        advance(actor, row, _T.ISSUE, note=f"{issued_on:%Y-%m-%d}")


def remove(actor: Actor, row: Commendation, *, reason: str) -> None:
    """Take a row off the list, with the reason; possible until it is issued."""
    if not (policy.can_prepare(actor) or policy.can_decide(actor)):
        raise NotAllowed(_("名单由办公室、人事、部长或常务副部长调整。"))
    if not reason.strip():
        raise FieldError("reason", _("请写明移出的理由。"))
    _check(_T.REMOVE, row, Facts())
    advance(actor, row, _T.REMOVE, note=reason.strip())


def require_preparer(actor: Actor) -> None:
    """Refuse who neither is of the office nor of personnel."""
    if not policy.can_prepare(actor):
        raise NotAllowed(_("表彰由办公室、人事准备。"))


def _pick(year: int, row_ids: Sequence[int]) -> list[Commendation]:
    if not row_ids:
        raise FieldError("rows", _("请至少选择一个表彰对象。"))
    chosen = frozenset(row_ids)
    rows = [row for row in queries.list_rows(year, lock=True) if row.id in chosen]
    if len(rows) != len(chosen):
        raise Conflict(_("名单已变化，请刷新后重试。"))
    return rows


def _demand(step: CommendationStep, year: int, rows: Sequence[Commendation]) -> None:
    facts = standing.facts_of(year, rows)
    for row in rows:
        _check(step, row, facts[row.id])


def _check(step: CommendationStep, row: Commendation, facts: Facts) -> None:
    fault = rules.fault(step, row.state, facts)
    if fault and rules.after(step, row.state) is None:
        raise Conflict(f"{row.name}{fault}，请刷新后重试。")
    if fault:
        raise DomainError(_("%(name)s%(fault)s，不能办理。", name=row.name, fault=fault))


def advance(actor: Actor, row: Commendation, step: CommendationStep, *, note: str = "") -> None:
    """Take a row on by *step* and log it; raises Conflict where 5.8 lists no such step."""
    following = rules.after(step, row.state)
    if following is None:
        raise Conflict(_("%(name)s现在是“%(state)s”，请刷新后重试。", name=row.name, state=row.state.label))
    row.state = following
    row.moves.append(
        CommendationMove(
            state=following, at=clock.now(), by_id=actor.person_id, position=actor.position, note=note
        )
    )
    db.session.flush()
    facts = {"note": note} if note else {}
    record(
        actor, "commendation.moved", f"commendation:{row.id}",
        year=row.year, name=row.name, state=following.value, **facts,
    )  # fmt: skip
