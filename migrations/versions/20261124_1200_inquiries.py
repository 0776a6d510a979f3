"""Inquiries and guiding opinions, their steps, who has read them."""

import sqlalchemy as sa
from alembic import op

from fivestep_web.core.database import UtcMoment

revision = "d41c7b9a1200"
down_revision = "d4f1a6b21190"
branch_labels = None
depends_on = None

KINDS = ("question", "opinion")
STATES = ("raised", "acknowledged", "answered", "guided", "rectifying", "rectified", "closed")
STEPS = (
    "raised", "acknowledged", "answered", "asked_again", "guided", "rectified", "closed", "urged", "escalated",
)  # fmt: skip


def choice(name, values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def person(name, *, nullable=True):
    return sa.Column(name, sa.Integer(), sa.ForeignKey("person.id"), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("goal_id", sa.Integer(), sa.ForeignKey("goal.id"), nullable=False),
        sa.Column("kind", choice("inquirykind", KINDS), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        person("raised_by_id", nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", choice("inquirystate", STATES), nullable=False),
        person("last_by_id"),
        person("escalated_to_id"),
        sa.Column("escalated_on", sa.Date()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("text <> ''", name="says_something"),
    )
    for columns in (["goal_id"], ["raised_by_id"], ["state", "due_on"]):
        op.create_index(f"ix_inquiry_{'_'.join(columns)}", "inquiry", columns)
    op.create_table(
        "inquiry_step",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("inquiry_id", sa.Integer(), sa.ForeignKey("inquiry.id"), nullable=False),
        sa.Column("kind", choice("stepkind", STEPS), nullable=False),
        person("person_id"),
        sa.Column("position", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("happened_at", UtcMoment(timezone=True), nullable=False),
    )
    op.create_index("ix_inquiry_step_inquiry_id", "inquiry_step", ["inquiry_id"])
    op.create_table(
        "inquiry_receipt",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("inquiry_id", sa.Integer(), sa.ForeignKey("inquiry.id"), nullable=False),
        person("person_id", nullable=False),
        sa.Column("sent_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("opened_at", UtcMoment(timezone=True)),
        sa.UniqueConstraint("inquiry_id", "person_id", name="uq_inquiry_receipt_inquiry_id_person_id"),
    )
    op.create_index("ix_inquiry_receipt_person_id", "inquiry_receipt", ["person_id"])


def downgrade() -> None:
    for table in ("inquiry_receipt", "inquiry_step", "inquiry"):
        op.drop_table(table)
