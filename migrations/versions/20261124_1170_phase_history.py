"""The phases goals had before, and the day the calendar proposed for a meeting."""

import sqlalchemy as sa
from alembic import op

from fivestep_web.core.database import Json

revision = "d4b7c09e1170"
down_revision = "c3d81f5a7e60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phase_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("replaced_on", sa.Date(), nullable=False),
        sa.Column("phases", Json, nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_phase_history_goal_id_goal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_history")),
    )
    op.create_index("ix_phase_history_replaced_on", "phase_history", ["replaced_on"])
    op.add_column("meeting", sa.Column("proposed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("meeting") as table:
        table.drop_column("proposed_on")
    op.drop_table("phase_history")
