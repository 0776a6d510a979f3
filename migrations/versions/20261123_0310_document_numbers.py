"""Numbers of documents that go out, and the counter of each series."""

import sqlalchemy as sa
from alembic import op

revision = "b3e91c6d40f7"
down_revision = "7d2f5b90c3e8"
branch_labels = None
depends_on = None

DROPPED_WITH_A_REASON = (
    "(state = 'living' AND dropped_at IS NULL) OR "
    "(state = 'dropped' AND dropped_at IS NOT NULL AND reason <> '' AND issued_on IS NULL)"
)
PEOPLE = ("taken_by_id", "issued_by_id", "dropped_by_id")


def upgrade() -> None:
    op.create_table(
        "number_series",
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("ck_number_series_counts_up")),
        sa.PrimaryKeyConstraint("agency_code", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "document_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "living", "dropped", name="numberstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_document_number_starts_at_one")),
        sa.CheckConstraint(
            "issued_on IS NULL OR issued_on >= approved_on",
            name=op.f("ck_document_number_issued_after_approval"),
        ),
        sa.CheckConstraint(DROPPED_WITH_A_REASON, name=op.f("ck_document_number_dropped_with_a_reason")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["generated_document.id"],
            name=op.f("fk_document_number_document_id_generated_document"),
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_document_number_{name}_person"))
            for name in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_number")),
        sa.UniqueConstraint(
            "agency_code", "year", "number", name=op.f("uq_document_number_agency_code_year_number")
        ),
        sa.UniqueConstraint("document_id", name=op.f("uq_document_number_document_id")),
    )


def downgrade() -> None:
    op.drop_table("document_number")
    op.drop_table("number_series")
