"""Units whose self-report the office entered as missing, with the reason."""

import sqlalchemy as sa
from alembic import op

revision = "c1d8a5f37b64"
down_revision = "c3f19a7d5e60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "missing_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_missing_report_has_a_reason")),
        _to("year", "plan_year.year"),
        _to("unit_id", "unit.id"),
        _to("entered_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_report")),
        sa.UniqueConstraint("year", "unit_id", name=op.f("uq_missing_report_year_unit_id")),
    )
    op.create_index(op.f("ix_missing_report_unit_id"), "missing_report", ["unit_id"])


def downgrade() -> None:
    op.drop_table("missing_report")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    table = target.partition(".")[0]
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_missing_report_{column}_{table}"))
