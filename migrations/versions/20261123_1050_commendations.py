"""Commendations with their steps, the year's terms, ties, the summary meeting, recommendations upwards."""

import sqlalchemy as sa
from alembic import op

revision = "c1d5a8e3b720"
down_revision = "e7b2c4d6f801"
branch_labels = None
depends_on = None

POOLS = ("civil_servant", "institution_staff")
UNIT_KINDS = ("leadership", "section", "township", "primary_party_organization")
SOURCES = ("rules", "added")
STATES = (
    "candidate",
    "nominated",
    "publicizing",
    "decided",
    "issued",
    "recommended_to_city",
    "recommended_to_province",
    "removed",
)
MEETING_STATES = ("planned", "held")
FORMS = ("request", "report")
TABLES = (
    "recommendation_order",
    "recommendation_opinion",
    "recommendation_item",
    "recommendation",
    "summary_meeting",
    "tie_seat",
    "tie_decision",
    "commendation_move",
    "commendation",
    "commendation_year",
)


def upgrade() -> None:
    _year()
    _rows()
    _ties()
    _meeting()
    _recommendations()
    _recommendation_parts()


def _year() -> None:
    op.create_table(
        "commendation_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("approval_title", sa.String(length=200), nullable=False),
        sa.Column("approval_number", sa.String(length=100), nullable=False),
        sa.Column("approval_authority", sa.String(length=100), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("unit_seats", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(approved_on IS NULL) = (approval_number = '')"
            " AND (approved_on IS NULL) = (approval_authority = '')"
            " AND (approved_on IS NULL) = (approval_title = '')",
            name=op.f("ck_commendation_year_approved_in_full"),
        ),
        sa.CheckConstraint("unit_seats >= 0", name=op.f("ck_commendation_year_seats_not_negative")),
        _to("commendation_year", "year", "plan_year.year"),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_commendation_year")),
    )


def _rows() -> None:
    op.create_table(
        "commendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("series", _choice("unitkind", UNIT_KINDS), nullable=False),
        sa.Column("pool", _choice("pool", POOLS), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=400), nullable=False),
        sa.Column("source", _choice("source", SOURCES), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("score", sa.String(length=60), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("state", _choice("commendationstate", STATES), nullable=False),
        sa.Column("publicity_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "publicity_id IS NOT NULL OR state IN ('candidate', 'nominated', 'removed')",
            name=op.f("ck_commendation_publicized_first"),
        ),
        _to("commendation", "year", "plan_year.year"),
        _to("commendation", "unit_id", "unit.id"),
        _to("commendation", "person_id", "person.id"),
        _to("commendation", "publicity_id", "publicity.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commendation")),
    )
    op.create_index("ix_commendation_year", "commendation", ["year"])
    op.create_index("ix_commendation_person_id", "commendation", ["person_id"])
    _unique("uq_commendation_person", "person_id", "state <> 'removed'")
    _unique("uq_commendation_unit", "unit_id", "state <> 'removed' AND person_id IS NULL")
    op.create_table(
        "commendation_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commendation_id", sa.Integer(), nullable=False),
        sa.Column("state", _choice("commendationstate", STATES), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _to("commendation_move", "commendation_id", "commendation.id"),
        _to("commendation_move", "by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commendation_move")),
    )
    op.create_index("ix_commendation_move_commendation_id", "commendation_move", ["commendation_id"])


def _unique(name: str, column: str, condition: str) -> None:
    op.create_index(
        name,
        "commendation",
        ["year", column],
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def _ties() -> None:
    op.create_table(
        "tie_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        _to("tie_decision", "year", "plan_year.year"),
        _to("tie_decision", "recorded_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_decision")),
    )
    op.create_index("ix_tie_decision_year", "tie_decision", ["year"])
    op.create_table(
        "tie_seat",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        _to("tie_seat", "decision_id", "tie_decision.id"),
        _to("tie_seat", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("decision_id", "person_id", name=op.f("pk_tie_seat")),
    )


def _meeting() -> None:
    op.create_table(
        "summary_meeting",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", _choice("meetingstate", MEETING_STATES), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("presider", sa.String(length=200), nullable=False),
        sa.Column("invited", sa.Text(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("speakers", sa.Text(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'held') = (attended IS NOT NULL)", name=op.f("ck_summary_meeting_counted_once_held")
        ),
        sa.CheckConstraint("attended >= 0", name=op.f("ck_summary_meeting_attended_not_negative")),
        _to("summary_meeting", "year", "plan_year.year"),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_summary_meeting")),
    )


def _recommendations() -> None:
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("honour", sa.String(length=200), nullable=False),
        sa.Column("form", _choice("paperform", FORMS), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("meeting", sa.String(length=200), nullable=False),
        sa.Column("way", sa.String(length=200), nullable=False),
        sa.Column("signatory", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("telephone", sa.String(length=60), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        _to("recommendation", "year", "plan_year.year"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("year", "honour", name=op.f("uq_recommendation_year_honour")),
    )
    op.create_index("ix_recommendation_year", "recommendation", ["year"])
    op.create_table(
        "recommendation_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("commendation_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("sex", sa.String(length=2), nullable=False),
        sa.Column("birth_month", sa.String(length=7), nullable=False),
        sa.Column("political_status", sa.String(length=40), nullable=False),
        sa.Column("main_deeds", sa.String(length=100), nullable=False),
        sa.Column("deeds", sa.String(length=300), nullable=False),
        sa.Column("note", sa.String(length=100), nullable=False),
        _to("recommendation_item", "recommendation_id", "recommendation.id"),
        _to("recommendation_item", "commendation_id", "commendation.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_item")),
        sa.UniqueConstraint("commendation_id", name=op.f("uq_recommendation_item_commendation_id")),
    )
    op.create_index("ix_recommendation_item_recommendation_id", "recommendation_item", ["recommendation_id"])


def _recommendation_parts() -> None:
    op.create_table(
        "recommendation_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("organ", sa.String(length=100), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("opinion", sa.String(length=200), nullable=False),
        _to("recommendation_opinion", "recommendation_id", "recommendation.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_opinion")),
    )
    op.create_table(
        "recommendation_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_recommendation_order_has_a_reason")),
        _to("recommendation_order", "recommendation_id", "recommendation.id"),
        _to("recommendation_order", "by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_order")),
    )
    for table in ("recommendation_opinion", "recommendation_order"):
        op.create_index(f"ix_{table}_recommendation_id", table, ["recommendation_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.split('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name))
