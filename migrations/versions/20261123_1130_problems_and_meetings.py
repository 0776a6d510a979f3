"""Problems of goals; meetings with attendance, agenda, minutes, and what was decided."""

import sqlalchemy as sa
from alembic import op

from fivestep_web.core.database import UtcMoment

revision = "c7e2a90d1130"
down_revision = "b7d2f0a91c44"
branch_labels = None
depends_on = None

KINDS = ("joint", "special", "dispatch", "review")
STATES = ("draft", "open", "running", "closed", "cancelled")


def _choice(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), primary_key=True)


def _refers(name: str, to: str, *, is_empty: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(to), nullable=is_empty)


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=False)


def _number(name: str, *, is_empty: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=is_empty)


def _day(name: str, *, is_empty: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=is_empty)


def _moment(name: str, *, is_empty: bool = True) -> sa.Column[object]:
    return sa.Column(name, UtcMoment(timezone=True), nullable=is_empty)


def upgrade() -> None:
    op.create_table(
        "problem",
        _id(),
        _refers("year", "plan_year.year"),
        _refers("goal_id", "goal.id"),
        _text("text"),
        _text("suggestion"),
        sa.Column("state", _choice("problemstate", "open", "solved", "withdrawn"), nullable=False),
        _refers("raised_by_id", "person.id"),
        _text("raised_as", 200),
        _day("raised_on", is_empty=False),
        _moment("raised_at", is_empty=False),
        _text("solution"),
        _refers("unit_id", "unit.id", is_empty=True),
        _refers("owner_id", "person.id", is_empty=True),
        _day("due_on"),
        _refers("solved_by_id", "person.id", is_empty=True),
        _day("solved_on"),
        _text("open_reason"),
        _text("reason"),
        _number("revision"),
        sa.CheckConstraint(
            "state <> 'solved' OR (solution <> '' AND owner_id IS NOT NULL AND due_on IS NOT NULL"
            " AND solved_by_id IS NOT NULL AND solved_on IS NOT NULL)",
            name="solved_on_record",
        ),
        sa.CheckConstraint("state <> 'withdrawn' OR reason <> ''", name="withdrawn_with_reason"),
    )
    op.create_index("ix_problem_goal_id", "problem", ["goal_id"])
    op.create_index("ix_problem_raised_by_id", "problem", ["raised_by_id"])
    op.create_index("ix_problem_year_state", "problem", ["year", "state"])
    op.create_table(
        "meeting",
        _id(),
        _refers("year", "plan_year.year"),
        sa.Column("kind", _choice("meetingkind", *KINDS), nullable=False),
        _number("period"),
        sa.Column("state", _choice("meetingstate", *STATES), nullable=False),
        _day("planned_on", is_empty=False),
        _text("starts_at", 5),
        _text("place", 200),
        _refers("chair_id", "person.id", is_empty=True),
        _text("observers"),
        _text("reason"),
        _text("cancel_reason"),
        _refers("called_by_id", "person.id", is_empty=True),
        _day("held_on"),
        _number("ordinal", is_empty=True),
        _moment("agenda_at"),
        _moment("closed_at"),
        _refers("closed_by_id", "person.id", is_empty=True),
        _number("revision"),
        sa.UniqueConstraint("year", "kind", "period", name="uq_meeting_year_kind_period"),
        sa.UniqueConstraint("year", "kind", "ordinal", name="uq_meeting_year_kind_ordinal"),
        sa.CheckConstraint("period >= 1", name="period_counts_from_one"),
        sa.CheckConstraint("kind <> 'special' OR reason <> ''", name="special_with_reason"),
        sa.CheckConstraint(
            "state <> 'cancelled' OR (kind = 'special' AND cancel_reason <> '')",
            name="only_special_cancelled",
        ),
        sa.CheckConstraint(
            "state NOT IN ('running', 'closed') OR (held_on IS NOT NULL AND ordinal IS NOT NULL)",
            name="held_on_a_day",
        ),
    )
    op.create_table(
        "meeting_attendance",
        _id(),
        _refers("meeting_id", "meeting.id"),
        _refers("person_id", "person.id"),
        _text("position", 200),
        sa.Column("capacity", _choice("capacity", "leader", "head", "observer"), nullable=False),
        sa.Column("presence", _choice("presence", "invited", "present", "leave", "absent"), nullable=False),
        _text("note", 200),
        sa.UniqueConstraint("meeting_id", "person_id", name="uq_meeting_attendance_meeting_id_person_id"),
    )
    op.create_index("ix_meeting_attendance_person_id", "meeting_attendance", ["person_id"])
    op.create_table(
        "agenda_item",
        _id(),
        _refers("meeting_id", "meeting.id"),
        _number("position"),
        _text("source", 40),
        _text("key", 80),
        _refers("goal_id", "goal.id", is_empty=True),
        _text("subject"),
        _text("detail"),
        _text("raised_by", 200),
        _text("colour", 10),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        _text("added_reason"),
        _day("settled_on"),
        _text("postponed_reason"),
        sa.Column("outcome", _choice("outcome", "resolved", "kept_open", "corrective"), nullable=True),
        _text("matter"),
        _refers("unit_id", "unit.id", is_empty=True),
        _refers("owner_id", "person.id", is_empty=True),
        _day("due_on"),
        _text("open_reason"),
        _number("revision"),
        sa.UniqueConstraint("meeting_id", "key", name="uq_agenda_item_meeting_id_key"),
    )
    op.create_index("ix_agenda_item_goal_id", "agenda_item", ["goal_id"])
    op.create_table(
        "meeting_resolution",
        _id(),
        _refers("item_id", "agenda_item.id"),
        _refers("year", "plan_year.year"),
        _text("matter"),
        _refers("unit_id", "unit.id"),
        _refers("owner_id", "person.id"),
        _day("due_on", is_empty=False),
        sa.Column("state", _choice("resolutionstate", "open", "reported", "confirmed"), nullable=False),
        _text("report"),
        _day("reported_on"),
        _refers("reported_by_id", "person.id", is_empty=True),
        _text("return_reason"),
        _refers("confirmed_by_id", "person.id", is_empty=True),
        _day("confirmed_on"),
        _number("revision"),
        sa.UniqueConstraint("item_id", name="uq_meeting_resolution_item_id"),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> reported_by_id", name="confirmed_by_another"
        ),
    )
    op.create_index("ix_meeting_resolution_unit_id", "meeting_resolution", ["unit_id"])
    op.create_index("ix_meeting_resolution_owner_id", "meeting_resolution", ["owner_id"])
    op.create_index("ix_meeting_resolution_year_state", "meeting_resolution", ["year", "state"])
    op.create_table(
        "minutes_receipt",
        _id(),
        _refers("meeting_id", "meeting.id"),
        _refers("person_id", "person.id"),
        _moment("sent_at", is_empty=False),
        _moment("read_at"),
        sa.UniqueConstraint("meeting_id", "person_id", name="uq_minutes_receipt_meeting_id_person_id"),
    )
    op.create_index("ix_minutes_receipt_person_id", "minutes_receipt", ["person_id"])
    op.create_table(
        "minutes_erratum",
        _id(),
        _refers("meeting_id", "meeting.id"),
        _text("text"),
        _refers("made_by_id", "person.id"),
        _moment("made_at", is_empty=False),
    )
    op.create_index("ix_minutes_erratum_meeting_id", "minutes_erratum", ["meeting_id"])


def downgrade() -> None:
    for table in (
        "minutes_erratum",
        "minutes_receipt",
        "meeting_resolution",
        "agenda_item",
        "meeting_attendance",
        "meeting",
        "problem",
    ):
        op.drop_table(table)
