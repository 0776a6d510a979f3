"""Time limits of hand-overs, extension requests, feedback of the units."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from fivestep_web.core.database import UtcMoment

revision = "c7e2a9d41150"
down_revision = "c5d2e7a41140"
branch_labels = None
depends_on = None

KINDS = ("approval", "acceptance", "write_off", "inquiry", "feedback")
EXTENSION_STATES = ("requested", "granted", "refused", "withdrawn")
FEEDBACK_STATES = ("open", "sent", "questioned", "answered")
SAYINGS = ("answer", "question", "reply")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def choice(name, values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def person(name, *, nullable=True):
    return sa.Column(name, sa.Integer(), sa.ForeignKey("person.id"), nullable=nullable)


def year():
    return sa.Column("year", sa.Integer(), sa.ForeignKey("plan_year.year"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "time_limit",
        sa.Column("id", sa.Integer(), primary_key=True),
        year(),
        sa.Column("kind", choice("limitkind", KINDS), nullable=False),
        sa.Column("workdays", sa.Integer(), nullable=False),
        person("set_by_id"),
        sa.Column("set_at", UtcMoment(timezone=True), nullable=False),
        sa.CheckConstraint("workdays BETWEEN 1 AND 60", name="limit_is_short"),
    )
    op.create_index("ix_time_limit_year_id", "time_limit", ["year", "id"])
    _extensions()
    _feedback()


def _extensions() -> None:
    op.create_table(
        "extension_request",
        sa.Column("id", sa.Integer(), primary_key=True),
        year(),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", choice("extensionstate", EXTENSION_STATES), nullable=False),
        person("requested_by_id", nullable=False),
        sa.Column("requested_at", UtcMoment(timezone=True), nullable=False),
        person("decided_by_id"),
        sa.Column("decided_at", UtcMoment(timezone=True)),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("asked_due_on > due_on", name="asks_for_later"),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="decided_by_another"
        ),
    )
    for columns in (["kind", "item_id"], ["year", "state"], ["unit_id"], ["requested_by_id"]):
        op.create_index(f"ix_extension_request_{'_'.join(columns)}", "extension_request", columns)
    is_open = sa.text("state = 'requested'")
    op.create_index(
        "uq_extension_request_open", "extension_request", ["kind", "item_id"],
        unique=True, sqlite_where=is_open, postgresql_where=is_open,
    )  # fmt: skip


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), primary_key=True),
        year(),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", choice("feedbackstate", FEEDBACK_STATES), nullable=False),
        sa.Column("completion", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("suggestions", sa.Text(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("figures_on", sa.Date()),
        person("leader_id"),
        person("sent_by_id"),
        sa.Column("sent_at", UtcMoment(timezone=True)),
        sa.Column("turn_at", UtcMoment(timezone=True)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.UniqueConstraint("year", "month", "unit_id", name="uq_feedback_year_month_unit_id"),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name="month_of_a_year"),
        sa.CheckConstraint("(state = 'open') = (sent_at IS NULL)", name="open_until_sent"),
    )
    op.create_index("ix_feedback_unit_id", "feedback", ["unit_id"])
    op.create_table(
        "feedback_message",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("feedback_id", sa.Integer(), sa.ForeignKey("feedback.id"), nullable=False),
        sa.Column("kind", choice("saying", SAYINGS), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        person("author_id", nullable=False),
        sa.Column("position", sa.String(400), nullable=False),
        sa.Column("said_at", UtcMoment(timezone=True), nullable=False),
    )
    op.create_index("ix_feedback_message_feedback_id", "feedback_message", ["feedback_id"])
    op.create_table(
        "feedback_draft",
        sa.Column("feedback_id", sa.Integer(), sa.ForeignKey("feedback.id"), primary_key=True),
        sa.Column("completion", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("suggestions", sa.Text(), nullable=False),
        person("saved_by_id", nullable=False),
        sa.Column("saved_at", UtcMoment(timezone=True), nullable=False),
    )
    op.create_table(
        "feedback_schedule",
        sa.Column("id", sa.Integer(), primary_key=True),
        year(),
        sa.Column("workday_offset", sa.Integer(), nullable=False),
        person("set_by_id"),
        sa.Column("set_at", UtcMoment(timezone=True), nullable=False),
        sa.CheckConstraint("abs(workday_offset) <= 10", name="near_the_end_of_the_month"),
    )
    op.create_index("ix_feedback_schedule_year_id", "feedback_schedule", ["year", "id"])


def downgrade() -> None:
    for table in (
        "feedback_schedule", "feedback_draft", "feedback_message", "feedback", "extension_request", "time_limit",
    ):  # fmt: skip
        op.drop_table(table)
