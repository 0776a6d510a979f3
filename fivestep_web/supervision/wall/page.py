"""The chart put together for the screen: its parts, the table of the same dates, the legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.wall import svg
from fivestep_web.supervision.wall.layout import HEAD, NAMES, Band, Row, Scale, lay_out, scale_for
from fivestep_web.supervision.wall.links import Links, link
from fivestep_web.supervision.wall.queries import WallContent
from fivestep_web.supervision.wall.rules import (
    LOOK_WORDS,
    LeaderGroup,
    Look,
    WallGoal,
    group_goals,
    unknown_years,
    weeks_of,
    within,
)
from fivestep_web.supervision.wall.sheets import Sheet, stack

SCREEN_WIDTH = 846.0  # the weeks beside the names on a page 1366 wide


@dataclass(frozen=True, slots=True)
class Drawn:
    """The four parts of the chart: the head and the names stay in sight while the rest is scrolled."""

    corner: Markup
    head: Markup
    names: Markup
    body: Markup


@dataclass(frozen=True, slots=True)
class Plan:
    """The goals drawn, in groups, and the weeks; *left_out* have nothing in these weeks.

    *unknown_years* are those of dates drawn whose holidays are not published.
    """

    groups: Sequence[LeaderGroup]
    first: date
    last: date
    left_out: int
    unknown_years: Sequence[int]

    @property
    def goals(self) -> list[WallGoal]:
        return [goal for group in self.groups for goal in group.goals]

    def unknown_of(self, goal: WallGoal) -> list[int]:
        """Return the years of a goal's dates whose holidays are not published."""
        return [year for year in self.unknown_years if year in goal.years]

    def items(self, scale: Scale, today: date) -> list[Band | Row]:
        return lay_out(self.groups, scale, today)


def plan(content: WallContent) -> Plan:
    """Return what of *content* is drawn, and over which weeks."""
    view = content.view
    first, last = weeks_of(view.span, content.goals, view.year, view.today)
    drawn = within(content.goals, first, last)
    groups = group_goals(drawn, content.titles)
    unknown = unknown_years(drawn, get_calendar())
    return Plan(groups, first, last, len(content.goals) - len(drawn), unknown)


def draw(content: WallContent, wall: Plan, addresses: svg.Addresses) -> Drawn:
    """Return the chart for the screen."""
    today = content.view.today
    scale = scale_for(wall.first, wall.last, SCREEN_WIDTH)
    sheet = stack(wall.items(scale, today))
    links = lines_of(content, sheet, scale)
    return Drawn(
        svg.drawing(NAMES, HEAD, svg.corner()),
        svg.drawing(scale.width, HEAD, svg.head(scale, today)),
        svg.drawing(NAMES, sheet.height, svg.names(sheet, addresses), str(_("目标，点开看详情"))),
        svg.drawing(scale.width, sheet.height, svg.body(sheet, scale, links, today, addresses)),
    )


def lines_of(content: WallContent, sheet: Sheet, scale: Scale) -> Links:
    """Return the lines between the goals of a sheet."""
    return link(sheet, content.waits, content.codes, scale)


def legend() -> list[tuple[Markup, str]]:
    """Return a sample of each look with its words."""
    return [(svg.sample(look), LOOK_WORDS[look]) for look in Look]


def kept_arguments(content: WallContent) -> dict[str, Any]:
    """Return the query that leads to the same chart on paper, as a file and on the wall."""
    return content.view.address(year=content.view.year)
