"""Signing a letter: the right person, in turn, once, over the very text shown (trust.md S1-S3, S8)."""

import hashlib
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fivestep_web.audit.facts import facts_of
from fivestep_web.audit.rules import canonical, plain, sha256_of
from fivestep_web.audit.services import record
from fivestep_web.core import clock, jobs
from fivestep_web.core.errors import Conflict, NotAllowed, Refusal
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.keys.entry import OpenKey, settle
from fivestep_web.keys.marks import find_mark
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.changes import effect as change_effect
from fivestep_web.responsibility.changes import turns as change_turns
from fivestep_web.responsibility.letters import content as letter_content
from fivestep_web.responsibility.letters import signatories
from fivestep_web.responsibility.models import Letter, LetterVersion, Mandate, Signature
from fivestep_web.responsibility.row_log import letter_rows
from fivestep_web.responsibility.rules import (
    AFTER_SIGNING,
    NEXT_STEP,
    STATE_LABELS,
    STEP_LABELS,
    Capacity,
    LetterState,
    SigningStep,
)
from fivestep_web.responsibility.signing import mandates

FORMAT = "fivestep-signature-1"
PIN = "pin"


class StaleText(Conflict):
    """The text that was shown is not the text to be signed."""


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


def subject_of(letter_id: int) -> str:
    """Return what the log and a sitting call a letter."""
    return f"letter:{letter_id}"


def record_refusal(actor: Actor, letter_id: int, refusal: Refusal) -> None:
    """Log a try to sign that was refused, with the rule (trust.md S1-S3)."""
    record(actor, "letter.signature_refused", subject_of(letter_id), reason=refusal.message)


def sign(actor: Actor, letter: Letter, *, key: OpenKey, shown_sha256: str, address: str) -> Signature:
    """Record the actor's signature over exactly the text that was shown (trust.md S1, S3, S5).

    *key* was opened by the actor's PIN in this request or by the running sitting. Raises NotAllowed for
    another's turn, Conflict out of order or twice, StaleText when the text shown is not the text stored.
    """
    version, step = _check_turn(actor, letter)
    _check_posts(letter)
    if shown_sha256 != version.content_sha256:
        raise StaleText(_("责任书内容在您打开之后有变化，没有签署。请重新阅读后再签"))
    if AFTER_SIGNING[step] is LetterState.IN_FORCE:
        change_effect.hold(letter)
    mandate = _hold_mandate(actor, letter, step)
    settle(actor, key)
    signature = _signature(actor, letter, version, step, key=key, address=address, mandate=mandate)
    _store(letter, version, signature)
    record(
        actor,
        "letter.signed",
        subject_of(letter.id),
        step=step,
        version=version.version,
        signature=signature.id,
        sha256=version.content_sha256,
        signed_sha256=sha256_of(signature.signed_bytes),
        signature_row=facts_of(signature),
        **letter_rows(letter),
    )
    if letter.state is LetterState.IN_FORCE:
        _enter_into_force(letter)
    return signature


def _check_turn(actor: Actor, letter: Letter) -> tuple[LetterVersion, SigningStep]:
    """Return the version and step to sign when it is the actor's turn; else refuse (S1, S8)."""
    state = STATE_LABELS[letter.state]
    step = NEXT_STEP.get(letter.state)
    if step is None:
        raise Conflict(_("这份责任书现在是“%(state)s”，不在签署中，请刷新后查看", state=state))
    version = current_version(letter)
    if policy.has_turn(actor, letter):
        if why := change_turns.why_held_back(letter):
            raise Conflict(why)
        return version, step
    if any(item.person_id == actor.person_id for item in version.signatures):
        raise Conflict(_("您已经签署过这一版，现在轮到%(side)s签署，不用再签", side=STEP_LABELS[step]))
    if step is SigningStep.RESPONSIBLE and letter.issuer_id == actor.person_id:
        raise Conflict(_("现在轮到乙方签署，乙方签署后才轮到您，请等乙方签好再来"))
    raise NotAllowed(_("现在轮到%(side)s签署，您不是该方签署人", side=STEP_LABELS[step]))


def _hold_mandate(actor: Actor, letter: Letter, step: SigningStep) -> Mandate | None:
    """Return the mandate a deputy signs by, held until the unit of work ends; none for the side itself."""
    if actor.person_id == (letter.responsible_id if step is SigningStep.RESPONSIBLE else letter.issuer_id):
        return None
    mandate = policy.find_mandate(actor, letter)
    if mandate is None or not mandates.hold(mandate):
        raise Conflict(_("代签委托刚刚撤销，没有签署"))
    return mandate


