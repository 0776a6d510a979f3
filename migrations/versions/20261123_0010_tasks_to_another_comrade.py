"""Let a change order give some tasks of a letter to another comrade."""

from alembic import op

revision = "7d2f5b90c3e8"
down_revision = "af07efa34e5d"
branch_labels = None
depends_on = None

NAME = "ck_change_order_changekind"


def upgrade() -> None:
    _allow("kind IN ('amend', 'handover', 'reassign')")


def downgrade() -> None:
    _allow("kind IN ('amend', 'handover')")


def _allow(condition: str) -> None:
    with op.batch_alter_table("change_order") as batch_op:
        batch_op.drop_constraint(batch_op.f(NAME), type_="check")
        batch_op.create_check_constraint(batch_op.f(NAME), condition)
