"""Drafting and issuing many letters at once: asked for once, done by the queue in chunks (trust.md J1-J5)."""

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.audit.services import record
from fivestep_web.core import clock, jobs
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, Refusal
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility.letters import drafting, queries, run_queries
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.letters.sources import Known, known_of, load_for_issue
from fivestep_web.responsibility.models import Letter, LetterRun
from fivestep_web.responsibility.rules import LetterKind, LetterState

CHUNK: Final = 50  # letters in one claim and one transaction
TASK: Final = "responsibility.issue_chunk"


def start(actor: Actor, year: int, kind: str = "") -> LetterRun:
    """Ask for the letters of a year, of one kind or all, to be drafted and issued as far as they are ready.

    A second click while it runs returns the same run (J4). Raises Conflict while step 2 is closed (R1.1).
    """
    if not actor.may(Permission.LETTER_ISSUE):
        raise NotAllowed(_("责任书不由您起草"))
    if kind and kind not in set(LetterKind):
        raise DomainError(_("没有这种责任书，请在种类中重新选择"))
    plan_year = db.session.scalar(select(PlanYear).where(PlanYear.year == year).with_for_update())
    if plan_year is None or not plan_year.step_two_open:
        raise Conflict(_("%(year)s年组织工作要点尚未印发，责任步骤还没有开启，不能起草责任书", year=year))
    running = db.session.scalar(
        select(LetterRun).where(
            LetterRun.year == year,
            LetterRun.kind == kind,
            LetterRun.user_id == actor.user_id,
            LetterRun.finished_at.is_(None),
        )
    )
    if running is not None:
        return running
    run = LetterRun(year=year, kind=kind, user_id=actor.user_id, created_at=clock.system_now())
    db.session.add(run)
    db.session.flush()
    record(actor, "letters.run_started", f"letter_run:{run.id}", year=year, kind=kind)
    jobs.enqueue("responsibility.run_letters", run.id, key=f"letter-run-{run.id}")
    return run


def draft(run_id: int) -> None:
    """Draft what is missing, say which units cannot have letters, and ask for the issuing in chunks.

    In the running unit of work. A refusal ends the run and stands on its page.
    """
    run = _lock(run_id)
    if run.finished_at is not None or run.total is not None:
        return
    try:
        actor = _actor_of(run)
        run.drafted = drafting.draft_letters(actor, run.year, run.kind)
    except Refusal as refusal:
        _end(run, refusal.message)
        return
    run.left_over = [
        {"letter_id": None, "number": item.unit, "name": "", "reason": item.reason}
        for item in run_queries.list_vacancies(actor, run.year, run.kind)
    ]
    ids = db.session.scalars(
        select(Letter.id)
        .where(Letter.year == run.year, queries.issuable_by(actor, run.kind))
        .order_by(Letter.kind, Letter.serial)
    ).all()
    run.total = len(ids)
    if not ids:
        _end(run)
    is_bulk = len(ids) > CHUNK
    for place in range(0, len(ids), CHUNK):
        chunk, key = ids[place : place + CHUNK], f"letter-run-{run.id}-{place}"
        jobs.enqueue(TASK, run.id, *chunk, key=key, is_bulk=is_bulk)


def issue_chunk(run_id: int, ids: Sequence[int]) -> None:
    """Issue those of *ids* that are ready and count all of them, in the running unit of work.

    The counts and the letters are stored together, so a chunk that is cut off leaves nothing and is done
    again whole (J1); a letter somebody else sent out meanwhile is left alone.
    """
    run = db.session.get_one(LetterRun, run_id)
    left_over: list[dict[str, Any]] = []
    issued = 0
    try:
        actor = _actor_of(run)
    except Refusal as refusal:
        _end(_lock(run_id), refusal.message)
        return
    letters = [letter for letter in load_for_issue(ids) if letter.state is LetterState.DRAFT]
    known = _known(run.year, letters)
    for letter in letters:
        try:
            letter_services.issue(actor, letter, known)
            issued += 1
        except Refusal as refusal:
            left_over.append(_left(letter, refusal.message))
    _count(run_id, len(ids), issued, left_over)


def _known(year: int, letters: Sequence[Letter]) -> Known:
    units = {letter.unit_id for letter in letters}
    return known_of(letters, drafting.plans_of(year, units), drafting.uppers_of(year, units))


def give_up(run_id: int, ids: Sequence[int], reason: str) -> None:
    """Count letters that the queue could not issue as left over, with the reason."""
    letters = load_for_issue(ids)
    _count(run_id, len(ids), 0, [_left(letter, reason) for letter in letters])


def fail(run_id: int, reason: str) -> None:
    """End a run whose drafting the queue gave up; nothing was drafted, and it may be asked for again."""
    run = _lock(run_id)
    if run.finished_at is None:
        _end(run, reason)


def _left(letter: Letter, reason: str) -> dict[str, Any]:
    return {
        "letter_id": letter.id,
        "number": letter.number,
        "name": letter.responsible.name,
        "reason": reason,
    }


def _count(run_id: int, done: int, issued: int, left_over: list[dict[str, Any]]) -> None:
    run = _lock(run_id)
    run.done += done
    run.issued += issued
    run.waiting += len(left_over)
    run.left_over = [*run.left_over, *left_over]
    if run.total is not None and run.done >= run.total and run.finished_at is None:
        _end(run)


def _end(run: LetterRun, failure: str = "") -> None:
    run.failure, run.finished_at = failure, clock.system_now()


def _lock(run_id: int) -> LetterRun:
    return db.session.scalars(
        select(LetterRun)
        .where(LetterRun.id == run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _actor_of(run: LetterRun) -> Actor:
    """Return who asked for the run, with the rights of now."""
    user = db.session.get_one(User, run.user_id)
    if not user.is_active:
        raise NotAllowed(_("办理人的账号已停用，没有继续发出"))
    return get_actor(user, clock.today())
