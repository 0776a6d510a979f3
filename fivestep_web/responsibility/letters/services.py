"""Issuing, objecting, revising, voiding letters: domain.md 5.2, each step logged, none out of order."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from fivestep_web.audit.rules import plain, sha256_of
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.changes import letters as change_letters
from fivestep_web.responsibility.changes import turns as change_turns
from fivestep_web.responsibility.changes.content import goal_as_changed, pending_changes
from fivestep_web.responsibility.goals import leaders
from fivestep_web.responsibility.letters import content as letter_content
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.letters import sources as letter_sources
from fivestep_web.responsibility.letters.sources import Known
from fivestep_web.responsibility.models import Goal, Letter, LetterVersion
from fivestep_web.responsibility.row_log import letter_rows
from fivestep_web.responsibility.rules import (
    STATE_LABELS,
    UPPER_KIND,
    LetterState,
    SheetError,
    may_become,
    new_serial,
    sheet_weights,
)
from fivestep_web.responsibility.signing.services import current_version, sign

__all__ = [
    "allow_exception",
    "current_version",
    "issue",
    "object_to",
    "revise",
    "send_out",
    "sign",
    "void",
]

WHOLE = 100


def issue(actor: Actor, letter: Letter, known: Known | None = None) -> LetterVersion:
    """Fix the letter's text and hash, from today's goals and posts, and send it to the responsible side.

    *known* spares the reads of each letter where many go out. Raises Conflict when the state or the chain
    does not allow it, DomainError naming what the letter lacks.
    """
    if not policy.can_handle(actor, letter):
        raise NotAllowed(_("这份责任书不由您发出"))
    if letter.change_order is not None and not policy.is_approved(letter):
        raise Conflict(_("变更单 %(number)s 还没有批准，批准后才能发出", number=letter.change_order.number))
    return send_out(actor, letter, known)


def send_out(actor: Actor, letter: Letter, known: Known | None = None) -> LetterVersion:
    """Do what `issue` does, for who may: the approval of a change order sends out the new letter at once."""
    _must_become(letter, LetterState.ISSUED)
    plan_year = db.session.get(PlanYear, letter.year)
    if plan_year is None or not plan_year.step_two_open:
        raise Conflict(_("%(year)s年组织工作要点尚未印发，不能发出责任书", year=letter.year))
    if letter.change_order_id is None:
        drafting.refresh(letter, known)
    else:
        change_letters.refresh(letter)
        known = None
    known = known or letter_sources.known_of([letter])
    _check_complete(letter, known)
    _check_chain(letter, known)
    if letter.kind not in UPPER_KIND:
        leaders.follow(actor, letter.year, letter.unit)
    serial = new_serial()
    content = letter_content.compose(letter, clock.today(), serial, known)
    now = clock.now()
    version = LetterVersion(
        letter_id=letter.id,
        version=letter.version,
        serial=serial,
        content=content,
        content_sha256=sha256_of(content),
        issued_at=now,
    )
    db.session.add(version)
    letter.state, letter.issued_at = LetterState.ISSUED, now
    db.session.flush()
    record(
        actor,
        "letter.issued",
        f"letter:{letter.id}",
        version=version.version,
        version_id=version.id,
        serial=version.serial,
        sha256=version.content_sha256,
        issued_at=version.issued_at,
        **letter_rows(letter),
    )
    return version


def _check_complete(letter: Letter, known: Known) -> None:
    changes = pending_changes(letter)
    goals = [goal_as_changed(item.goal, changes) for item in letter.goals]
    _check_weights(letter, goals)
    if letter.responsible_id == letter.issuer_id:
        raise DomainError(_("甲乙双方是同一人，不能签订，请先调整负责人或主管领导"))
    for goal in goals:
        if not goal.completion_standard.strip():
            raise DomainError(_("目标“%(goal)s”没有完成标准，请先补充", goal=goal.name))
    for goal in goals:
        if known.is_ownerless(goal):
            raise DomainError(
                _("目标“%(goal)s”的责任人已不在岗或已调出本单位，请先重新确定责任人", goal=goal.name)
            )
    if {letter.responsible_id, letter.issuer_id} - known.in_post:
        raise DomainError(_("签署人已不在岗，请先调整负责人或主管领导"))


def _check_weights(letter: Letter, goals: Sequence[Goal]) -> None:
    if letter.change_order_id is None:  # change_letters.refresh weighs the others
        try:
            sheet_weights([goal.points for goal in goals], [goal.is_weight_typed for goal in goals])
        except SheetError as error:
            raise DomainError(str(error)) from error
    if sum(item.weight for item in letter.goals) != WHOLE:
        raise DomainError(_("各项目标的权重合计不是 100，请先调整基本分"))


def _check_chain(letter: Letter, known: Known) -> None:
    """R2.11: a lower letter waits for the one above and carries only what that one covers."""
    if letter.kind not in UPPER_KIND:
        return
    upper = letter.upper
    if upper is None:
        raise Conflict(_("上级责任书还没有起草，生效后才能发出下一级（一级抓一级）"))
    if upper.state is not LetterState.IN_FORCE and not letter.exception_reason:
        raise Conflict(
            _(
                "上级责任书 %(number)s %(state)s，生效后才能发出下一级（一级抓一级）",
                number=upper.number,
                state=STATE_LABELS[upper.state],
            )
        )
    covered = {item.goal_id for item in upper.goals}
    for item in letter.goals:
        if covered.isdisjoint(_ancestors(item.goal_id, known.parents)):
            raise DomainError(
                _(
                    "任务“%(task)s”不在上级责任书 %(number)s 的目标之内，请先调整目标树",
                    task=item.goal.name,
                    number=upper.number,
                )
            )


def _ancestors(goal_id: int, parents: Mapping[int, int | None]) -> set[int]:
    """Return the goals above one, up to its unit goal (R2.5: tasks may stand below tasks)."""
    above: set[int] = set()
    parent = parents.get(goal_id)
    while parent is not None and parent not in above:
        above.add(parent)
        parent = parents.get(parent)
    return above


def allow_exception(actor: Actor, letter: Letter, reason: str) -> None:
    """Let a lower letter go out before the one above is in force, by the minister, with a reason (R2.11).

    What it carries must still be covered by that letter.
    """
    if not actor.may_for(Permission.STEP_TWO_OPEN, unit_id=letter.unit_id):
        raise NotAllowed(_("只有部长可以批准先行发出"))
    if not policy.can_allow_exception(actor, letter):
        raise Conflict(_("只有上级责任书尚未生效的草稿需要批准先行发出，请刷新后查看"))
    if not reason.strip():
        raise DomainError(_("请写明先行发出的理由"))
    letter.exception_reason = reason.strip()
    db.session.flush()
    record(
        actor,
        "letter.exception_allowed",
        f"letter:{letter.id}",
        reason=letter.exception_reason,
        **letter_rows(letter),
    )


def object_to(actor: Actor, letter: Letter, reason: str) -> None:
    """Send the letter back unsigned, with the reason; it stops until the issuing side revises it (S8)."""
    _must_become(letter, LetterState.OBJECTED)
    if not policy.can_object(actor, letter):
        raise NotAllowed(_("只有待签订时的责任方可以提出异议"))
    if not reason.strip():
        raise DomainError(_("请写明异议的理由，便于甲方修改"))
    version = current_version(letter)
    version.objection, version.objected_at = str(plain(reason.strip())), clock.now()
    letter.state = LetterState.OBJECTED
    db.session.flush()
    record(
        actor,
        "letter.objected",
        f"letter:{letter.id}",
        version=version.version,
        reason=version.objection,
        objected_at=version.objected_at,
        **letter_rows(letter),
    )


def revise(actor: Actor, letter: Letter) -> None:
    """Take an objected letter back into draft as a new version; the one objected to stays as it was."""
    if not policy.can_handle(actor, letter):
        raise NotAllowed(_("这份责任书不由您修改"))
    _must_become(letter, LetterState.DRAFT)
    letter.state, letter.version = LetterState.DRAFT, letter.version + 1
    db.session.flush()
    record(actor, "letter.revised", f"letter:{letter.id}", version=letter.version, **letter_rows(letter))


def void(actor: Actor, letter: Letter, reason: str) -> None:
    """Void a letter that is not in force yet; the reason stays."""
    if not policy.can_handle(actor, letter):
        raise NotAllowed(_("这份责任书不由您作废"))
    _must_become(letter, LetterState.VOID)
    if not reason.strip():
        raise DomainError(_("请写明作废的理由"))
    if why := change_turns.why_kept(letter):
        raise Conflict(why)
    letter.state = LetterState.VOID
    db.session.flush()
    record(actor, "letter.voided", f"letter:{letter.id}", reason=reason.strip(), **letter_rows(letter))
    change_letters.give_up(actor, letter, reason.strip())


def _must_become(letter: Letter, wanted: LetterState) -> None:
    if not may_become(letter.state, wanted):
        raise Conflict(
            _("这份责任书现在是“%(state)s”，不能办理，请刷新后查看", state=STATE_LABELS[letter.state])
        )
