"""Plans counted back from deadlines, and dates that another calendar would move."""

import sqlalchemy as sa
from alembic import op

from fivestep_web.core.database import Exact, UtcMoment

revision = "c7d20be5f411"
down_revision = "a1c4e8f20b31"
branch_labels = None
depends_on = None

PLAN_STATES = ("draft", "proposed", "returned", "approved", "superseded")
BASES = ("workdays", "shares")
PROPOSAL_STATES = ("proposed", "approved", "kept", "lapsed")
UNDECIDED = "state IN ('draft', 'proposed', 'returned')"
APPROVED = "state = 'approved'"
PROPOSED = "state = 'proposed'"


def _choice(name: str, members: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "schedule_plan",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("goal_id", sa.Integer(), sa.ForeignKey("goal.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", _choice("planstate", PLAN_STATES), nullable=False),
        sa.Column("basis", _choice("basis", BASES), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("excess", sa.Integer(), nullable=False),
        sa.Column("slack", sa.Integer(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("prepared_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("decided_at", UtcMoment(timezone=True)),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("change_order_id", sa.Integer(), sa.ForeignKey("change_order.id")),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.UniqueConstraint("goal_id", "number", name="uq_schedule_plan_goal_id_number"),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> prepared_by_id", name="decided_by_another"
        ),
    )
    op.create_index("ix_schedule_plan_prepared_by_id", "schedule_plan", ["prepared_by_id"])
    for name, condition in (("undecided", UNDECIDED), ("approved", APPROVED)):
        op.create_index(
            f"uq_schedule_plan_{name}",
            "schedule_plan",
            ["goal_id"],
            unique=True,
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
    op.create_table(
        "plan_phase",
        sa.Column("plan_id", sa.Integer(), sa.ForeignKey("schedule_plan.id"), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("workdays", sa.Integer(), nullable=False),
        sa.Column("share", Exact()),
        sa.Column("weight", Exact()),
        sa.Column("finish_by", sa.Date()),
        sa.Column("deliverable", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("workdays >= 1", name="takes_a_day"),
        sa.CheckConstraint("starts_on <= ends_on AND ends_on <= due_on", name="phase_runs_forward"),
    )
    op.create_table(
        "moved_date",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("link", sa.String(400), nullable=False),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("after", sa.Date(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.Column("state", _choice("movedstate", PROPOSAL_STATES), nullable=False),
        sa.Column("made_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("made_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("decided_at", UtcMoment(timezone=True)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> made_by_id", name="decided_by_another"),
    )
    op.create_index("ix_moved_date_state", "moved_date", ["state"])
    op.create_index(
        "uq_moved_date_open",
        "moved_date",
        ["key"],
        unique=True,
        sqlite_where=sa.text(PROPOSED),
        postgresql_where=sa.text(PROPOSED),
    )


def downgrade() -> None:
    op.drop_table("moved_date")
    op.drop_table("plan_phase")
    op.drop_table("schedule_plan")
