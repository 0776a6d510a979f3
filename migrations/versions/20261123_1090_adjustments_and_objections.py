"""Adjustments proposed and decided on the page."""

import sqlalchemy as sa
from alembic import op

revision = "c3a9e5d71b26"
down_revision = "c91e3b7a5d42"
branch_labels = None
depends_on = None

STATES = ("proposed", "approved", "refused", "withdrawn")
STANDING = "state IN ('proposed', 'approved')"
OLD_UNIQUE = "uq_adjustment_year_unit_id_kind_reason"
CHECKS = {
    "proposed_by_somebody": "is_imported = (proposed_by_id IS NULL)",
    "decided_by_another": "decided_by_id <> proposed_by_id",
    "decided_by_the_meeting": (
        "is_imported OR (state IN ('approved', 'refused'))"
        " = (decided_by_id IS NOT NULL AND meeting_on IS NOT NULL)"
    ),
    "imported_as_approved": "NOT is_imported OR state = 'approved'",
}
NEW_COLUMNS = (
    "state",
    "is_imported",
    "proposed_by_id",
    "proposed_at",
    "meeting_on",
    "decided_by_id",
    "decided_at",
    "note",
    "revision",
)


def upgrade() -> None:
    _let_adjustments_be_decided()


def _let_adjustments_be_decided() -> None:
    """Add the columns; what is stored came from workbooks, so it counts as before."""
    with op.batch_alter_table("adjustment") as batch:
        batch.add_column(
            sa.Column(
                "state",
                sa.Enum(*STATES, name="adjustmentstate", native_enum=False, create_constraint=True, length=40),
                nullable=False,
                server_default="approved",
            )
        )
        batch.add_column(sa.Column("is_imported", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("proposed_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("meeting_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("decided_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        for column in ("proposed_by_id", "decided_by_id"):
            batch.create_foreign_key(
                batch.f(f"fk_adjustment_{column}_person"), "person", [column], ["id"]
            )
        for name, condition in CHECKS.items():
            batch.create_check_constraint(batch.f(f"ck_adjustment_{name}"), condition)
        batch.drop_constraint(OLD_UNIQUE, type_="unique")
    with op.batch_alter_table("adjustment") as batch:
        for column in ("state", "is_imported", "note", "revision"):
            batch.alter_column(column, server_default=None)
    op.create_index(
        "uq_adjustment_standing",
        "adjustment",
        ["year", "unit_id", "kind", "reason"],
        unique=True,
        sqlite_where=sa.text(STANDING),
        postgresql_where=sa.text(STANDING),
    )


def downgrade() -> None:
    op.drop_index("uq_adjustment_standing", "adjustment")
    op.execute("DELETE FROM adjustment WHERE state <> 'approved'")
    with op.batch_alter_table("adjustment") as batch:
        for name in ("ck_adjustment_adjustmentstate", *(f"ck_adjustment_{name}" for name in CHECKS)):
            batch.drop_constraint(batch.f(name), type_="check")
        for column in ("proposed_by_id", "decided_by_id"):
            batch.drop_constraint(batch.f(f"fk_adjustment_{column}_person"), type_="foreignkey")
        for column in NEW_COLUMNS:
            batch.drop_column(column)
        batch.create_unique_constraint(batch.f(OLD_UNIQUE), ["year", "unit_id", "kind", "reason"])
