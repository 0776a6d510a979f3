"""Issuing, signing, objecting: domain.md 5.2, each step logged, none out of order."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fivestep_web.accounts.services import is_password
from fivestep_web.audit.rules import canonical, sha256_of
from fivestep_web.audit.services import record
from fivestep_web.core import clock, jobs
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility import letter_content, policy
from fivestep_web.responsibility.models import Letter, LetterVersion, Signature
from fivestep_web.responsibility.rules import (
    AFTER_SIGNING,
    NEXT_STEP,
    STATE_LABELS,
    STEP_LABELS,
    LetterState,
    SigningStep,
    may_become,
)


def issue(actor: Actor, letter: Letter) -> LetterVersion:
    """Fix the letter's text and hash and send it to the responsible side.

    Raises Conflict when the state or the chain does not allow it, DomainError naming what the letter lacks.
    """
    if not policy.can_issue(actor, letter):
        raise NotAllowed(_("这份责任书不由您发出"))
    _must_become(letter, LetterState.ISSUED)
    plan_year = db.session.get(PlanYear, letter.year)
    if plan_year is None or not plan_year.step_two_open:
        raise Conflict(_("%(year)s年组织工作要点尚未印发，不能发出责任书", year=letter.year))
    _check_complete(letter)
    _check_chain(letter)
    content = letter_content.compose(letter, clock.today())
    version = LetterVersion(
        letter_id=letter.id,
        version=letter.version,
        content=content,
        content_sha256=sha256_of(content),
        issued_at=clock.now(),
    )
    db.session.add(version)
    letter.state, letter.issued_at = LetterState.ISSUED, clock.now()
    db.session.flush()
    record(
        actor, "letter.issued", f"letter:{letter.id}", version=letter.version, sha256=version.content_sha256
    )
    return version


def _check_complete(letter: Letter) -> None:
    if not letter.goals:
        raise DomainError(_("责任书里没有目标，请先分解目标"))
    if sum(item.weight for item in letter.goals) != 100:  # noqa: PLR2004 - a sheet's whole
        raise DomainError(_("各项目标的权重合计不是 100，请先调整基本分"))
    for item in letter.goals:
        if not item.goal.completion_standard.strip():
            raise DomainError(_("目标“%(goal)s”没有完成标准，请先补充", goal=item.goal.name))


def _check_chain(letter: Letter) -> None:
    """R2.11: a lower letter waits for the one above and carries only what that one covers."""
    if letter.exception_reason or letter.kind not in policy.PERSONAL_KINDS:
        return
    upper = letter.upper
    if upper is None or upper.state is not LetterState.IN_FORCE:
        state = STATE_LABELS[upper.state] if upper else "还没有起草"
        name = upper.number if upper else "上级责任书"
        raise Conflict(
            _("上级责任书 %(number)s %(state)s，生效后才能发出下一级（一级抓一级）", number=name, state=state)
        )
    covered = {item.goal_id for item in upper.goals}
    for item in letter.goals:
        if item.goal.parent_id not in covered:
            raise DomainError(
                f"任务“{item.goal.name}”不在上级责任书 {upper.number} 的目标之内，请先调整目标树"
            )


def issue_ready(actor: Actor, year: int, kind: str) -> tuple[int, int]:
    """Issue every draft the actor may issue and that is ready; return how many went out and how many wait."""
    drafts = db.session.scalars(
        select(Letter)
        .where(Letter.year == year, Letter.state == LetterState.DRAFT)
        .order_by(Letter.kind, Letter.serial)
        .with_for_update()
    ).all()
    issued = waiting = 0
    for letter in drafts:
        if kind not in ("", letter.kind.value) or not policy.can_issue(actor, letter):
            continue
        try:
            issue(actor, letter)
            issued += 1
        except (Conflict, DomainError):
            waiting += 1
    return issued, waiting


def allow_exception(actor: Actor, letter: Letter, reason: str) -> None:
    """Let a lower letter go out before the one above is in force, by the minister, with a reason (R2.11)."""
    if not actor.may(Permission.STEP_TWO_OPEN):
        raise NotAllowed(_("只有部长可以批准先行发出"))
    if not reason.strip():
        raise DomainError(_("请写明先行发出的理由"))
    letter.exception_reason = reason.strip()
    record(actor, "letter.exception_allowed", f"letter:{letter.id}", reason=reason.strip())


def current_version(letter: Letter) -> LetterVersion:
    """Return the version in work; Conflict when the letter was never issued."""
    version = db.session.scalar(
        select(LetterVersion).where(
            LetterVersion.letter_id == letter.id, LetterVersion.version == letter.version
        )
    )
    if version is None:
        raise Conflict(_("责任书还没有发出"))
    return version


def confirm(actor: Actor, letter_id: int, password: str) -> bool:
    """Say whether the password confirms a signature; a wrong one is logged (trust.md S2)."""
    if is_password(actor, password):
        return True
    record(actor, "letter.signature_refused", f"letter:{letter_id}", reason="password")
    return False


def sign(actor: Actor, letter: Letter, *, shown_sha256: str, address: str) -> Signature:
    """Record the actor's signature over exactly the text that was shown (trust.md S1, S3).

    The password was confirmed by the caller in the same request. Raises NotAllowed for another's turn,
    Conflict out of order, twice, or when the text shown is not the text stored.
    """
    step = NEXT_STEP.get(letter.state)
    if step is None:
        raise Conflict(
            _("这份责任书现在是“%(state)s”，不在签署中，请刷新后查看", state=STATE_LABELS[letter.state])
        )
    if not policy.can_sign(actor, letter):
        raise NotAllowed(_("现在轮到%(side)s签署，您不是该方签署人", side=STEP_LABELS[step]))
    version = current_version(letter)
    _check_still_in_post(letter, step)
    if shown_sha256 != version.content_sha256:
        raise Conflict(_("责任书内容在您打开之后有变化，没有签署。请重新阅读后再签"))
    signature = _signature(actor, letter, version, step, address)
    db.session.add(signature)
    letter.state = AFTER_SIGNING[step]
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(_("这一步已经签过了，请刷新后查看")) from error
    record(actor, "letter.signed", f"letter:{letter.id}", step=step, sha256=version.content_sha256)
    if letter.state is LetterState.IN_FORCE:
        _enter_into_force(letter)
    return signature


def _signature(
    actor: Actor, letter: Letter, version: LetterVersion, step: SigningStep, address: str
) -> Signature:
    if actor.user_id is None or actor.person_id is None:
        raise NotAllowed(_("只有本人账号可以签署"))
    signed_at = clock.now()
    position = letter_content.parties(letter, clock.today())[step is SigningStep.RESPONSIBLE].position
    signed = canonical(
        {
            "letter": letter.number,
            "version": version.version,
            "step": step,
            "person": actor.person_id,
            "name": actor.name,
            "position": position,
            "signed_at": signed_at,
            "content_sha256": version.content_sha256,
            "confirmation": "password",
        }
    )
    return Signature(
        letter_version_id=version.id,
        step=step,
        user_id=actor.user_id,
        person_id=actor.person_id,
        signer_name=actor.name,
        position=position,
        signed_at=signed_at,
        address=address,
        content_sha256=version.content_sha256,
        confirmation="password",
        signed_bytes=signed,
    )


def _check_still_in_post(letter: Letter, step: SigningStep) -> None:
    """R2.10: who signs follows from posts; a changed post needs the letter drawn up anew."""
    unit = letter.unit.current
    wanted = {
        "department_unit": (unit.head_id, None),
        "minister_section_head": (unit.head_id, unit.leader_id),
        "unit_member": (None, unit.head_id),
        "section_head_staff": (None, unit.head_id),
    }[letter.kind.value]
    expected = wanted[step is SigningStep.ISSUING]
    signer = letter.issuer_id if step is SigningStep.ISSUING else letter.responsible_id
    if expected is not None and expected != signer:
        raise Conflict(_("签署人的职务已有变动，请办公室作废后按现任职务重新起草"))


def _enter_into_force(letter: Letter) -> None:
    letter.in_force_at = clock.now()
    jobs.enqueue("ledger.open_entries", letter.id, key=f"open-entries-{letter.id}-v{letter.version}")
    jobs.enqueue("documents.file_letter", letter.id, key=f"file-letter-{letter.id}-v{letter.version}")


def object_to(actor: Actor, letter: Letter, reason: str) -> None:
    """Send the letter back unsigned, with the reason, before the clock starts."""
    if not policy.can_object(actor, letter):
        raise NotAllowed(_("只有待签订时的责任方可以提出异议"))
    if not reason.strip():
        raise DomainError(_("请写明异议的理由，便于甲方修改"))
    _must_become(letter, LetterState.OBJECTED)
    version = current_version(letter)
    version.objection, version.objected_at = reason.strip(), clock.now()
    letter.state = LetterState.OBJECTED
    record(actor, "letter.objected", f"letter:{letter.id}", version=letter.version, reason=reason.strip())


def revise(actor: Actor, letter: Letter) -> None:
    """Take an objected letter back into draft as a new version."""
    if not policy.can_issue(actor, letter):
        raise NotAllowed(_("这份责任书不由您修改"))
    _must_become(letter, LetterState.DRAFT)
    letter.state, letter.version = LetterState.DRAFT, letter.version + 1
    record(actor, "letter.revised", f"letter:{letter.id}", version=letter.version)


def void(actor: Actor, letter: Letter, reason: str) -> None:
    """Void a letter that is not in force yet; the reason stays."""
    if not policy.can_issue(actor, letter):
        raise NotAllowed(_("这份责任书不由您作废"))
    if not reason.strip():
        raise DomainError(_("请写明作废的理由"))
    _must_become(letter, LetterState.VOID)
    letter.state = LetterState.VOID
    record(actor, "letter.voided", f"letter:{letter.id}", reason=reason.strip())


def _must_become(letter: Letter, wanted: LetterState) -> None:
    if not may_become(letter.state, wanted):
        raise Conflict(
            _("这份责任书现在是“%(state)s”，不能办理，请刷新后查看", state=STATE_LABELS[letter.state])
        )