def _store(letter: Letter, version: LetterVersion, signature: Signature) -> None:
    """Store a signature and the state it brings the letter to; Conflict for a step signed meanwhile (S1)."""
    db.session.add(signature)
    letter.state = AFTER_SIGNING[signature.step]
    if letter.state is LetterState.IN_FORCE:
        letter.in_force_at = signature.signed_at
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(_("这一步已经签过了，请刷新后查看")) from error
    db.session.expire(version, ["signatures"])


def statement(letter: Letter, version: LetterVersion, signature: Signature) -> dict[str, Any]:
    """Return what a signature says; its canonical spelling is what was signed (S4: every stored field).

    *upper_sha256* is the hash of the text of the letter above, *previous_sha256* covers the other side's
    signature under this version, *mandate* the signed mandate of a deputy and *principal* whom it stands for.
    """
    upper, mandate = version.content.get("upper"), signature.mandate
    return {
        "format": FORMAT,
        "algorithm": signature.algorithm,
        "public_key": signature.public_key,
        "key": signature.key_id,
        "letter": letter.number,
        "version": version.version,
        "serial": version.serial,
        "step": signature.step.value,
        "user": signature.user_id,
        "person": signature.person_id,
        "name": signature.signer_name,
        "position": signature.position,
        "capacity": signature.capacity,
        "mandate": sha256_of_text(mandate.signed_bytes) if mandate else None,
        "principal": mandate.principal_id if mandate else None,
        "signed_at": signature.signed_at,
        "address": signature.address,
        "content_sha256": signature.content_sha256,
        "upper_sha256": upper.get("content_sha256") if isinstance(upper, dict) else None,
        "previous_sha256": _previous_sha256(version, signature),
        "mark_sha256": signature.mark_sha256,
        "confirmation": signature.confirmation,
    }


def _previous_sha256(version: LetterVersion, signature: Signature) -> str | None:
    """Return the hash over what the responsible side signed and its signature; the first has none before."""
    if signature.step is SigningStep.RESPONSIBLE:
        return None
    before = next((item for item in version.signatures if item.step is SigningStep.RESPONSIBLE), None)
    return sha256_of_text(before.signed_bytes + (before.value or "")) if before else None


def sha256_of_text(text: str) -> str:
    """Return the SHA-256 of a text as it stands, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _signature(
    actor: Actor,
    letter: Letter,
    version: LetterVersion,
    step: SigningStep,
    *,
    key: OpenKey,
    address: str,
    mandate: Mandate | None,
) -> Signature:
    if actor.user_id is None or actor.person_id is None or key.person_id != actor.person_id:
        raise NotAllowed(_("只有本人账号可以签署"))
    mark = find_mark(actor.person_id)
    signature = Signature(
        letter_version_id=version.id,
        step=step,
        user_id=actor.user_id,
        person_id=actor.person_id,
        signer_name=cast("str", plain(actor.name)),
        position=cast("str", plain(_position(actor, letter, step, is_deputy=mandate is not None))),
        capacity=Capacity.DEPUTY if mandate else Capacity.PRINCIPAL,
        mandate=mandate,
        mandate_id=mandate.id if mandate else None,
        signed_at=clock.now(),
        address=address,
        content_sha256=version.content_sha256,
        mark_sha256=mark.blob_sha256 if mark else None,
        confirmation=PIN,
        key_id=key.key_id,
        algorithm=key.algorithm,
        public_key=key.public_key,
    )
    signature.signed_bytes = canonical(statement(letter, version, signature))
    signature.value = key.sign(signature.signed_bytes)
    return signature


def _position(actor: Actor, letter: Letter, step: SigningStep, *, is_deputy: bool) -> str:
    """Return the post the signature stands for: of the side itself, a deputy's own for a deputy."""
    if is_deputy:
        return actor.position
    return letter_content.parties(letter, clock.today())[step is SigningStep.RESPONSIBLE].position


def _check_posts(letter: Letter) -> None:
    """R2.10: who signs follows from posts; when one changed before both signed, it is drawn up anew."""
    if why := signatories.why_stopped(letter, clock.today()):
        raise Conflict(why)


def _enter_into_force(letter: Letter) -> None:
    change_effect.take_effect(letter)
    change_effect.move_lower(letter)
    jobs.enqueue("ledger.open_entries", letter.id, key=f"open-entries-{letter.id}-v{letter.version}")
    jobs.enqueue("documents.file_letter", letter.id, key=f"file-letter-{letter.id}-v{letter.version}")
