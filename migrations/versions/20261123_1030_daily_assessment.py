"""Daily assessment: bulletins, points, reviews, achievements, self-reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b7e4d1a9c350"
down_revision = "b7e40c91d2f8"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "monthly_bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            _choice("paperstate", "draft", "submitted", "returned", "reviewed"),
            nullable=False,
        ),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_monthly_bulletin_month_of_a_year")),
        sa.ForeignKeyConstraint(["year"], ["plan_year.year"], name=op.f("fk_monthly_bulletin_year_plan_year")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_monthly_bulletin_submitted_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["person.id"], name=op.f("fk_monthly_bulletin_reviewed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_bulletin")),
        sa.UniqueConstraint("year", "month", name=op.f("uq_monthly_bulletin_year_month")),
    )
    op.create_table(
        "monthly_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("pointskind", "plus", "minus"), nullable=False),
        sa.Column("points", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("basis", sa.String(length=400), nullable=False),
        sa.Column(
            "state", _choice("pointsstate", "entered", "approved", "refused", "withdrawn"), nullable=False
        ),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_monthly_points_month_of_a_year")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> entered_by_id",
            name=op.f("ck_monthly_points_decided_by_another"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR decided_by_id IS NOT NULL",
            name=op.f("ck_monthly_points_approved_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["year"], ["plan_year.year"], name=op.f("fk_monthly_points_year_plan_year")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_monthly_points_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_monthly_points_entered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_monthly_points_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_points")),
    )
    op.create_index("ix_monthly_points_unit_id", "monthly_points", ["unit_id"])
    op.create_index("ix_monthly_points_year_state", "monthly_points", ["year", "state"])
    op.create_table(
        "quarterly_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column(
            "state", _choice("paperstate", "draft", "submitted", "returned", "reviewed"), nullable=False
        ),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name=op.f("ck_quarterly_review_quarter_of_a_year")),
        sa.ForeignKeyConstraint(["year"], ["plan_year.year"], name=op.f("fk_quarterly_review_year_plan_year")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_quarterly_review_submitted_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["person.id"], name=op.f("fk_quarterly_review_reviewed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarterly_review")),
        sa.UniqueConstraint("year", "quarter", name=op.f("uq_quarterly_review_year_quarter")),
    )
    op.create_table(
        "unit_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["quarterly_review.id"], name=op.f("fk_unit_report_review_id_quarterly_review")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_report_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["person.id"], name=op.f("fk_unit_report_reported_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_report")),
        sa.UniqueConstraint("review_id", "unit_id", name=op.f("uq_unit_report_review_id_unit_id")),
    )
    op.create_index("ix_unit_report_unit_id", "unit_report", ["unit_id"])
    op.create_table(
        "unit_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("affirmed", sa.Text(), nullable=False),
        sa.Column("shortcomings", sa.Text(), nullable=False),
        sa.Column("grade", _choice("rating", "good", "fairly_good", "fair", "poor"), nullable=True),
        sa.Column("remarked_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "affirmed <> '' AND shortcomings <> ''", name=op.f("ck_unit_remark_both_fields_written")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["quarterly_review.id"], name=op.f("fk_unit_remark_review_id_quarterly_review")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_remark_unit_id_unit")),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_unit_remark_leader_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_remark")),
        sa.UniqueConstraint(
            "review_id", "unit_id", "leader_id", name=op.f("uq_unit_remark_review_id_unit_id_leader_id")
        ),
    )
    op.create_index("ix_unit_remark_unit_id", "unit_remark", ["unit_id"])
    op.create_table(
        "achievement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", _choice("achievementkind", "speech", "adoption", "instruction", "award"), nullable=False
        ),
        sa.Column("level", _choice("level", "central", "province", "city", "county"), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("giver", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.String(length=400), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR reason <> ''", name=op.f("ck_achievement_withdrawn_with_a_reason")
        ),
        sa.CheckConstraint("evidence <> ''", name=op.f("ck_achievement_has_evidence")),
        sa.ForeignKeyConstraint(["year"], ["plan_year.year"], name=op.f("fk_achievement_year_plan_year")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_achievement_unit_id_unit")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_achievement_topic_id_topic")),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["person.id"], name=op.f("fk_achievement_registered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["person.id"], name=op.f("fk_achievement_withdrawn_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement")),
    )
    op.create_index("ix_achievement_unit_id", "achievement", ["unit_id"])
    op.create_index("ix_achievement_topic_id", "achievement", ["topic_id"])
    op.create_index("ix_achievement_year_unit_id", "achievement", ["year", "unit_id"])
    op.create_table(
        "self_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("visible", sa.Text(), nullable=False),
        sa.Column("latent", sa.Text(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "visible <> '' AND latent <> ''", name=op.f("ck_self_report_both_parts_written")
        ),
        sa.ForeignKeyConstraint(["year"], ["plan_year.year"], name=op.f("fk_self_report_year_plan_year")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_self_report_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_self_report_submitted_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_report")),
        sa.UniqueConstraint("year", "unit_id", name=op.f("uq_self_report_year_unit_id")),
    )
    op.create_index("ix_self_report_unit_id", "self_report", ["unit_id"])


def downgrade() -> None:
    op.drop_table("self_report")
    op.drop_table("achievement")
    op.drop_table("unit_remark")
    op.drop_table("unit_report")
    op.drop_table("quarterly_review")
    op.drop_table("monthly_points")
    op.drop_table("monthly_bulletin")
