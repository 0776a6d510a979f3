"""No samples of what leads to a ballot: PostgreSQL keeps those its ANALYZE takes in a table of its own (B4)."""

from alembic import op

revision = "f1d60b8e3a72"
down_revision = "b82f4c6d1e97"
branch_labels = None
depends_on = None

COLUMNS = (
    ("ballot", "id"),
    ("ballot", "sealed"),
    ("ballot_receipt", "tracking"),
    ("paper_sheet", "marks"),
    ("sealed_line", "id"),
    ("voting_code", "code_hash"),
    ("voting_code", "typed_hash"),
)


def upgrade() -> None:
    _set_statistics(0)


def downgrade() -> None:
    _set_statistics(-1)


def _set_statistics(target: int) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, column in COLUMNS:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {target}")
