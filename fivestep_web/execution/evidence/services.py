"""Keep evidence files: chosen first, then handed in with a report or a phase; handed in, they stay."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.facts import ROW, facts_of
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.blobs import drop_unused, store_blobs
from fivestep_web.execution.acceptance import gate, policy, rules
from fivestep_web.execution.evidence import queries
from fivestep_web.execution.evidence.inspection import Inspected, inspect
from fivestep_web.execution.evidence.models import EvidenceFile
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal, Milestone

MOST = 10  # files chosen for one report or one phase


@dataclass(frozen=True)
class Checked:
    """What of the files sent can be kept, and a sentence for each that cannot."""

    files: Sequence[Inspected]
    refusals: Sequence[str]


def check_files(uploads: Iterable[tuple[str, bytes]]) -> Checked:
    """Take each file apart in its child process; called outside of the unit of work, it takes a moment."""
    files, refusals = [], []
    for name, data in uploads:
        try:
            files.append(inspect(name, data))
        except DomainError as refusal:
            refusals.append(_("“%(name)s”：%(reason)s", name=name, reason=refusal.message))
    return Checked(files, refusals)


def choose(
    actor: Actor, goal: Goal, files: Collection[Inspected], *, phase: Milestone | None = None
) -> list[EvidenceFile]:
    """Keep checked files for *phase*, or for the actor's next report; raises NotAllowed, Conflict."""
    if actor.person_id is None or not policy.may_hand_in(actor, goal):
        raise NotAllowed(_("佐证材料由责任人、协办人或本单位上传。"))
    gate.check_open(goal)
    db.session.execute(select(Goal.id).where(Goal.id == goal.id).with_for_update())
    if phase is not None:
        _check_takes_files(phase)
    if phase is None:
        held = queries.chosen_for_report(goal.id, actor.person_id)
    else:
        held = queries.chosen_for_phase(phase.id)
    known = {file.blob_sha256 for file in held}
    new = {sha256(item.data).hexdigest(): item for item in files}
    kept = [_keep(actor, goal, item, phase) for digest, item in new.items() if digest not in known]
    if len(held) + len(kept) > MOST:
        raise FieldError("files", _("一次最多%(most)s份材料，请合并或先移除几份。", most=MOST))
    return kept


def _check_takes_files(phase: Milestone) -> None:
    """Raise Conflict for a phase handed in by now, whose files stand; read again behind the goal's lock."""
    state = db.session.scalar(select(Milestone.state).where(Milestone.id == phase.id))
    if state not in rules.CAN_HAND_IN:
        raise Conflict(_("这个阶段已经提交验收或验收通过，不能再加材料，请刷新后查看。"))


def _keep(actor: Actor, goal: Goal, item: Inspected, phase: Milestone | None) -> EvidenceFile:
    digest = sha256(item.data).hexdigest()
    shown = sha256(item.preview).hexdigest() if item.preview else None
    store_blobs([(digest, item.data)] + ([(shown, item.preview)] if shown and item.preview else []))
    file = EvidenceFile(
        goal_id=goal.id,
        milestone_id=phase.id if phase else None,
        name=item.name,
        kind=item.kind,
        size=len(item.data),
        blob_sha256=digest,
        preview_sha256=shown,
        extract=item.extract,
        pages=item.pages,
        uploaded_by_id=actor.person_id,
        uploaded_at=clock.now(),
    )
    db.session.add(file)
    db.session.flush()
    record(actor, "evidence.added", f"evidence:{file.id}", **{ROW: facts_of(file, without=LATER)})
    return file


LATER = ("submission_id", "event_id", "milestone_id", "extract")


def remove(actor: Actor, file: EvidenceFile) -> None:
    """Take back a file that is not handed in yet, its bytes with it; raises NotAllowed and Conflict."""
    if not policy.may_hand_in(actor, file.goal):
        raise NotAllowed(_("佐证材料由责任人、协办人或本单位移除。"))
    if file.is_handed_in:
        raise Conflict(_("这份材料已经提交，不能移除。"))
    db.session.delete(file)
    db.session.flush()
    drop_unused([digest for digest in (file.blob_sha256, file.preview_sha256) if digest])
    record(actor, "evidence.removed", f"evidence:{file.id}", goal_id=file.goal_id, sha256=file.blob_sha256)


def attach_to_event(actor: Actor, event: ProgressEvent) -> int:
    """Hand in with *event* what the actor chose for the report; return how many files."""
    files = queries.chosen_for_report(event.goal_id, actor.person_id)
    for file in files:
        file.event_id = event.id
    db.session.flush()
    if files:
        numbers = [file.id for file in files]
        record(actor, "evidence.handed_in", f"goal:{event.goal_id}", event=event.id, files=numbers)
    return len(files)


def attach_to_submission(milestone_id: int, submission_id: int) -> int:
    """Hand in with a submission what was chosen for its phase; return how many files."""
    files = queries.chosen_for_phase(milestone_id)
    for file in files:
        file.submission_id = submission_id
    db.session.flush()
    return len(files)
