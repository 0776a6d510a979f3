"""Signing a letter: the right person, in turn, once, over the very text that was shown (trust.md S1-S3)."""

import hashlib
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fivestep_web.accounts.services import is_password
from fivestep_web.audit.rules import canonical, plain, sha256_of
from fivestep_web.audit.services import record
from fivestep_web.core import clock, jobs
from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.responsibility import letter_content, policy, signatories
from fivestep_web.responsibility.models import Letter, LetterVersion, Signature
from fivestep_web.responsibility.rules import (
    AFTER_SIGNING,
    NEXT_STEP,
    STATE_LABELS,
    STEP_LABELS,
    UPPER_KIND,
    Capacity,
    LetterState,
    SigningStep,
)

FORMAT = "fivestep-signature-1"
PASSWORD = "password"  # noqa: S105 - the kind of confirmation, not one


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


def is_confirmed(actor: Actor, password: str) -> bool:
    """Say whether the password confirms a signature; asked before the unit of work, as it takes a while."""
    return is_password(actor, password)


def record_refusal(actor: Actor, letter_id: int) -> None:
    """Log a try to sign with a wrong password (trust.md S2)."""
    record(actor, "letter.signature_refused", f"letter:{letter_id}", reason=PASSWORD)


def sign(actor: Actor, letter: Letter, *, shown_sha256: str, address: str) -> Signature:
    """Record the actor's signature over exactly the text that was shown (trust.md S1, S3).

    The password was confirmed by the caller in the same request. Raises NotAllowed for another's turn,
    Conflict out of order or twice, StaleText when the text shown is not the text stored.
    """
    step = NEXT_STEP.get(letter.state)
    if step is None:
        raise Conflict(
            _("这份责任书现在是“%(state)s”，不在签署中，请刷新后查看", state=STATE_LABELS[letter.state])
        )
    if not policy.can_sign(actor, letter):
        raise NotAllowed(_("现在轮到%(side)s签署，您不是该方签署人", side=STEP_LABELS[step]))
    version = current_version(letter)
    _check_posts(letter)
    if shown_sha256 != version.content_sha256:
        raise StaleText(_("责任书内容在您打开之后有变化，没有签署。请重新阅读后再签"))
    signature = _signature(actor, letter, version, step, address)
    db.session.add(signature)
    letter.state = AFTER_SIGNING[step]
    if letter.state is LetterState.IN_FORCE:
        letter.in_force_at = signature.signed_at
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(_("这一步已经签过了，请刷新后查看")) from error
    record(
        actor,
        "letter.signed",
        f"letter:{letter.id}",
        step=step,
        version=version.version,
        signature=signature.id,
        sha256=version.content_sha256,
        signed_sha256=sha256_of(signature.signed_bytes),
    )
    if letter.state is LetterState.IN_FORCE:
        _enter_into_force(letter)
    return signature


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
    actor: Actor, letter: Letter, version: LetterVersion, step: SigningStep, address: str
) -> Signature:
    if actor.user_id is None or actor.person_id is None:
        raise NotAllowed(_("只有本人账号可以签署"))
    position = letter_content.parties(letter, clock.today())[step is SigningStep.RESPONSIBLE].position
    signature = Signature(
        letter_version_id=version.id,
        step=step,
        user_id=actor.user_id,
        person_id=actor.person_id,
        signer_name=cast("str", plain(actor.name)),
        position=cast("str", plain(position)),
        capacity=Capacity.PRINCIPAL,
        signed_at=clock.now(),
        address=address,
        content_sha256=version.content_sha256,
        confirmation=PASSWORD,
    )
    signature.signed_bytes = canonical(statement(letter, version, signature))
    return signature


def _check_posts(letter: Letter) -> None:
    """R2.10: who signs follows from posts; when one changed before both signed, it is drawn up anew."""
    today = clock.today()
    is_stale = letter.issuer_id != signatories.find_issuer(letter.kind, letter.unit, today)
    if letter.kind not in UPPER_KIND:
        is_stale = is_stale or letter.responsible_id != letter.unit.current.head_id
    if is_stale or signatories.without_post({letter.responsible_id, letter.issuer_id}, today):
        raise Conflict(_("签署人的职务已有变动，请办公室作废后按现任职务重新起草"))


def _enter_into_force(letter: Letter) -> None:
    jobs.enqueue("ledger.open_entries", letter.id, key=f"open-entries-{letter.id}-v{letter.version}")
    jobs.enqueue("documents.file_letter", letter.id, key=f"file-letter-{letter.id}-v{letter.version}")
