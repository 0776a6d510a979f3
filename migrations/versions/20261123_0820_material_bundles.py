"""Bundles of a person's materials for promotion."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c81d46f9035e"
down_revision = "5f0c8a7e21b4"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "material_bundle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("years", JSON, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "ready", "failed", "removed",
                name="bundlestate", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("confidential_ids", JSON, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state <> 'ready' OR data IS NOT NULL", name=op.f("ck_material_bundle_ready_has_a_file")
        ),
        sa.CheckConstraint(
            "data IS NULL OR sha256 IS NOT NULL", name=op.f("ck_material_bundle_file_has_a_hash")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_material_bundle_person_id_person")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_material_bundle_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_bundle")),
    )
    op.create_index("ix_material_bundle_person_id_user_id", "material_bundle", ["person_id", "user_id"])
    op.create_index("ix_material_bundle_requested_at", "material_bundle", ["requested_at"])


def downgrade() -> None:
    op.drop_table("material_bundle")
