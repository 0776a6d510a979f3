"""Stage evaluations with their ratings, dimensions and limits; corrective orders with their history."""

import sqlalchemy as sa
from alembic import op

from fivestep_web.core.database import UtcMoment

revision = "c5d2e7a41140"
down_revision = "c7e2a90d1130"
branch_labels = None
depends_on = None

MOMENT = UtcMoment(timezone=True)
MOVES = ("ordered", "reported", "sent_back", "verified")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _person(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey("person.id"), nullable=nullable)


def upgrade() -> None:
    _evaluations()
    _settings()
    _orders()


def _evaluations() -> None:
    op.create_table(
        "stage_evaluation",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("milestone_id", sa.Integer(), sa.ForeignKey("milestone.id"), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column(
            "state",
            _choice("evaluationstate", "awaiting_unit", "awaiting_leader", "returned", "evaluated"),
            nullable=False,
        ),
        _person("assessed_by_id"),
        sa.Column("assessed_at", MOMENT),
        _person("concluded_by_id"),
        sa.Column("concluded_at", MOMENT),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.UniqueConstraint("milestone_id", name="uq_stage_evaluation_milestone_id"),
        sa.CheckConstraint(
            "concluded_by_id IS NULL OR concluded_by_id <> assessed_by_id", name="concluded_by_another"
        ),
        sa.CheckConstraint(
            "(state = 'evaluated') = (concluded_by_id IS NOT NULL)", name="evaluated_by_somebody"
        ),
    )
    op.create_index("ix_stage_evaluation_ended_on", "stage_evaluation", ["ended_on"])
    op.create_index("ix_stage_evaluation_state", "stage_evaluation", ["state"])
    op.create_table(
        "stage_rating",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("evaluation_id", sa.Integer(), sa.ForeignKey("stage_evaluation.id"), nullable=False),
        sa.Column("side", _choice("side", "unit", "leader"), nullable=False),
        sa.Column("dimension", sa.String(40), nullable=False),
        sa.Column("rating", _choice("rating", "good", "fairly_good", "fair", "poor"), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.UniqueConstraint(
            "evaluation_id", "side", "dimension", name="uq_stage_rating_evaluation_id_side_dimension"
        ),
        sa.CheckConstraint("evidence <> ''", name="has_evidence"),
    )


def _settings() -> None:
    op.create_table(
        "evaluation_dimension",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("year", sa.Integer(), sa.ForeignKey("plan_year.year"), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("standard", sa.String(200), nullable=False),
        sa.UniqueConstraint("year", "name", name="uq_evaluation_dimension_year_name"),
    )
    op.create_table(
        "evaluation_limits",
        sa.Column("year", sa.Integer(), sa.ForeignKey("plan_year.year"), primary_key=True),
        sa.Column("unit_workdays", sa.Integer(), nullable=False),
        sa.Column("leader_workdays", sa.Integer(), nullable=False),
        sa.Column("begun_on", sa.Date()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit_workdays BETWEEN 1 AND 30", name="unit_days_in_range"),
        sa.CheckConstraint("leader_workdays BETWEEN 1 AND 30", name="leader_days_in_range"),
    )


def _orders() -> None:
    op.create_table(
        "corrective_order",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("goal_id", sa.Integer(), sa.ForeignKey("goal.id"), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), sa.ForeignKey("stage_evaluation.id")),
        sa.Column("origin", _choice("origin", "meeting", "stage_evaluation", "leader"), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _person("person_id", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", _choice("orderstate", *MOVES), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        _person("reported_by_id"),
        _person("verified_by_id"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("what <> '' AND reason <> ''", name="says_what_and_why"),
        sa.CheckConstraint(
            "(evaluation_id IS NULL) = (origin <> 'stage_evaluation')", name="names_its_evaluation"
        ),
        sa.CheckConstraint("state <> 'verified' OR verified_by_id IS NOT NULL", name="verified_by_somebody"),
        sa.CheckConstraint(
            "verified_by_id IS NULL OR (verified_by_id <> reported_by_id AND verified_by_id <> person_id)",
            name="verified_by_another",
        ),
    )
    for column in ("goal_id", "evaluation_id", "person_id"):
        op.create_index(f"ix_corrective_order_{column}", "corrective_order", [column])
    op.create_index("ix_corrective_order_state_due_on", "corrective_order", ["state", "due_on"])
    op.create_table(
        "corrective_step",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("order_id", sa.Integer(), sa.ForeignKey("corrective_order.id"), nullable=False),
        sa.Column("kind", _choice("stepkind", *MOVES), nullable=False),
        _person("person_id"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
    )
    op.create_index("ix_corrective_step_order_id", "corrective_step", ["order_id"])


def downgrade() -> None:
    op.drop_table("corrective_step")
    op.drop_table("corrective_order")
    op.drop_table("evaluation_limits")
    op.drop_table("evaluation_dimension")
    op.drop_table("stage_rating")
    op.drop_table("stage_evaluation")
