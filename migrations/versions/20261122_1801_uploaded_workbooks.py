"""Keep uploaded workbooks between the check and the load."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d4f0b6c27a19"
down_revision = "c3e58a71f0d4"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "workbook_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "faulty", "checked", "queued", "loaded", "failed",
                name="uploadstate", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("problem_count", sa.Integer(), nullable=False),
        sa.Column("problems", JSON, nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_workbook_upload_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbook_upload")),
    )
    op.create_index("ix_workbook_upload_user_id", "workbook_upload", ["user_id"])
    op.create_index("ix_workbook_upload_created_at", "workbook_upload", ["created_at"])


def downgrade() -> None:
    op.drop_table("workbook_upload")
