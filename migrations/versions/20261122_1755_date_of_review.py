"""Keep when a suspended ledger entry is reviewed."""

import sqlalchemy as sa
from alembic import op

revision = "c3e58a71f0d4"
down_revision = "5b7c40d9e2f1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ledger_change") as batch_op:
        batch_op.add_column(sa.Column("review_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("ledger_change") as batch_op:
        batch_op.drop_column("review_on")
