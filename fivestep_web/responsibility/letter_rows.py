"""What the log keeps of a letter's row, so that verifying can name whatever was altered (trust.md S4)."""

from decimal import Decimal

from fivestep_web.audit.facts import facts_of
from fivestep_web.audit.rules import Plain
from fivestep_web.responsibility.models import Letter


def letter_row(letter: Letter) -> dict[str, Plain]:
    """Return the letter's columns and the goals it carries.

    Every entry about one letter that changes it carries this as `row`, taken after the flush.
    """
    goals: list[Plain] = [
        [item.goal_id, item.position, format(item.weight.normalize() + Decimal(0), "f")]
        for item in sorted(letter.goals, key=lambda item: item.goal_id)
    ]
    return facts_of(letter, without=("revision",)) | {"goals": goals}
