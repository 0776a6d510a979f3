"""Phases with their own begin, length, deliverable and state; key goals; goals that wait for others."""

import sqlalchemy as sa
from alembic import op

from fivestep_web.core.database import UtcMoment

revision = "a1c4e8f20b31"
down_revision = "f1d60b8e3a72"
branch_labels = None
depends_on = None

STATES = ("planned", "in_progress", "submitted", "sent_back", "completed", "rescheduled")


def upgrade() -> None:
    with op.batch_alter_table("goal") as table:
        table.add_column(sa.Column("is_key", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("goal") as table:
        table.alter_column("is_key", server_default=None)
    state = sa.Enum(*STATES, name="milestonestate", native_enum=False, create_constraint=True, length=40)
    with op.batch_alter_table("milestone") as table:
        table.add_column(sa.Column("starts_on", sa.Date()))
        table.add_column(sa.Column("workdays", sa.Integer()))
        table.add_column(sa.Column("deliverable", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("state", state, nullable=False, server_default="planned"))
        table.add_column(sa.Column("submitted_on", sa.Date()))
        table.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        table.create_check_constraint("phase_runs_forward", "starts_on IS NULL OR starts_on <= due_on")
    with op.batch_alter_table("milestone") as table:
        for name in ("deliverable", "state", "revision"):
            table.alter_column(name, server_default=None)
    op.create_table(
        "goal_dependency",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("goal_id", sa.Integer(), sa.ForeignKey("goal.id"), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), sa.ForeignKey("goal.id"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("made_at", UtcMoment(timezone=True), nullable=False),
        sa.UniqueConstraint("goal_id", "predecessor_id", name="uq_goal_dependency_goal_id_predecessor_id"),
        sa.CheckConstraint("goal_id <> predecessor_id", name="waits_for_another"),
    )
    op.create_index("ix_goal_dependency_predecessor_id", "goal_dependency", ["predecessor_id"])


def downgrade() -> None:
    op.drop_table("goal_dependency")
    with op.batch_alter_table("milestone") as table:
        table.drop_constraint("phase_runs_forward", type_="check")
        table.drop_constraint("milestonestate", type_="check")
        for name in ("revision", "submitted_on", "state", "deliverable", "workdays", "starts_on"):
            table.drop_column(name)
    with op.batch_alter_table("goal") as table:
        table.drop_column("is_key")
