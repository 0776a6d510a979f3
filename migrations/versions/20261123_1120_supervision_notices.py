"""Turns of signals, supervision notices with answers, climbs and talks, daily digests."""

import sqlalchemy as sa
from alembic import op

from fivestep_web.core.database import Json, UtcMoment

revision = "b7d2f0a91c44"
down_revision = "c7d20be5f411"
branch_labels = None
depends_on = None

SIGNALS = (
    "red_overdue",
    "red_lagging",
    "yellow",
    "blue",
    "grey_suspended",
    "grey_not_started",
    "green",
    "done",
    "none",
)
COLOURS = ("blue", "yellow", "red")
STATES = ("issued", "answered", "returned", "closed")
CAPACITIES = ("owner", "unit_head", "leader_in_charge", "executive_deputy", "minister")
VERDICTS = ("accepted", "returned")
OUTCOMES = ("held", "declined")
LIVING = sa.text("ended_on IS NULL")


def _choice(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), primary_key=True)


def _ref(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(target), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "signal_turn",
        _id(),
        _ref("goal_id", "goal.id"),
        sa.Column("signal", _choice(SIGNALS, "signal"), nullable=False),
        sa.Column("colour", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("workdays_late", sa.Integer(), nullable=False),
        sa.Column("turned_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= turned_on", name="turn_runs_forward"),
    )
    op.create_index("ix_signal_turn_goal_id_turned_on", "signal_turn", ["goal_id", "turned_on"])
    op.create_index(
        "uq_signal_turn_living",
        "signal_turn",
        ["goal_id"],
        unique=True,
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    op.create_table(
        "supervision_run",
        _id(),
        sa.Column("signals_on", sa.Date()),
        sa.Column("digests_on", sa.Date()),
        sa.CheckConstraint("id = 1", name="only_one"),
    )
    _create_notice()
    _create_parts()
    op.create_table(
        "daily_digest",
        _id(),
        _ref("person_id", "person.id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("items", Json, nullable=False),
        sa.Column("opened_at", UtcMoment(timezone=True)),
        sa.UniqueConstraint("person_id", "day", name="uq_daily_digest_person_id_day"),
    )


def _create_notice() -> None:
    op.create_table(
        "supervision_notice",
        _id(),
        _ref("turn_id", "signal_turn.id"),
        _ref("goal_id", "goal.id"),
        _ref("year", "plan_year.year"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("colour", _choice(COLOURS, "colour"), nullable=False),
        sa.Column("state", _choice(STATES, "noticestate"), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("requirement", sa.Text(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=False),
        sa.Column("limit_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.UniqueConstraint("turn_id", name="uq_supervision_notice_turn_id"),
        sa.UniqueConstraint("year", "number", name="uq_supervision_notice_year_number"),
    )
    op.create_index("ix_supervision_notice_goal_id", "supervision_notice", ["goal_id"])


def _create_parts() -> None:
    op.create_table(
        "notice_recipient",
        _id(),
        _ref("notice_id", "supervision_notice.id"),
        _ref("person_id", "person.id"),
        sa.Column("capacity", _choice(CAPACITIES, "capacity"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcMoment(timezone=True)),
        sa.Column("digest_on", sa.Date()),
        sa.UniqueConstraint("notice_id", "person_id", name="uq_notice_recipient_notice_id_person_id"),
    )
    op.create_index("ix_notice_recipient_person_id", "notice_recipient", ["person_id"])
    op.create_table(
        "notice_answer",
        _id(),
        _ref("notice_id", "supervision_notice.id"),
        _ref("person_id", "person.id", nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answered_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("verdict", _choice(VERDICTS, "verdict")),
        sa.Column("verdict_note", sa.Text(), nullable=False),
        _ref("verdict_by_id", "person.id", nullable=True),
        sa.Column("verdict_at", UtcMoment(timezone=True)),
    )
    op.create_index("ix_notice_answer_notice_id", "notice_answer", ["notice_id"])
    op.create_table(
        "notice_climb",
        _id(),
        _ref("notice_id", "supervision_notice.id"),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("climbed_on", sa.Date(), nullable=False),
        sa.Column("limit_was", sa.Date(), nullable=False),
        _ref("person_id", "person.id"),
        sa.Column("capacity", _choice(CAPACITIES, "capacity"), nullable=False),
        sa.UniqueConstraint("notice_id", "level", name="uq_notice_climb_notice_id_level"),
    )
    op.create_table(
        "notice_talk",
        sa.Column("notice_id", sa.Integer(), sa.ForeignKey("supervision_notice.id"), primary_key=True),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("outcome", _choice(OUTCOMES, "talkoutcome")),
        sa.Column("held_on", sa.Date()),
        sa.Column("note", sa.Text(), nullable=False),
        _ref("decided_by_id", "person.id", nullable=True),
        sa.Column("decided_at", UtcMoment(timezone=True)),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at_once"),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome <> 'held' OR held_on IS NOT NULL", name="held_on_a_day"
        ),
    )


def downgrade() -> None:
    for name in (
        "daily_digest",
        "notice_talk",
        "notice_climb",
        "notice_answer",
        "notice_recipient",
        "supervision_notice",
        "supervision_run",
        "signal_turn",
    ):
        op.drop_table(name)
