"""Since when a phase asks for a deliverable, so that an earlier day is replayed as it was."""

import sqlalchemy as sa
from alembic import op

revision = "d4f1a6b21190"
down_revision = "d4b7c09e1170"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("milestone") as table:
        table.add_column(sa.Column("deliverable_since", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("milestone") as table:
        table.drop_column("deliverable_since")
