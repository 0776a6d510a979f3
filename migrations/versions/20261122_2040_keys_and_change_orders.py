"""Signing keys, change orders, roles on goals, mandates, duties, reminders; a code to verify each letter."""

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "af07efa34e5d"
down_revision = "d4f0b6c27a19"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
LIVING = "state NOT IN ('void', 'superseded') AND change_order_id IS NULL"
LIVING_BEFORE = "state <> 'void'"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NEW_SIGNATURE_CHECKS = {
    "capacity": "capacity IN ('principal', 'deputy')",
    "deputy_has_a_mandate": "(capacity = 'deputy') = (mandate_id IS NOT NULL)",
}
NEW_TABLES = (
    "sitting_token",
    "change_item",
    "assignment",
    "signing_sitting",
    "reminder",
    "mandate",
    "letter_run",
    "key_approval",
    "change_order",
    "signing_key",
    "handwritten_mark",
    "duty",
)


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index("ix_duty_unit_id", "duty", ["unit_id"])

    op.create_table(
        "handwritten_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("pad", "upload", name="marksource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_handwritten_mark_has_a_size")),
        sa.ForeignKeyConstraint(
            ["blob_sha256"], ["blob.sha256"], name=op.f("fk_handwritten_mark_blob_sha256_blob")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_handwritten_mark_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handwritten_mark")),
    )
    op.create_index(
        "uq_handwritten_mark_living",
        "handwritten_mark",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("public_key", sa.String(length=200), nullable=False),
        sa.Column("sealed_private_key", sa.Text(), nullable=False),
        sa.Column("sealing", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signing_key_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("person_id", "sequence", name=op.f("uq_signing_key_person_id_sequence")),
        sa.UniqueConstraint("public_key", name=op.f("uq_signing_key_public_key")),
    )
    op.create_index(
        "uq_signing_key_living",
        "signing_key",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("activated_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("activated_at IS NOT NULL AND ended_at IS NULL"),
    )

    op.create_table(
        "change_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "amend", "handover", name="changekind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "refused",
                "withdrawn",
                "in_force",
                name="changestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> requested_by_id",
            name=op.f("ck_change_order_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_change_order_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_change_order_letter_id_letter")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_change_order_requested_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["person.id"], name=op.f("fk_change_order_successor_id_person")
        ),
        sa.ForeignKeyConstraint(["year"], ["plan_year.year"], name=op.f("fk_change_order_year_plan_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_order")),
        sa.UniqueConstraint("number", name=op.f("uq_change_order_number")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_change_order_year_serial")),
    )
    op.create_index("ix_change_order_requested_by_id", "change_order", ["requested_by_id"])
    op.create_index("ix_change_order_year_state", "change_order", ["year", "state"])
    op.create_index(
        "uq_change_order_open",
        "change_order",
        ["letter_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'approved')"),
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
    )

    op.create_table(
        "key_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("approver_id", sa.Integer(), nullable=False),
        sa.Column("approver_key_id", sa.Integer(), nullable=False),
        sa.Column("approver_name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=400), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_bytes", sa.Text(), nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["person.id"], name=op.f("fk_key_approval_approver_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["approver_key_id"], ["signing_key.id"], name=op.f("fk_key_approval_approver_key_id_signing_key")
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["signing_key.id"], name=op.f("fk_key_approval_key_id_signing_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_approval")),
        sa.UniqueConstraint("key_id", "approver_id", name=op.f("uq_key_approval_key_id_approver_id")),
    )
    op.create_index("ix_key_approval_approver_id", "key_approval", ["approver_id"])

    op.create_table(
        "letter_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("drafted", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("left_over", JSON, nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_letter_run_user_id_user")),
        sa.ForeignKeyConstraint(["year"], ["plan_year.year"], name=op.f("fk_letter_run_year_plan_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_run")),
    )
    op.create_index("ix_letter_run_year_id", "letter_run", ["year", "id"])

    op.create_table(
        "mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("signed_bytes", sa.Text(), nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("principal_id <> deputy_id", name=op.f("ck_mandate_deputy_is_another")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_mandate_period_runs_forward")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_mandate_deputy_id_person")),
        sa.ForeignKeyConstraint(["key_id"], ["signing_key.id"], name=op.f("fk_mandate_key_id_signing_key")),
        sa.ForeignKeyConstraint(["principal_id"], ["person.id"], name=op.f("fk_mandate_principal_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index("ix_mandate_deputy_id", "mandate", ["deputy_id"])
    op.create_index("ix_mandate_principal_id", "mandate", ["principal_id"])

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sent_by", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_reminder_letter_id_letter")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    op.create_index("ix_reminder_letter_id", "reminder", ["letter_id"])
    op.create_index("ix_reminder_person_id", "reminder", ["person_id"])

    op.create_table(
        "signing_sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("sealed_private_key", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["signing_key.id"], name=op.f("fk_signing_sitting_key_id_signing_key")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_signing_sitting_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_sitting")),
    )
    op.create_index("ix_signing_sitting_session_hash", "signing_sitting", ["session_hash"])

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "assist",
                "supervise",
                "read",
                name="assignmentrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("change_order_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_assignment_period_runs_forward")
        ),
        sa.ForeignKeyConstraint(
            ["change_order_id"], ["change_order.id"], name=op.f("fk_assignment_change_order_id_change_order")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_assignment_goal_id_goal")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_goal_id", "assignment", ["goal_id"])
    op.create_index("ix_assignment_person_id", "assignment", ["person_id"])
    op.create_index(
        "uq_assignment_lead",
        "assignment",
        ["goal_id"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL AND role = 'lead'"),
        postgresql_where=sa.text("valid_to IS NULL AND role = 'lead'"),
    )
    op.create_index(
        "uq_assignment_living",
        "assignment",
        ["goal_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )

    op.create_table(
        "change_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_order_id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_order_id"], ["change_order.id"], name=op.f("fk_change_item_change_order_id_change_order")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_change_item_goal_id_goal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_item")),
        sa.UniqueConstraint(
            "change_order_id", "goal_id", "field", name=op.f("uq_change_item_change_order_id_goal_id_field")
        ),
    )
    op.create_index("ix_change_item_goal_id", "change_item", ["goal_id"])

    op.create_table(
        "sitting_token",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["signing_sitting.id"],
            name=op.f("fk_sitting_token_sitting_id_signing_sitting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sitting_id", "subject", name=op.f("pk_sitting_token")),
    )
    for column in (
        sa.Column("indicator", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("baseline", sa.String(length=60), nullable=True),
        sa.Column("deliverable", sa.Text(), nullable=False, server_default=""),
        sa.Column("acceptance", sa.Text(), nullable=False, server_default=""),
        sa.Column("outside_duties_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("is_weight_typed", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("goal", column)
    op.execute(
        "ALTER TABLE goal ADD COLUMN duty_id INTEGER CONSTRAINT fk_goal_duty_id_duty REFERENCES duty (id)"
    )
    op.create_index("ix_goal_duty_id", "goal", ["duty_id"])

    op.drop_index("uq_letter_living", "letter")
    with op.batch_alter_table("letter") as batch_op:
        batch_op.add_column(sa.Column("successor_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("change_order_id", sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_letter_number"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_letter_year_kind_serial"), type_="unique")
        batch_op.create_index(batch_op.f("ix_letter_successor_id"), ["successor_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_letter_number_version"), ["number", "version"])
        batch_op.create_unique_constraint(
            batch_op.f("uq_letter_year_kind_serial_version"), ["year", "kind", "serial", "version"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_letter_change_order_id_change_order"), "change_order", ["change_order_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_letter_successor_id_letter"), "letter", ["successor_id"], ["id"]
        )

    op.create_index(
        "uq_letter_living",
        "letter",
        ["year", "kind", "responsible_id", "unit_id"],
        unique=True,
        sqlite_where=sa.text(LIVING),
        postgresql_where=sa.text(LIVING),
    )
    with op.batch_alter_table("letter_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("serial", sa.String(length=20), nullable=True))
    _give_serials()
    with op.batch_alter_table("letter_version", schema=None) as batch_op:
        batch_op.alter_column("serial", existing_type=sa.String(length=20), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_letter_version_serial"), ["serial"])

    with op.batch_alter_table("signature") as batch_op:
        batch_op.add_column(
            sa.Column("capacity", sa.String(length=40), nullable=False, server_default="principal")
        )
        batch_op.add_column(sa.Column("mandate_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("mark_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("key_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_signature_mandate_id_mandate"), "mandate", ["mandate_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_signature_mark_sha256_blob"), "blob", ["mark_sha256"], ["sha256"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_signature_key_id_signing_key"), "signing_key", ["key_id"], ["id"]
        )
        for name, condition in NEW_SIGNATURE_CHECKS.items():
            batch_op.create_check_constraint(name, condition)
    _refuse_changes_again()
    op.execute(
        "INSERT INTO assignment (goal_id, person_id, role, valid_from)"
        " SELECT id, person_id, 'lead', starts_on FROM goal WHERE starts_on IS NOT NULL"
    )
    op.execute(
        "INSERT INTO assignment (goal_id, person_id, role, valid_from)"
        " SELECT id, person_id, 'lead', CAST(year || '-01-01' AS DATE) FROM goal WHERE starts_on IS NULL"
        if _is_postgresql()
        else "INSERT INTO assignment (goal_id, person_id, role, valid_from)"
        " SELECT id, person_id, 'lead', year || '-01-01' FROM goal WHERE starts_on IS NULL"
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _refuse_changes_again() -> None:
    """Put back the triggers of the signature table, which SQLite's copy of it loses."""
    for change in () if _is_postgresql() else ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER signature_no_{change.lower()} BEFORE {change} ON signature "
            "BEGIN SELECT RAISE(ABORT, 'signature is append-only'); END"
        )


def _give_serials() -> None:
    table = sa.table("letter_version", sa.column("id"), sa.column("serial"))
    connection = op.get_bind()
    for number in connection.execute(sa.select(table.c.id)).scalars().all():
        serial = "".join(secrets.choice(ALPHABET) for _ in range(16))
        connection.execute(sa.update(table).where(table.c.id == number).values(serial=serial))


def downgrade() -> None:
    with op.batch_alter_table("signature") as batch_op:
        for name in NEW_SIGNATURE_CHECKS:
            batch_op.drop_constraint(name, type_="check")
        for name in ("signing_key", "mandate"):
            column = {"signing_key": "key_id", "mandate": "mandate_id"}[name]
            batch_op.drop_constraint(batch_op.f(f"fk_signature_{column}_{name}"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_signature_mark_sha256_blob"), type_="foreignkey")
        for column in ("key_id", "mark_sha256", "mandate_id", "capacity"):
            batch_op.drop_column(column)
    _refuse_changes_again()
    with op.batch_alter_table("letter_version", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_letter_version_serial"), type_="unique")
        batch_op.drop_column("serial")
    op.drop_index("uq_letter_living", "letter")
    with op.batch_alter_table("letter") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_letter_successor_id_letter"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_letter_change_order_id_change_order"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_letter_year_kind_serial_version"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_letter_number_version"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_letter_successor_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_letter_year_kind_serial"), ["year", "kind", "serial"])
        batch_op.create_unique_constraint(batch_op.f("uq_letter_number"), ["number"])
        batch_op.drop_column("change_order_id")
        batch_op.drop_column("successor_id")
    op.create_index(
        "uq_letter_living",
        "letter",
        ["year", "kind", "responsible_id", "unit_id"],
        unique=True,
        sqlite_where=sa.text(LIVING_BEFORE),
        postgresql_where=sa.text(LIVING_BEFORE),
    )
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goal_duty_id"))
        for column in (
            "is_weight_typed", "outside_duties_reason", "duty_id", "acceptance", "deliverable", "baseline",
            "indicator",
        ):
            batch_op.drop_column(column)
    for table in NEW_TABLES:
        op.drop_table(table)
