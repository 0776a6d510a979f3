"""Adjustments decided by the meeting; files and appeals of objections; reminders of follow-ups."""

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
        "(state = 'refused' OR state = 'approved' AND NOT is_imported)"
        " = (decided_by_id IS NOT NULL AND meeting_on IS NOT NULL)"
    ),
    "imported_as_approved": "NOT is_imported OR state IN ('approved', 'refused')",
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


OUTCOMES = ("filed", "received", "upheld", "dismissed")
NEW_TABLES = ("appeal_outcome", "objection_appeal", "objection_file")
APPEND_ONLY = ("objection_answer", *NEW_TABLES)


def upgrade() -> None:
    _let_adjustments_be_decided()
    _let_objections_be_about_the_whole()
    _add_files_and_appeals()
    for table in APPEND_ONLY:
        _refuse_changes(table)
    op.create_table(
        "admonition_reminder",
        sa.Column("admonition_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("nearing", "due", name="reminderkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        _to("admonition_reminder", "admonition_id", "admonition.id"),
        sa.PrimaryKeyConstraint("admonition_id", "kind", name=op.f("pk_admonition_reminder")),
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _let_objections_be_about_the_whole() -> None:
    with op.batch_alter_table("objection") as batch:
        batch.drop_constraint(batch.f("ck_objection_about_unit_or_person"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_objection_about_one_or_all"), "unit_id IS NULL OR person_id IS NULL"
        )
        batch.create_check_constraint(
            batch.f("ck_objection_reviews_a_person"), "kind != 'review' OR person_id IS NOT NULL"
        )


def _add_files_and_appeals() -> None:
    op.create_table(
        "objection_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        _to("objection_file", "objection_id", "objection.id"),
        _to("objection_file", "blob_sha256", "blob.sha256"),
        _to("objection_file", "added_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_file")),
    )
    op.create_index("ix_objection_file_objection_id", "objection_file", ["objection_id"])
    op.create_table(
        "objection_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("addressee", sa.String(length=200), nullable=False),
        sa.Column("appealed_on", sa.Date(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        _to("objection_appeal", "objection_id", "objection.id"),
        _to("objection_appeal", "entered_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_appeal")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_objection_appeal_objection_id")),
    )
    op.create_table(
        "appeal_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(*OUTCOMES, name="objectionstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("organ", sa.String(length=200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'dismissed')", name=op.f("ck_appeal_outcome_is_an_outcome")
        ),
        _to("appeal_outcome", "appeal_id", "objection_appeal.id"),
        _to("appeal_outcome", "entered_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_outcome")),
    )
    op.create_index("ix_appeal_outcome_appeal_id", "appeal_outcome", ["appeal_id"])


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.split('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name))


def _refuse_changes(table: str) -> None:
    if _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _allow_changes(table: str) -> None:
    if _is_postgresql():
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for change in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{change}")


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
    op.drop_table("admonition_reminder")
    for table in APPEND_ONLY:
        _allow_changes(table)
    for table in NEW_TABLES:
        op.drop_table(table)
    with op.batch_alter_table("objection") as batch:
        for name in ("about_one_or_all", "reviews_a_person"):
            batch.drop_constraint(batch.f(f"ck_objection_{name}"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_objection_about_unit_or_person"), "(unit_id IS NULL) != (person_id IS NULL)"
        )
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
