"""Publicities with their lists, objections and the answers to them."""

import sqlalchemy as sa
from alembic import op

revision = "e7b2c4d6f801"
down_revision = "b7e4d1a9c350"
branch_labels = None
depends_on = None

SUBJECTS = ("results", "excellent", "commendation")
STATES = ("scheduled", "running", "ended", "stopped")
KINDS = ("count", "publicity", "review")
OBJECTION_STATES = ("filed", "received", "upheld", "dismissed")
TABLES = ("objection_answer", "objection", "publicity_line", "publicity")


def upgrade() -> None:
    _publicities()
    _objections()


def _publicities() -> None:
    op.create_table(
        "publicity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("subject", _choice("subject", SUBJECTS), nullable=False),
        sa.Column("state", _choice("publicitystate", STATES), nullable=False),
        sa.Column("workdays", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("seats_basis", sa.String(length=200), nullable=False),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("telephone", sa.String(length=60), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("workdays >= 5", name=op.f("ck_publicity_long_enough")),
        sa.CheckConstraint(
            "(state = 'scheduled') = (posted_on IS NULL)", name=op.f("ck_publicity_posted_once_it_runs")
        ),
        _to("publicity", "year", "plan_year.year"),
        _to("publicity", "prepared_by_id", "person.id"),
        _to("publicity", "posted_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity")),
    )
    op.create_index("ix_publicity_year", "publicity", ["year"])
    op.create_index(
        "uq_publicity_scheduled",
        "publicity",
        ["year", "subject"],
        unique=True,
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_table(
        "publicity_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publicity_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=400), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(unit_id IS NULL) != (person_id IS NULL)", name=op.f("ck_publicity_line_of_unit_or_person")
        ),
        _to("publicity_line", "publicity_id", "publicity.id"),
        _to("publicity_line", "unit_id", "unit.id"),
        _to("publicity_line", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity_line")),
        sa.UniqueConstraint("publicity_id", "unit_id", name=op.f("uq_publicity_line_publicity_id_unit_id")),
        sa.UniqueConstraint(
            "publicity_id", "person_id", name=op.f("uq_publicity_line_publicity_id_person_id")
        ),
    )
    op.create_index("ix_publicity_line_publicity_id", "publicity_line", ["publicity_id"])


def _objections() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("objectionkind", KINDS), nullable=False),
        sa.Column("state", _choice("objectionstate", OBJECTION_STATES), nullable=False),
        sa.Column("publicity_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("objector_id", sa.Integer(), nullable=True),
        sa.Column("objector", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(unit_id IS NULL) != (person_id IS NULL)", name=op.f("ck_objection_about_unit_or_person")
        ),
        sa.CheckConstraint(
            "(kind = 'publicity') = (publicity_id IS NOT NULL)", name=op.f("ck_objection_names_its_publicity")
        ),
        sa.CheckConstraint(
            "(state = 'filed') = (received_by_id IS NULL)", name=op.f("ck_objection_received_by_somebody")
        ),
        _to("objection", "year", "plan_year.year"),
        _to("objection", "publicity_id", "publicity.id"),
        _to("objection", "unit_id", "unit.id"),
        *(_to("objection", name, "person.id") for name in _PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    for name in ("year", "publicity_id", "objector_id"):
        op.create_index(f"ix_objection_{name}", "objection", [name])
    op.create_table(
        "objection_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("outcome", _choice("objectionstate", OBJECTION_STATES), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("appeal_by", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'dismissed')", name=op.f("ck_objection_answer_is_an_outcome")
        ),
        _to("objection_answer", "objection_id", "objection.id"),
        _to("objection_answer", "corrects_id", "objection_answer.id"),
        _to("objection_answer", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_answer")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_objection_answer_corrects_id")),
    )
    op.create_index("ix_objection_answer_objection_id", "objection_answer", ["objection_id"])


_PEOPLE = ("person_id", "objector_id", "entered_by_id", "received_by_id")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.split('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name))
