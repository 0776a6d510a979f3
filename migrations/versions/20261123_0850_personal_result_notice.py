"""Let documents and their templates be notices of a person's own result."""

from alembic import op

revision = "a93d5f20c7e6"
down_revision = "f4b8107ce52a"
branch_labels = None
depends_on = None

KINDS = (
    "research_report", "annual_work_priorities", "task_book", "timetable", "responsibility_letter",
    "ledger_book", "monthly_bulletin", "quarterly_review", "annual_assessment_result",
    "commendation_decision", "recommendation_list", "admonition_list", "admonition_notice",
    "admonition_record", "achievement_file", "consultation_minutes", "supervision_notice", "inquiry_sheet",
    "ballot_form", "tally_sheet", "publicity_notice",
)
TABLES = ("generated_document", "document_template")


def upgrade() -> None:
    _allow((*KINDS, "personal_result_notice"))


def downgrade() -> None:
    _allow(KINDS)


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    for table in TABLES:
        name = f"ck_{table}_documentkind"
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(name), type_="check")
            batch_op.create_check_constraint(batch_op.f(name), f"kind IN ({listed})")
