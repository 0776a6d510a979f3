"""What the page of one letter shows around its text."""

from typing import Any

from flask import url_for

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.keys import queries as keys
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.changes import turns as change_turns
from fivestep_web.responsibility.coverage import matrix_queries, reminders
from fivestep_web.responsibility.forms import ReasonForm, SignForm
from fivestep_web.responsibility.letters import content as letter_content
from fivestep_web.responsibility.letters import queries, signatories
from fivestep_web.responsibility.letters.differences import Difference
from fivestep_web.responsibility.letters.version_queries import history_of
from fivestep_web.responsibility.models import Letter, LetterVersion
from fivestep_web.responsibility.rules import (
    CHANGE_STATE_LABELS,
    NEXT_STEP,
    STATE_LABELS,
    STEP_LABELS,
    UPPER_KIND,
    LetterState,
    SigningStep,
)
from fivestep_web.responsibility.signing.page import sheet_for

LINE = (LetterState.DRAFT, LetterState.ISSUED, LetterState.ACCEPTED, LetterState.IN_FORCE)
BESIDE_THE_LINE = {
    LetterState.OBJECTED: (LetterState.DRAFT, LetterState.ISSUED, LetterState.OBJECTED),
    LetterState.VOID: (LetterState.DRAFT, LetterState.VOID),
}
WITH_REASON = ("object", "void", "exception")


def letter_context(actor: Actor, letter: Letter, **more: Any) -> dict[str, Any]:
    """Return what the letter's page needs; *more* replaces parts, forms with errors first of all."""
    version = next((item for item in letter.versions if item.version == letter.version), None)
    content = version.content if version else letter_content.compose(letter, clock.today())
    stopped = signatories.why_stopped(letter, clock.today())
    line = BESIDE_THE_LINE.get(letter.state, LINE if letter.state in LINE else (*LINE, letter.state))
    return {
        "letter": letter,
        "version": version,
        "content": content,
        "goals": letter_content.printed_goals(content),
        "total_weight": letter_content.total_weight(content),
        "schedule": letter_content.printed_schedule(content),
        "lower": queries.list_lower(actor, letter),
        "can_read_upper": letter.upper is not None and policy.can_read(actor, letter.upper),
        "state": STATE_LABELS[letter.state],
        "states": [STATE_LABELS[item] for item in line],
        "state_labels": STATE_LABELS,
        "step_labels": STEP_LABELS,
        "turn": _turn(actor, letter, stopped),
        "stopped": stopped,
        "can": policy.letter_actions(actor, letter),
        "history": history_of(actor, letter),
        "goals_url": _goals_url(actor, letter),
        "change_state_labels": CHANGE_STATE_LABELS,
        "next_waiting": queries.find_next_waiting(actor, letter) if _has_signed(actor, version) else None,
        "sheet": sheet_for(actor, letter, version),
        "is_signing": False,
        "form": SignForm(formdata=None, shown_sha256=version.content_sha256 if version else ""),
        "stale": None,
        **more,
        "reasons": _reason_forms(more.get("reasons", {})),
    }


def _goals_url(actor: Actor, letter: Letter) -> str:
    """Return where the actor changes the goals of a draft, the order behind it first; empty where nowhere."""
    if not policy.can_edit_goals_of(actor, letter.unit_id):
        return ""
    if letter.change_order is not None:
        return url_for("changes.change_show", order_id=letter.change_order.id)
    person_id = letter.responsible_id if letter.kind in UPPER_KIND else None
    return url_for("sheets.sheet_show", unit_id=letter.unit_id, person_id=person_id)


def _has_signed(actor: Actor, version: LetterVersion | None) -> bool:
    """Say whether the actor is done here, so that the next letter to sign is the thing to do."""
    return version is not None and any(item.person_id == actor.person_id for item in version.signatures)


def _reason_forms(given: dict[str, ReasonForm]) -> dict[str, ReasonForm]:
    """Return a form for each act that needs a reason; one page holds several, so their ids differ."""
    return {action: (given.get(action) or ReasonForm(formdata=None)).named(action) for action in WITH_REASON}


def _turn(actor: Actor, letter: Letter, stopped: str) -> dict[str, Any] | None:
    """Return whose turn it is, whether that account can sign (S8: said, never skipped), and reminders."""
    step = NEXT_STEP.get(letter.state)
    if step is None or stopped or change_turns.why_held_back(letter):
        return None
    person = letter.responsible if step is SigningStep.RESPONSIBLE else letter.issuer
    reminded = matrix_queries.find_reminded(letter.id, person.id)
    is_open = reminded is None or not reminders.is_today(reminded.last)
    return {
        "reminded": reminded,
        "can_remind": is_open
        and person.id != actor.person_id
        and not policy.has_turn(actor, letter)
        and policy.can_remind(actor, letter.kind, letter.unit_id),
        "side": STEP_LABELS[step],
        "name": person.name,
        "has_account": queries.has_active_account(person.id),
        "has_key": keys.find_living(person.id) is not None,
    }


def letter_differences(letter: Letter, shown_sha256: str) -> list[Difference]:
    """Return what changed since the version of this hash; nothing when it was never one of this letter."""
    shown = next((item for item in letter.versions if item.content_sha256 == shown_sha256), None)
    stored = next((item for item in letter.versions if item.version == letter.version), None)
    return letter_content.differences(shown.content, stored.content) if shown and stored else []
