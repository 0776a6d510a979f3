"""Polls, one-time codes, ballots and what the seal leaves of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d7f2b90a4c61"
down_revision = "c5a1e0d7b3f4"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
SERIES = ("科室", "乡镇")
GROUPS = ("social_survey", "mass_evaluation", "leader_evaluation", "peer_evaluation")
TABLES = (
    "survey_visit", "poll_reminder", "paper_sheet", "paper_batch", "ballot_receipt", "sealed_line", "ballot", "voting_code", "code_batch",
    "poll",
)


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("rater_group", _choice("group", GROUPS), nullable=False),
        sa.Column("series", _choice("series", SERIES), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("root", sa.String(length=64), nullable=True),
        *(_count(name) for name in ("used_codes", "unreadable", "returned", "blank", "valid", "flat")),
        sa.Column("bands", JSON, nullable=False),
        sa.Column("paper", JSON, nullable=False),
        sa.Column("counted_root", sa.String(length=64), nullable=True),
        sa.Column("issued", sa.Integer(), nullable=True),
        sa.Column("validity", _choice("validity", ("valid", "insufficient", "void")), nullable=True),
        sa.Column("first_counter_id", sa.Integer(), nullable=True),
        sa.Column("second_counter_id", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        _check("poll", "swept_after_the_seal", "swept_at IS NULL OR sealed_at IS NOT NULL"),
        _check("poll", "counted_after_the_sweep", "counted_at IS NULL OR swept_at IS NOT NULL"),
        _check("poll", "two_counters", "second_counter_id IS NULL OR second_counter_id <> first_counter_id"),
        _to("poll", "cycle_id", "assessment_cycle.id"),
        _to("poll", "first_counter_id", "person.id"),
        _to("poll", "second_counter_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
        sa.UniqueConstraint(
            "cycle_id", "rater_group", "series", "round", name=op.f("uq_poll_cycle_id_rater_group_series_round")
        ),
    )
    op.create_table(
        "code_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        _count("size"),
        _count("revoked"),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        _check("code_batch", "revokes_its_own", "0 <= revoked AND revoked <= size"),
        _to("code_batch", "poll_id", "poll.id"),
        _to("code_batch", "roster_id", "rater_roster.id"),
        _to("code_batch", "issued_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_batch")),
    )
    op.create_index(op.f("ix_code_batch_poll_id"), "code_batch", ["poll_id"])
    op.create_table(
        "voting_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("typed_hash", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("state", _choice("codestate", ("fresh", "used", "revoked")), nullable=False),
        _to("voting_code", "batch_id", "code_batch.id"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_voting_code")),
        sa.UniqueConstraint("typed_hash", name=op.f("uq_voting_code_typed_hash")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_voting_code_batch_id"), "voting_code", ["batch_id"])
    op.create_table(
        "ballot",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _to("ballot", "poll_id", "poll.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_ballot_poll_id"), "ballot", ["poll_id"])
    op.create_table(
        "sealed_line",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        _to("sealed_line", "poll_id", "poll.id"),
        _to("sealed_line", "unit_id", "unit.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_line")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sealed_line_poll_id_unit_id_mark", "sealed_line", ["poll_id", "unit_id", "mark"])
    op.create_table(
        "ballot_receipt",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("tracking", sa.String(length=12), nullable=False),
        _to("ballot_receipt", "poll_id", "poll.id"),
        sa.PrimaryKeyConstraint("poll_id", "tracking", name=op.f("pk_ballot_receipt")),
        sqlite_with_rowid=False,
    )
    _create_paper()
    _create_around()


def _create_paper() -> None:
    op.create_table(
        "paper_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        _count("issued"),
        _count("returned"),
        sa.Column("first_clerk_id", sa.Integer(), nullable=True),
        sa.Column("second_clerk_id", sa.Integer(), nullable=True),
        _check("paper_batch", "has_forms", "issued > 0 AND returned >= 0"),
        _check("paper_batch", "two_clerks", "second_clerk_id IS NULL OR second_clerk_id <> first_clerk_id"),
        _to("paper_batch", "poll_id", "poll.id"),
        _to("paper_batch", "roster_id", "rater_roster.id"),
        _to("paper_batch", "first_clerk_id", "person.id"),
        _to("paper_batch", "second_clerk_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batch")),
        sa.UniqueConstraint("poll_id", "roster_id", name=op.f("uq_paper_batch_poll_id_roster_id")),
    )
    op.create_index(op.f("ix_paper_batch_poll_id"), "paper_batch", ["poll_id"])
    op.create_table(
        "paper_sheet",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("marks", JSON, nullable=False),
        _check("paper_sheet", "first_or_second", "entry IN (1, 2)"),
        _to("paper_sheet", "batch_id", "paper_batch.id"),
        sa.PrimaryKeyConstraint("batch_id", "number", "entry", name=op.f("pk_paper_sheet")),
    )


def _create_around() -> None:
    op.create_table(
        "poll_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("reminded_by_id", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        _to("poll_reminder", "poll_id", "poll.id"),
        _to("poll_reminder", "reminded_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_reminder")),
    )
    op.create_index(op.f("ix_poll_reminder_poll_id"), "poll_reminder", ["poll_id"])
    op.create_table(
        "survey_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("visitkind", ("visit", "discussion")), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("participants", sa.String(length=200), nullable=False),
        _count("attendance"),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _check("survey_visit", "met_somebody", "attendance > 0"),
        _to("survey_visit", "cycle_id", "assessment_cycle.id"),
        _to("survey_visit", "recorded_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_visit")),
    )
    op.create_index(op.f("ix_survey_visit_cycle_id"), "survey_visit", ["cycle_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.split('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name))
