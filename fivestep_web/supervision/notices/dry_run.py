"""Who would get a notice on a day if nothing changed until then: nothing is written (domain.md 8.3)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from fivestep_web.extensions import db
from fivestep_web.org.lookups import positions_on
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.notices import digest_rules, digests, issuing, rules
from fivestep_web.supervision.notices.digest_rules import Section
from fivestep_web.supervision.notices.issuing import Wanted
from fivestep_web.supervision.notices.people import Posts, posts_on
from fivestep_web.supervision.notices.rules import Capacity, Colour
from fivestep_web.supervision.signals import turns


@dataclass(frozen=True, slots=True)
class WouldIssue:
    """A notice that would be issued, and to whom."""

    colour: Colour
    goal_id: int
    entry_id: int
    matter: str
    unit: str
    standing: str
    recipients: str
    reply_by: date


@dataclass(frozen=True, slots=True)
class WouldClimb:
    """A notice that would climb."""

    notice_id: int
    name: str
    matter: str
    limit_on: date
    goes_to: str


@dataclass(frozen=True, slots=True)
class WouldRemind:
    """How many lines of each block a person would be told."""

    person: str
    counts: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What the clock would do on a day."""

    day: date
    is_known: bool
    issued: list[WouldIssue]
    climbing: list[WouldClimb]
    talks: list[tuple[int, str, str]]
    reminded: list[WouldRemind]


def preview(day: date) -> DryRun:
    """Return what the signals of *day*, by what is known now, would bring about; reads only."""
    found, posts = turns.read(day), posts_on(day)
    changed = turns.plan(found, turns.living_turns(found, day))
    turning = {item.goal_id for item in changed}
    wanted = issuing.wanted(changed)
    names = _Names(day)
    is_told = get_calendar().is_workday(day)
    planned = digests.plan(day, turns.find_digests_day(), found, posts) if is_told else {}
    return DryRun(
        day=day,
        is_known=get_calendar().is_known(day.year),
        issued=[_would_issue(item, day, posts, names) for item in wanted],
        climbing=[
            WouldClimb(
                item.notice.id,
                item.notice.name,
                item.notice.matter,
                item.notice.limit_on,
                f"{item.capacity.label} {names.people[item.person_id]}",
            )
            for item in issuing.climbing(day, found, posts)
            if item.notice.goal_id not in turning
        ],
        talks=[
            (notice.id, notice.name, notice.matter)
            for notice in issuing.talks_due(day)
            if notice.goal_id not in turning
        ],
        reminded=[
            WouldRemind(names.named(person_id), _counts(items))
            for person_id, items in sorted(planned.items())
        ],
    )


class _Names:
    """The names of units and people, read once."""

    def __init__(self, day: date) -> None:
        self.units = {
            row.unit_id: row.name
            for row in db.session.execute(
                select(UnitPeriod.unit_id, UnitPeriod.name).where(UnitPeriod.valid_to.is_(None))
            )
        }
        self.people = {row.id: row.name for row in db.session.execute(select(Person.id, Person.name))}
        self.positions = positions_on(day)

    def named(self, person_id: int) -> str:
        return f"{self.positions.get(person_id, '')} {self.people[person_id]}".strip()


def _would_issue(item: Wanted, day: date, posts: Posts, names: _Names) -> WouldIssue:
    people: dict[int, Capacity] = rules.receivers(item.colour, posts.of(item.standing))
    return WouldIssue(
        colour=item.colour,
        goal_id=item.goal.id,
        entry_id=item.standing.entry_id,
        matter=item.matter,
        unit=names.units.get(item.standing.unit_id, ""),
        standing=item.state,
        recipients="、".join(names.named(person_id) for person_id in people),
        reply_by=rules.reply_by(item.colour, day, get_calendar()),
    )


def _counts(items: list[digests.Item]) -> list[tuple[str, int]]:
    found = [(section, sum(item.section is section for item in items)) for section in Section]
    return [(digest_rules.SECTION_LABELS[section], count) for section, count in found if count]
