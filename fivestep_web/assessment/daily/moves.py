"""Move a paper of the office on: handed in, returned, passed, taken up again."""

from flask_babel import gettext as _

from fivestep_web.assessment.daily.models import PaperColumns
from fivestep_web.assessment.daily.papers import find_open_number
from fivestep_web.assessment.daily.rules import Move, PaperState, after
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.extensions import db


def may_prepare(actor: Actor) -> bool:
    return actor.may_all(Permission.BULLETIN_PREPARE)


def can_edit(actor: Actor, paper: PaperColumns) -> bool:
    return paper.state.is_open and may_prepare(actor)


def may_review(actor: Actor, paper: PaperColumns) -> bool:
    """Tell whether the actor may issue bulletins and is not who handed this one in."""
    return actor.may_all(Permission.BULLETIN_ISSUE) and actor.person_id != paper.submitted_by_id


def can_review(actor: Actor, paper: PaperColumns) -> bool:
    return paper.state is PaperState.SUBMITTED and may_review(actor, paper)


def may_reopen(actor: Actor) -> bool:
    return may_prepare(actor) or actor.may_all(Permission.BULLETIN_ISSUE)


def can_reopen(actor: Actor, paper: PaperColumns) -> bool:
    return paper.state is PaperState.REVIEWED and may_reopen(actor)


def require_preparer(actor: Actor) -> None:
    """Raise NotAllowed for who does not prepare the office's papers."""
    if not may_prepare(actor):
        raise NotAllowed(_("月通报、季点评由办公室起草、送审。"))


def require_open(actor: Actor, paper: PaperColumns) -> None:
    """Raise NotAllowed for who does not prepare, Conflict once the paper is handed in."""
    require_preparer(actor)
    if not paper.state.is_open:
        raise Conflict(
            _("现在是“%(state)s”，不能修改；需要修改的，请先退回或重新起草。", state=paper.state.label)
        )


def _move(paper: PaperColumns, move: Move) -> None:
    state = after(paper.state, move)
    if state is None:
        raise Conflict(_("现在是“%(state)s”，请刷新后查看再办。", state=paper.state.label))
    paper.state = state


def hand_in(actor: Actor, paper: PaperColumns) -> None:
    """Hand the paper in for review."""
    require_preparer(actor)
    _move(paper, Move.SUBMIT)
    paper.submitted_by_id, paper.submitted_at = actor.person_id, clock.now()
    paper.reviewed_by_id, paper.reviewed_at, paper.reason = None, None, ""
    db.session.flush()


def _require_reviewer(actor: Actor, paper: PaperColumns) -> None:
    if not may_review(actor, paper):
        raise NotAllowed(_("由部长、常务副部长审核，送审人不能审核自己送审的。"))


def send_back(actor: Actor, paper: PaperColumns, reason: str) -> None:
    """Return the paper to the office with the reason."""
    _require_reviewer(actor, paper)
    _move(paper, Move.RETURN)
    paper.reason = _given(reason)
    db.session.flush()


def pass_on(actor: Actor, paper: PaperColumns) -> None:
    """Review the paper: its document may take a number."""
    _require_reviewer(actor, paper)
    _move(paper, Move.REVIEW)
    paper.reviewed_by_id, paper.reviewed_at = actor.person_id, clock.now()
    db.session.flush()


def take_up(actor: Actor, paper: PaperColumns, reason: str, document: tuple[DocumentKind, int, str]) -> None:
    """Draft a reviewed paper again: before its *document* has a number, or after it was issued.

    What was issued stays as it is until the corrected paper is issued under a number of its own. Raises
    Conflict while a number taken is not issued.
    """
    if not may_reopen(actor):
        raise NotAllowed(_("重新起草由办公室或部领导办理。"))
    if number := find_open_number(*document):
        raise Conflict(_("已编为%(number)s、尚未印发，请先印发或作废该文号。", number=number))
    _move(paper, Move.REOPEN)
    paper.reason = _given(reason)
    db.session.flush()


def _given(reason: str) -> str:
    if not reason.strip():
        raise DomainError(_("请写明理由。"))
    return reason.strip()
