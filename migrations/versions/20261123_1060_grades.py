"""Annual grades with bars and procedure, notices with opinions, entries of achievement files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c3f19a7d5e60"
down_revision = "c1d5a8e3b720"
branch_labels = None
depends_on = None

POOLS = ("civil_servant", "institution_staff")
GRADES = ("excellent", "competent", "basic", "incompetent", "ungraded")
STATES = ("proposed", "returned", "confirmed")
STEPS = ("report", "appraisal", "inquiry", "review", "decision")
BARS = (
    "probation",
    "leave",
    "investigation",
    "warning",
    "party_warning",
    "serious_on_duty",
    "serious_other",
    "transferred",
    "away",
)
STANCES = ("agree", "disagree", "refused")
APPEND_ONLY = ("result_notice", "result_opinion", "achievement_entry")
DECIDED = "annual_grade"
TABLES = (
    "achievement_entry",
    "result_opinion",
    "result_notice",
    "seat_approval",
    "grade_step",
    "grade_bar",
    "annual_grade",
)


def upgrade() -> None:
    _grades()
    _procedure()
    _notices()
    _entries()
    _refuse_changes()
    op.drop_column("publicity", "seats_basis")


def _grades() -> None:
    op.create_table(
        "annual_grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("objection_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=400), nullable=False),
        sa.Column("pool", _choice("pool", POOLS), nullable=False),
        sa.Column("grade", _choice("grade", GRADES), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("figure", sa.String(length=20), nullable=False),
        sa.Column("state", _choice("gradestate", STATES), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("prepared_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'confirmed') = (decided_on IS NOT NULL)",
            name=op.f("ck_annual_grade_decided_with_a_day"),
        ),
        sa.CheckConstraint(
            "(decided_on IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_annual_grade_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "decided_by_id <> prepared_by_id", name=op.f("ck_annual_grade_decided_by_another")
        ),
        sa.CheckConstraint(
            "(version = 1) = (corrects_id IS NULL)", name=op.f("ck_annual_grade_later_ones_correct")
        ),
        _to("annual_grade", "year", "plan_year.year"),
        _to("annual_grade", "corrects_id", "annual_grade.id"),
        _to("annual_grade", "objection_id", "objection.id"),
        _to("annual_grade", "unit_id", "unit.id"),
        *(_to("annual_grade", name, "person.id") for name in ("person_id", "prepared_by_id", "decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_grade")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_annual_grade_corrects_id")),
        sa.UniqueConstraint(
            "year", "person_id", "version", name=op.f("uq_annual_grade_year_person_id_version")
        ),
    )
    op.create_index("ix_annual_grade_person_id", "annual_grade", ["person_id"])


def _procedure() -> None:
    op.create_table(
        "grade_bar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("barkind", BARS), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_grade_bar_period_runs_forward")),
        _to("grade_bar", "person_id", "person.id"),
        _to("grade_bar", "entered_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_bar")),
    )
    op.create_index("ix_grade_bar_person_id", "grade_bar", ["person_id"])
    op.create_table(
        "grade_step",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("step", _choice("step", STEPS), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        _to("grade_step", "year", "plan_year.year"),
        _to("grade_step", "entered_by_id", "person.id"),
        sa.PrimaryKeyConstraint("year", "step", name=op.f("pk_grade_step")),
    )
    op.create_table(
        "seat_approval",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("pool", _choice("pool", POOLS), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        _to("seat_approval", "year", "plan_year.year"),
        _to("seat_approval", "entered_by_id", "person.id"),
        sa.PrimaryKeyConstraint("year", "pool", name=op.f("pk_seat_approval")),
    )


def _notices() -> None:
    op.create_table(
        "result_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grade_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("content", _json(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("ask_by", sa.Date(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ask_by >= given_on", name=op.f("ck_result_notice_time_to_ask")),
        _to("result_notice", "grade_id", "annual_grade.id"),
        _to("result_notice", "year", "plan_year.year"),
        _to("result_notice", "person_id", "person.id"),
        _to("result_notice", "given_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_notice")),
        sa.UniqueConstraint("grade_id", name=op.f("uq_result_notice_grade_id")),
    )
    for name in ("year", "person_id"):
        op.create_index(f"ix_result_notice_{name}", "result_notice", [name])
    op.create_table(
        "result_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("stance", _choice("stance", STANCES), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("way", _choice("way", ("key", "paper")), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("witness", sa.String(length=100), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=True),
        sa.Column("signed_bytes", sa.Text(), nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "(way = 'key') = (key_id IS NOT NULL)", name=op.f("ck_result_opinion_signed_by_a_key")
        ),
        sa.CheckConstraint(
            "(way = 'paper') = (witness <> '')", name=op.f("ck_result_opinion_paper_has_a_witness")
        ),
        sa.CheckConstraint(
            "stance <> 'refused' OR way = 'paper'", name=op.f("ck_result_opinion_refusal_is_recorded")
        ),
        sa.CheckConstraint("stance <> 'disagree' OR text <> ''", name=op.f("ck_result_opinion_says_why_not")),
        _to("result_opinion", "notice_id", "result_notice.id"),
        _to("result_opinion", "entered_by_id", "person.id"),
        _to("result_opinion", "key_id", "signing_key.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_opinion")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_result_opinion_notice_id")),
    )


def _entries() -> None:
    op.create_table(
        "achievement_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.String(length=200), nullable=False),
        sa.Column("kind", _choice("entrykind", ("filed", "correction")), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", _json(), nullable=False),
        sa.Column("admonitions", _json(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'correction') = (corrects_id IS NOT NULL)",
            name=op.f("ck_achievement_entry_correction_names_its_entry"),
        ),
        sa.CheckConstraint(
            "kind = 'filed' OR reason <> ''", name=op.f("ck_achievement_entry_correction_has_a_reason")
        ),
        _to("achievement_entry", "person_id", "person.id"),
        _to("achievement_entry", "year", "plan_year.year"),
        _to("achievement_entry", "corrects_id", "achievement_entry.id"),
        _to("achievement_entry", "written_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement_entry")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_achievement_entry_corrects_id")),
    )
    op.create_index("ix_achievement_entry_person_id", "achievement_entry", ["person_id"])
    op.create_index(
        "uq_achievement_entry_filed",
        "achievement_entry",
        ["person_id", "year"],
        unique=True,
        sqlite_where=sa.text("kind = 'filed'"),
        postgresql_where=sa.text("kind = 'filed'"),
    )


def _refuse_changes() -> None:
    """Let nothing that was given, signed, filed or decided be changed or deleted."""
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        op.execute(
            f"CREATE TRIGGER {DECIDED}_stands BEFORE UPDATE OR DELETE ON {DECIDED} FOR EACH ROW "
            "WHEN (OLD.decided_on IS NOT NULL) EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        op.execute(
            f"CREATE TRIGGER {DECIDED}_no_{change.lower()} BEFORE {change} ON {DECIDED} "
            f"WHEN OLD.decided_on IS NOT NULL BEGIN SELECT RAISE(ABORT, '{DECIDED} is decided'); END"
        )


def downgrade() -> None:
    op.add_column(
        "publicity", sa.Column("seats_basis", sa.String(length=200), nullable=False, server_default="")
    )
    for table in TABLES:  # their triggers go with them
        op.drop_table(table)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.split('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name))
