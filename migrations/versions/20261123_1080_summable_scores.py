"""Keep scores as whole numbers that SQL adds up exactly."""

from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "a4d8f17c2e60"
down_revision = "c1d8a5f37b64"
branch_labels = None
depends_on = None

PLACES = 15
TEXT, WHOLE = sa.String(length=60), sa.BigInteger()


def upgrade() -> None:
    _rewrite(TEXT, WHOLE, lambda text: _whole(Decimal(text)))


def downgrade() -> None:
    _rewrite(WHOLE, TEXT, lambda number: format(Decimal(number).scaleb(-PLACES).normalize() + 0, "f"))


def _whole(score):
    scaled = score.scaleb(PLACES)
    if scaled != int(scaled):
        raise ValueError(f"rating_tally.score {score} has more than {PLACES} decimals")
    return int(scaled)


def _rewrite(old, new, convert) -> None:
    """Give the scores another type, each distinct value once."""
    with op.batch_alter_table("rating_tally") as batch:
        batch.add_column(sa.Column("rewritten", new, nullable=True))
    table = sa.table("rating_tally", sa.column("score", old), sa.column("rewritten", new))
    connection = op.get_bind()
    for score in connection.scalars(sa.select(table.c.score).distinct()).all():
        if score is not None:
            connection.execute(
                sa.update(table).where(table.c.score == score).values(rewritten=convert(score))
            )
    with op.batch_alter_table("rating_tally") as batch:
        batch.drop_column("score")
        batch.alter_column("rewritten", new_column_name="score", existing_type=new, existing_nullable=True)
