"""Phases handed in and accepted by somebody else, and files that prove it."""

import sqlalchemy as sa
from alembic import op

from fivestep_web.core.database import Json, UtcMoment

revision = "c3d81f5a7e60"
down_revision = "c7e2a9d41150"
branch_labels = None
depends_on = None

OUTCOMES = ("accepted", "sent_back")
KINDS = ("photo", "pdf", "word", "excel")
DECIDED_WHOLE = (
    "(outcome IS NULL) = (decided_by_id IS NULL) AND (outcome IS NULL) = (decided_on IS NULL)"
    " AND (outcome IS NULL) = (decided_at IS NULL)"
)


def upgrade() -> None:
    _submissions()
    _files()


def _submissions() -> None:
    op.create_table(
        "milestone_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("submitted_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("outcome", _choice("outcome", OUTCOMES), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_at", UtcMoment(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(DECIDED_WHOLE, name=op.f("ck_milestone_submission_decided_whole")),
        sa.CheckConstraint(
            "decided_by_id <> submitted_by_id", name=op.f("ck_milestone_submission_decided_by_another")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome <> 'sent_back' OR reason <> ''",
            name=op.f("ck_milestone_submission_reason_given"),
        ),
        _to("milestone_submission", "milestone_id", "milestone.id"),
        _to("milestone_submission", "submitted_by_id", "person.id"),
        _to("milestone_submission", "decided_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_submission")),
        sa.UniqueConstraint(
            "milestone_id", "number", name=op.f("uq_milestone_submission_milestone_id_number")
        ),
    )
    op.create_index(
        "uq_milestone_submission_waiting",
        "milestone_submission",
        ["milestone_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )


def _files() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", _choice("evidencekind", KINDS), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("preview_sha256", sa.String(length=64), nullable=True),
        sa.Column("extract", Json, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", UtcMoment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "submission_id IS NULL OR event_id IS NULL", name=op.f("ck_evidence_file_of_one_thing")
        ),
        sa.CheckConstraint(
            "submission_id IS NULL OR milestone_id IS NOT NULL",
            name=op.f("ck_evidence_file_submitted_for_a_phase"),
        ),
        _to("evidence_file", "goal_id", "goal.id"),
        _to("evidence_file", "milestone_id", "milestone.id"),
        _to("evidence_file", "submission_id", "milestone_submission.id"),
        _to("evidence_file", "event_id", "progress_event.id"),
        _to("evidence_file", "blob_sha256", "blob.sha256"),
        _to("evidence_file", "preview_sha256", "blob.sha256"),
        _to("evidence_file", "uploaded_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
    )
    op.create_index(
        "ix_evidence_file_goal_id_uploaded_by_id", "evidence_file", ["goal_id", "uploaded_by_id"]
    )
    for column in ("milestone_id", "submission_id", "event_id"):
        op.create_index(f"ix_evidence_file_{column}", "evidence_file", [column])


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    other = target.split(".")[0]
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}_{other}"))


def downgrade() -> None:
    op.drop_table("evidence_file")
    op.drop_table("milestone_submission")
