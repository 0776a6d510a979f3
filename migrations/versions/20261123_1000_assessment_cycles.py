"""Assessment cycles: rules by version, units, rosters and every step of their life."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c5a1e0d7b3f4"
down_revision = "a93d5f20c7e6"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
STATES = (
    "configuring", "open", "self_reporting", "voting", "voting_closed", "tallied", "reviewed",
    "publicizing", "confirmed", "filed",
)
SERIES = ("科室", "乡镇")
GROUPS = ("social_survey", "mass_evaluation", "leader_evaluation", "peer_evaluation")
TABLES = (
    "cycle_move", "cycle_group_decision", "rater_roster", "cycle_unit", "cycle_rules", "assessment_cycle",
)


def upgrade() -> None:
    op.create_table(
        "assessment_cycle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", _choice("cyclestate", STATES), nullable=False),
        sa.Column("cut_off_date", sa.Date(), nullable=False),
        sa.Column("voting_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("first_counter_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        _to("assessment_cycle", "year", "plan_year.year"),
        _to("assessment_cycle", "first_counter_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_cycle")),
        sa.UniqueConstraint("year", name=op.f("uq_assessment_cycle_year")),
    )
    op.create_table(
        "cycle_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (sha256 IS NULL)", name=op.f("ck_cycle_rules_approved_with_a_hash")
        ),
        _to("cycle_rules", "cycle_id", "assessment_cycle.id"),
        _to("cycle_rules", "prepared_by_id", "person.id"),
        _to("cycle_rules", "approved_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_rules")),
        sa.UniqueConstraint("cycle_id", "version", name=op.f("uq_cycle_rules_cycle_id_version")),
    )
    op.create_index(
        "uq_cycle_rules_draft",
        "cycle_rules",
        ["cycle_id"],
        unique=True,
        sqlite_where=sa.text("approved_at IS NULL"),
        postgresql_where=sa.text("approved_at IS NULL"),
    )
    op.create_table(
        "cycle_unit",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("series", _choice("series", SERIES), nullable=False),
        _to("cycle_unit", "cycle_id", "assessment_cycle.id"),
        _to("cycle_unit", "unit_id", "unit.id"),
        sa.PrimaryKeyConstraint("cycle_id", "unit_id", name=op.f("pk_cycle_unit")),
    )
    op.create_table(
        "rater_roster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("rater_group", _choice("group", GROUPS), nullable=False),
        sa.Column("series", _choice("series", SERIES), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("code_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("code_count > 0", name=op.f("ck_rater_roster_has_codes")),
        _to("rater_roster", "cycle_id", "assessment_cycle.id"),
        _to("rater_roster", "unit_id", "unit.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rater_roster")),
        sa.UniqueConstraint(
            "cycle_id", "rater_group", "series", "name",
            name=op.f("uq_rater_roster_cycle_id_rater_group_series_name"),
        ),
    )
    op.create_table(
        "cycle_group_decision",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("series", _choice("series", SERIES), nullable=False),
        sa.Column("rater_group", _choice("group", GROUPS), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        _to("cycle_group_decision", "cycle_id", "assessment_cycle.id"),
        _to("cycle_group_decision", "decided_by_id", "person.id"),
        sa.PrimaryKeyConstraint("cycle_id", "series", "rater_group", name=op.f("pk_cycle_group_decision")),
    )
    op.create_table(
        "cycle_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("state", _choice("cyclestate", STATES), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("groups", JSON, nullable=False),
        _to("cycle_move", "cycle_id", "assessment_cycle.id"),
        _to("cycle_move", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_move")),
    )
    op.create_index("ix_cycle_move_cycle_id", "cycle_move", ["cycle_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.split('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name))
