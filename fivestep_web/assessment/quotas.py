"""How many may be excellent, and who, when more are equal than may be (domain 7.7); pure."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from fivestep_web.assessment.score_settings import Settings

Key = TypeVar("Key", bound=Hashable)
TIE_RULES = ("得分", "领导评价结果", "群众评价结果", "指标完成率", "逾期目标较少")


@dataclass(frozen=True, slots=True)
class Standing:
    """What orders a candidate: the rounded score, then what breaks a tie; None counts least."""

    score: Decimal | None
    leader_result: Fraction | None = None
    mass_result: Fraction | None = None
    completion: Fraction | None = None
    overdue_goals: int = 0


@dataclass(frozen=True, slots=True)
class Selection(Generic[Key]):
    """Who is within a quota, best first.

    *open_ties* are equal in everything and compete for *open_seats*: the department meeting decides.
    *reasons* says, for those a tie at the edge had to be broken for, by which figure.
    """

    chosen: tuple[Key, ...]
    open_ties: tuple[Key, ...] = ()
    open_seats: int = 0
    reasons: Mapping[Key, str] = field(default_factory=dict)


def excellent_seats(people: int, settings: Settings, *, approval_recorded: bool = False) -> int:
    """Return how many of the *people* who must take part may be excellent (E9).

    The rule says "within", so the fraction is dropped; the higher rate needs its approval recorded.
    """
    return int(excellent_share(settings, approval_recorded=approval_recorded) * people)


def excellent_share(settings: Settings, *, approval_recorded: bool) -> Decimal:
    """Return which share of a pool may be excellent: the higher one with its approval (N2)."""
    return settings.excellent_quota_approved if approval_recorded else settings.excellent_quota


def select_within(standings: Mapping[Key, Standing], seats: int) -> Selection[Key]:
    """Fill *seats* from the highest score down, breaking a tie at the edge by the order of domain 7.7.

    That is leaders' result, mass result, completion, fewer overdue goals; never chance or name.
    """
    ordered = sorted(standings, key=lambda key: _order(standings[key]), reverse=True)
    if len(ordered) <= seats or seats <= 0:
        return Selection(tuple(ordered[: max(seats, 0)]))
    first_out = _order(standings[ordered[seats]])
    chosen = tuple(key for key in ordered[:seats] if _order(standings[key]) > first_out)
    equal = tuple(key for key in ordered if _order(standings[key]) == first_out)
    open_seats = seats - len(chosen)
    reasons = {key: _tie_reason(_order(standings[key]), first_out) for key in chosen}
    return Selection(
        chosen,
        equal if open_seats else (),
        open_seats,
        {key: reason for key, reason in reasons.items() if reason},
    )


def _order(standing: Standing) -> tuple[Fraction, ...]:
    figures = (standing.score, standing.leader_result, standing.mass_result, standing.completion)
    least = Fraction(-1_000_000)
    return (
        *(least if figure is None else Fraction(figure) for figure in figures),
        Fraction(-standing.overdue_goals),
    )


def _tie_reason(mine: tuple[Fraction, ...], first_out: tuple[Fraction, ...]) -> str:
    """Return by which figure *mine* stands before the first one left out; empty when the score decided."""
    place = next(i for i, (own, other) in enumerate(zip(mine, first_out, strict=True)) if own != other)
    return f"得分并列，按{TIE_RULES[place]}排在前" if place else ""
