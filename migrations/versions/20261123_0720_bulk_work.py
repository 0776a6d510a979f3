"""Work that lets all other work go first."""

import sqlalchemy as sa
from alembic import op

revision = "e4a7035d9b21"
down_revision = "e8a41d7c2b95"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("is_bulk", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("outbox") as table:
        table.alter_column("is_bulk", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("outbox") as table:
        table.drop_column("is_bulk")
