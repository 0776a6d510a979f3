"""Results as they were reviewed and posted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c91e3b7a5d42"
down_revision = "a4d8f17c2e60"
branch_labels = None
depends_on = None

STATES = (
    "configuring", "open", "self_reporting", "voting", "voting_closed",
    "tallied", "reviewed", "publicizing", "confirmed", "filed",
)  # fmt: skip
STATE = sa.Enum(*STATES, name="cyclestate", native_enum=False, create_constraint=True, length=40)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "cycle_result",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["assessment_cycle.id"], name=op.f("fk_cycle_result_cycle_id_assessment_cycle")
        ),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_cycle_result")),
    )


def downgrade() -> None:
    op.drop_table("cycle_result")
