"""A vote that is reopened is a group's on one series; until now both series of the group voted again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d3a7c50e918b"
down_revision = "c3a9e5d71b26"
branch_labels = None
depends_on = None

SERIES = ("科室", "乡镇")
MOVE = sa.table(
    "cycle_move",
    sa.column("id", sa.Integer()),
    sa.column("groups", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)


def upgrade() -> None:
    _rewrite(lambda groups: [[group, series] for group in groups for series in SERIES])


def downgrade() -> None:
    _rewrite(lambda votes: list(dict.fromkeys(group for group, _series in votes)))


def _rewrite(convert) -> None:
    connection = op.get_bind()
    for identifier, groups in connection.execute(sa.select(MOVE.c.id, MOVE.c.groups)).all():
        if groups:
            connection.execute(
                sa.update(MOVE).where(MOVE.c.id == identifier).values(groups=convert(groups))
            )
