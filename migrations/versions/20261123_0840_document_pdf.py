"""PDF beside Word files."""

import sqlalchemy as sa
from alembic import op

revision = "f4b8107ce52a"
down_revision = "e27a94d1b63f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_pdf",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "ready", "failed",
                name="pdfstate", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'ready') = (blob_sha256 IS NOT NULL)", name=op.f("ck_document_pdf_ready_has_a_file")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["generated_document.id"],
            name=op.f("fk_document_pdf_document_id_generated_document"),
        ),
        sa.ForeignKeyConstraint(
            ["blob_sha256"], ["blob.sha256"], name=op.f("fk_document_pdf_blob_sha256_blob")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_pdf")),
    )


def downgrade() -> None:
    op.drop_table("document_pdf")
