"""Admonitions and what each of their steps leaves behind."""

import sqlalchemy as sa
from alembic import op

revision = "b7e40c91d2f8"
down_revision = "d7f2b90a4c61"
branch_labels = None
depends_on = None

OPEN = ("candidate", "proposed", "approved", "notified", "talked", "rectifying", "followed_up")
STATES = (
    "candidate", "proposed", "approved", "declined", "downgraded", "notified", "talked", "rectifying",
    "followed_up", "lifted", "further_action",
)  # fmt: skip
IS_OPEN = sa.text(f"state IN ({', '.join(repr(state) for state in OPEN)})")
TABLES = ("step", "proposal", "decision", "notice", "talk", "follow_up")


def upgrade() -> None:
    _case()
    _step()
    _of_case(
        "proposal",
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("study_body", sa.String(length=100), nullable=False),
        sa.Column("studied_on", sa.Date(), nullable=True),
        period_runs_forward="period_end >= period_start",
        study_has_a_day="(studied_on IS NULL) = (study_body = '')",
    )
    _of_case(
        "decision",
        sa.Column("authority", sa.String(length=100), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
    )
    _notice()
    _talk()
    _of_case(
        "follow_up",
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("is_corrected", sa.Boolean(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(f"admonition_{name}")
    op.drop_table("admonition")


def _states() -> sa.Enum:
    return _choice("admonitionstate", *STATES)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _case() -> None:
    op.create_table(
        "admonition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=400), nullable=False),
        sa.Column("source", _choice("source", "results", "basically_competent", "other"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", _states(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_admonition_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_admonition_unit_id_unit")),
        sa.ForeignKeyConstraint(["year"], ["plan_year.year"], name=op.f("fk_admonition_year_plan_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admonition")),
    )
    op.create_index("ix_admonition_person_id", "admonition", ["person_id"])
    op.create_index("ix_admonition_year", "admonition", ["year"])
    op.create_index(
        "uq_admonition_open",
        "admonition",
        ["person_id"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def _step() -> None:
    op.create_table(
        "admonition_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("admonition_id", sa.Integer(), nullable=False),
        sa.Column("state", _states(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _to_case("step"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_admonition_step_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admonition_step")),
    )
    op.create_index("ix_admonition_step_admonition_id", "admonition_step", ["admonition_id"])


def _notice() -> None:
    _of_case(
        "notice",
        sa.Column("number_year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("talk_on", sa.Date(), nullable=False),
        sa.Column("talk_at", sa.Time(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("talker_id", sa.Integer(), nullable=False),
        sa.Column("talker_post", sa.String(length=200), nullable=False),
        sa.Column("copy_recipient", sa.String(length=200), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("is_paper_receipt", sa.Boolean(), nullable=False),
        _to_person("notice", "talker_id"),
        sa.UniqueConstraint(
            "number_year", "number", name=op.f("uq_admonition_notice_number_year_number")
        ),
        starts_at_one="number >= 1",
        talk_after_notice="talk_on >= noticed_on",
    )
    op.create_index("ix_admonition_notice_talker_id", "admonition_notice", ["talker_id"])


def _talk() -> None:
    texts = ("reason", "problems", "explanation", "requirements", "commitment")
    _of_case(
        "talk",
        sa.Column("talked_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("talker_id", sa.Integer(), nullable=False),
        sa.Column("talker_post", sa.String(length=200), nullable=False),
        sa.Column("recorder_id", sa.Integer(), nullable=False),
        sa.Column("recorder_post", sa.String(length=200), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("requirement_deadline", sa.Date(), nullable=False),
        sa.Column("effect_until", sa.Date(), nullable=False),
        sa.Column("person_signed_on", sa.Date(), nullable=True),
        sa.Column("talker_signed_on", sa.Date(), nullable=True),
        _to_person("talk", "talker_id"),
        _to_person("talk", "recorder_id"),
        two_people="recorder_id <> talker_id",
        runs_forward="ends_at > starts_at",
        effect_follows="effect_until > talked_on",
        signed_by_both="(person_signed_on IS NULL) = (talker_signed_on IS NULL)",
    )
    op.create_index("ix_admonition_talk_talker_id", "admonition_talk", ["talker_id"])


def _of_case(name: str, *parts: sa.schema.SchemaItem, **checks: str) -> None:
    """Make a table with one row for a case."""
    table = f"admonition_{name}"
    op.create_table(
        table,
        sa.Column("admonition_id", sa.Integer(), nullable=False),
        *parts,
        *(sa.CheckConstraint(text, name=op.f(f"ck_{table}_{check}")) for check, text in checks.items()),
        _to_case(name),
        sa.PrimaryKeyConstraint("admonition_id", name=op.f(f"pk_{table}")),
    )


def _to_case(name: str) -> sa.ForeignKeyConstraint:
    constraint = op.f(f"fk_admonition_{name}_admonition_id_admonition")
    return sa.ForeignKeyConstraint(["admonition_id"], ["admonition.id"], name=constraint)


def _to_person(name: str, column: str) -> sa.ForeignKeyConstraint:
    constraint = op.f(f"fk_admonition_{name}_{column}_person")
    return sa.ForeignKeyConstraint([column], ["person.id"], name=constraint)
