"""Uploaded versions of the Word templates; at most one of a kind is in use."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e8a41d7c2b95"
down_revision = "b3e91c6d40f7"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
KINDS = (
    "research_report", "annual_work_priorities", "task_book", "timetable", "responsibility_letter",
    "ledger_book", "monthly_bulletin", "quarterly_review", "annual_assessment_result",
    "commendation_decision", "recommendation_list", "admonition_list", "admonition_notice",
    "admonition_record", "achievement_file", "consultation_minutes", "supervision_notice", "inquiry_sheet",
    "ballot_form", "tally_sheet", "publicity_notice",
)
BLOBS = ("blob_sha256", "ready_sha256")
PEOPLE = ("uploaded_by_id", "changed_by_id")
IS_LIVE = sa.text("state = 'live'")


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "document_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice(*KINDS, name="documentkind"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("ready_sha256", sa.String(length=64), nullable=False),
        sa.Column("departures", JSON, nullable=False),
        sa.Column("state", _choice("checked", "live", "retired", name="templatestate"), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("change_note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_document_template_starts_at_one")),
        sa.CheckConstraint(
            "state = 'checked' OR changed_at IS NOT NULL", name=op.f("ck_document_template_used_since")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["blob.sha256"], name=op.f(f"fk_document_template_{name}_blob"))
            for name in BLOBS
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_document_template_{name}_person"))
            for name in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_template")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_document_template_kind_number")),
        sa.UniqueConstraint("kind", "blob_sha256", name=op.f("uq_document_template_kind_blob_sha256")),
    )
    op.create_index(
        "uq_document_template_live",
        "document_template",
        ["kind"],
        unique=True,
        sqlite_where=IS_LIVE,
        postgresql_where=IS_LIVE,
    )


def downgrade() -> None:
    op.drop_table("document_template")
