"""What issuing letters needs to know, read for many letters in as many statements as for one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core import clock
from fivestep_web.extensions import db
from fivestep_web.org import lookups
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import PostHolding
from fivestep_web.responsibility.goals.ownerless import left_from
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, LetterVersion, Milestone

if TYPE_CHECKING:
    from fivestep_web.responsibility.letters.drafting import Key, Plan


@dataclass(frozen=True)
class Known:
    """Posts, chain, milestones and texts above, as of one moment of one transaction.

    *positions* names posts by person, *in_post* everybody who holds one, *left* who has left which unit,
    *parents* gives each goal's goal above, *upper_texts* number and content hash of letters above. *plans*
    and *uppers* are what drafts are brought up to date from, empty where they are read letter by letter.
    """

    positions: Mapping[int, str]
    in_post: frozenset[int]
    left: frozenset[tuple[int, int]]
    parents: Mapping[int, int | None]
    milestones: Mapping[int, Sequence[Milestone]]
    upper_texts: Mapping[int, tuple[str, str]]
    plans: "Mapping[Key, Plan]" = field(default_factory=dict)
    uppers: Mapping[int, Letter] = field(default_factory=dict)

    def is_ownerless(self, goal: Goal) -> bool:
        """Say whether nobody carries a goal, as it is or as a change order makes it (R2.5)."""
        return goal.person_id not in self.in_post or (goal.person_id, goal.unit_id) in self.left


def load_for_issue(ids: Sequence[int]) -> Sequence[Letter]:
    """Lock the letters *ids* and return them with both sides and the goals they carry."""
    of_goals = selectinload(Letter.goals).joinedload(LetterGoal.goal)
    return db.session.scalars(
        select(Letter)
        .where(Letter.id.in_(ids))
        .order_by(Letter.kind, Letter.serial)
        .options(
            joinedload(Letter.unit),
            joinedload(Letter.responsible),
            joinedload(Letter.issuer),
            joinedload(Letter.change_order),
            of_goals.options(joinedload(Goal.topic), joinedload(Goal.person)),
        )
        .with_for_update(of=Letter)
        .execution_options(populate_existing=True)
    ).all()


def known_of(
    letters: Sequence[Letter],
    plans: "Mapping[Key, Plan] | None" = None,
    uppers: Mapping[int, Letter] | None = None,
) -> Known:
    """Return what *letters* need, and what they need once brought up to date from *plans* and *uppers*."""
    today = clock.today()
    planned = list((plans or {}).values())
    above = list((uppers or {}).values())
    people = {side for letter in letters for side in (letter.responsible_id, letter.issuer_id)}
    people |= {side for plan in planned for side in (plan.responsible_id, plan.issuer_id) if side is not None}
    goals = {item.goal_id for letter in letters for item in letter.goals}
    goals |= {goal.id for plan in planned for goal in plan.goals}
    upper_ids = {letter.upper_id for letter in letters if letter.upper_id is not None}
    return Known(
        positions=lookups.positions_on(today, people),
        in_post=_in_post(),
        left=left_from({letter.unit_id for letter in letters}, today),
        parents=_parents({letter.year for letter in letters}),
        milestones=_milestones(goals),
        upper_texts=_texts(upper_ids | {letter.id for letter in above}),
        plans=plans or {},
        uppers=uppers or {},
    )


def _in_post() -> frozenset[int]:
    holding = db.session.scalars(select(PostHolding.person_id).where(holds_on(clock.today())))
    return frozenset(holding)


def _parents(years: Iterable[int]) -> dict[int, int | None]:
    rows = db.session.execute(select(Goal.id, Goal.parent_id).where(Goal.year.in_(list(years))))
    return {row[0]: row[1] for row in rows}


def _milestones(goals: Iterable[int]) -> dict[int, list[Milestone]]:
    found: dict[int, list[Milestone]] = {}
    rows = db.session.scalars(
        select(Milestone)
        .where(Milestone.goal_id.in_(list(goals)))
        .order_by(Milestone.goal_id, Milestone.sequence)
    )
    for row in rows:
        found.setdefault(row.goal_id, []).append(row)
    return found


def _texts(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(
        select(Letter.id, Letter.number, LetterVersion.content_sha256)
        .join(
            LetterVersion,
            (LetterVersion.letter_id == Letter.id) & (LetterVersion.version == Letter.version),
        )
        .where(Letter.id.in_(list(ids)))
    )
    return {row[0]: (row[1], row[2]) for row in rows}
