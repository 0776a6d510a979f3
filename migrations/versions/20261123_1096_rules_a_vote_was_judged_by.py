"""The version of the rules a counted vote was judged by: so far those in force when it was counted."""

import sqlalchemy as sa
from alembic import op

revision = "b82f4c6d1e97"
down_revision = "d3a7c50e918b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("poll", sa.Column("rule_version", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE poll SET rule_version = (SELECT max(version) FROM cycle_rules"
        " WHERE cycle_rules.cycle_id = poll.cycle_id AND approved_at <= poll.counted_at)"
        " WHERE counted_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("poll", "rule_version")
