"""Remember what the clock has started."""

import sqlalchemy as sa
from alembic import op

revision = "5b7c40d9e2f1"
down_revision = "a0d17a99e4d1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedule_run",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "due_at", name=op.f("pk_schedule_run")),
    )


def downgrade() -> None:
    op.drop_table("schedule_run")
