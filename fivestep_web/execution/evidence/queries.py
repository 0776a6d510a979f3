"""Reads of evidence files; access follows the goal's ledger (R4.4), hidden and absent look the same."""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, defer, joinedload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.models import Blob
from fivestep_web.execution.acceptance import policy
from fivestep_web.execution.evidence.models import EvidenceFile
from fivestep_web.execution.reach import sees_goal
from fivestep_web.extensions import db

log = logging.getLogger(__name__)


def get_file(actor: Actor, file_id: int, *, lock: bool = False) -> EvidenceFile:
    """Return a file with its goal; one not handed in yet is seen by who may hand it in."""
    statement = (
        select(EvidenceFile)
        .join(EvidenceFile.goal)
        .where(EvidenceFile.id == file_id, sees_goal(actor))
        .options(joinedload(EvidenceFile.goal), joinedload(EvidenceFile.uploaded_by))
    )
    if lock:
        statement = statement.with_for_update(of=EvidenceFile).execution_options(populate_existing=True)
    file = db.session.scalar(statement)
    if file is None or not (file.is_handed_in or policy.may_hand_in(actor, file.goal)):
        raise NotFound(_("没有这份材料，或不在您的查看范围内。"))
    return file


def read_bytes(file_id: int, digest: str) -> bytes:
    """Return stored bytes; raises Conflict where they no longer agree with their hash (trust.md D8)."""
    data = db.session.execute(select(Blob.data).where(Blob.sha256 == digest)).scalar_one()
    if sha256(data).hexdigest() != digest:
        log.error("evidence file %d does not agree with its hash", file_id)
        raise Conflict(_("这份材料与登记的校验值不符，可能被改动过，已停止下载，请联系系统管理员核对。"))
    return data


def of_events(goal_id: int) -> dict[int, list[EvidenceFile]]:
    """Return the files of a goal's progress reports, by report."""
    files = db.session.scalars(
        _lines().where(EvidenceFile.goal_id == goal_id, EvidenceFile.event_id.is_not(None))
    )
    return _grouped(files.all(), EvidenceFile.event_id)


def of_submissions(submission_ids: Collection[int]) -> dict[int, list[EvidenceFile]]:
    """Return the files of phases handed in, by hand-in."""
    files = db.session.scalars(_lines().where(EvidenceFile.submission_id.in_(submission_ids)))
    return _grouped(files.all(), EvidenceFile.submission_id)


def of_phases(goal_id: int) -> dict[int, list[EvidenceFile]]:
    """Return the files handed in with a goal's phases, by phase."""
    files = db.session.scalars(
        _lines().where(EvidenceFile.goal_id == goal_id, EvidenceFile.submission_id.is_not(None))
    )
    return _grouped(files.all(), EvidenceFile.milestone_id)


def chosen_for_phase(milestone_id: int) -> Sequence[EvidenceFile]:
    """Return the files chosen for a phase and not handed in yet."""
    return db.session.scalars(_lines().where(_is_chosen(), EvidenceFile.milestone_id == milestone_id)).all()


def chosen_for_report(goal_id: int, person_id: int | None) -> Sequence[EvidenceFile]:
    """Return the files somebody chose for the next report on a goal and has not sent yet."""
    return db.session.scalars(
        _lines().where(
            _is_chosen(),
            EvidenceFile.milestone_id.is_(None),
            EvidenceFile.goal_id == goal_id,
            EvidenceFile.uploaded_by_id == person_id,
        )
    ).all()


def _is_chosen() -> ColumnElement[bool]:
    return EvidenceFile.submission_id.is_(None) & EvidenceFile.event_id.is_(None)


def _lines() -> Select[EvidenceFile]:
    """Select files as lists name them: what is shown of their content stays where it is."""
    return (
        select(EvidenceFile)
        .options(defer(EvidenceFile.extract), joinedload(EvidenceFile.uploaded_by))
        .order_by(EvidenceFile.id)
    )


def _grouped(
    files: Sequence[EvidenceFile], column: InstrumentedAttribute[int | None]
) -> dict[int, list[EvidenceFile]]:
    found: dict[int, list[EvidenceFile]] = defaultdict(list)
    for file in files:
        found[getattr(file, column.key)].append(file)
    return dict(found)
