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
TABLES = ("ballot_receipt", "sealed_line", "ballot", "voting_code", "code_batch", "poll")


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
        sa.Column("paper_root", sa.String(length=64), nullable=True),
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
        sa.Column("is_paper", sa.Boolean(), nullable=False),
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
