"""The war-room chart as SVG: bars, marks and words of its parts; pure.

How things look is in static/wall-chart.css, by the classes given here; no attribute carries a style.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from fivestep_web.supervision.wall.layout import (
    BAND,
    BAR,
    CAP,
    HEAD,
    MARK,
    NAME,
    NAMES,
    NOTCH,
    TYPE,
    UNIT,
    WORD,
    Band,
    Bar,
    Moved,
    Row,
    Scale,
    Words,
)
from fivestep_web.supervision.wall.links import Line, Links
from fivestep_web.supervision.wall.rules import LOOK_NAMES, LOOK_SHAPES, Look, WallGoal
from fivestep_web.supervision.wall.sheets import Sheet, UnitCell
from fivestep_web.supervision.wall.texts import cut, width_of, wrap

LEADING = 14.0
SHOWN_WEEK = 13.0  # narrower weeks are numbered in turn only
KEY = "★"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the pages of goals and of ledger entries begin; nothing is a link where they are empty."""

    goal: str = ""
    entry: str = ""

    def of_goal(self, goal: WallGoal) -> str:
        return f"{self.goal}/{goal.goal_id}" if self.goal else ""

    def of_bar(self, goal: WallGoal) -> str:
        return f"{self.entry}/{goal.entry_id}" if self.entry and goal.entry_id else self.of_goal(goal)


def drawing(width: float, height: float, content: str, label: str = "") -> Markup:
    """Return *content* as an SVG of a size; without *label* it is hidden from screen readers."""
    about = Markup('role="group" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.1f} {height:.1f}"'
    return Markup('<svg class="w" {} {}>{}</svg>').format(Markup(size), about, Markup(content))  # noqa: S704 - all of it is made here, names escaped


def text(x: float, y: float, words: str, kind: str = "t") -> str:
    """Return words at a point."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def mark(look: Look, x: float, y: float, kind: str, reach: float = 4.5) -> str:
    """Return the shape of a signal around a point."""
    match look:
        case Look.RED:
            path = f"M{x:.1f} {y - reach:.1f}l{reach:.1f} {2 * reach:.1f}h{-2 * reach:.1f}z"
        case Look.YELLOW:
            path = (
                f"M{x:.1f} {y - reach - 0.5:.1f}l{reach + 0.5:.1f} {reach + 0.5:.1f}"
                f"l{-reach - 0.5:.1f} {reach + 0.5:.1f}l{-reach - 0.5:.1f} {-reach - 0.5:.1f}z"
            )
        case Look.BLUE:
            arc = f"a{reach:.1f} {reach:.1f} 0 1 0"
            path = f"M{x - reach:.1f} {y:.1f}{arc} {2 * reach:.1f} 0{arc} {-2 * reach:.1f} 0z"
        case Look.DONE:
            return f'<path class="{kind} tick" d="M{x - 4.5:.1f} {y:.1f}l3.5 3.5l6 -7.5"/>'
        case _:
            path = f"M{x - 4:.1f} {y - 4:.1f}h8v8h-8z"
            if look is Look.GREY:
                return f'<path class="{kind} hollow" d="{path}"/>'
    return f'<path class="{kind}" d="{path}"/>'


def head(scale: Scale, today: date) -> str:
    """Return months, ISO weeks and today's flag above the chart."""
    parts = [f'<rect class="head" width="{scale.width:.1f}" height="{HEAD:.0f}"/>']
    for first, start, end in _months(scale):
        parts.append(f'<path class="month" d="M{start:.1f} 0V{HEAD / 2:.0f}"/>')
        parts.append(text(start + 4, 15, _month_label(first, scale, end - start - 6), "t strong"))
    every = 1 if scale.week >= SHOWN_WEEK else 2
    for place in range(0, scale.weeks, every):
        x, monday = place * scale.week, scale.first + timedelta(weeks=place)
        is_now = monday <= today < monday + timedelta(weeks=every)
        parts.append(f'<path class="grid" d="M{x:.1f} {HEAD / 2:.0f}V{HEAD:.0f}"/>')
        if is_now:
            parts.append(_flag(x, scale.week * every))
        kind = "s middle flag-text" if is_now else "s middle"
        parts.append(text(x + scale.week * every / 2, 34, str(monday.isocalendar().week), kind))
    parts.append(text(scale.end + 6, 34, "周次", "s"))
    return "".join(parts)


def _flag(x: float, width: float) -> str:
    """Return the ground of the running week's number."""
    height = HEAD / 2
    return f'<rect class="flag" x="{x:.1f}" y="{height:.0f}" width="{width:.1f}" height="{height:.0f}"/>'


def _month_label(first: date, scale: Scale, room: float) -> str:
    """Return 3月; where two Januaries are drawn these with their year, if there is room."""
    month = f"{first.month}月"
    dated = f"{first.year}年{month}"
    januaries = scale.last.year - scale.first.year + (scale.first.month == 1)
    if first.month == 1 and januaries > 1 and width_of(dated, TYPE) <= room:
        return dated
    return cut(month, room, TYPE)


def _months(scale: Scale) -> Iterator[tuple[date, float, float]]:
    """Give each month drawn with where it begins and ends."""
    first = scale.first
    while first <= scale.last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, scale.at(first), scale.at(following)
        first = following


def corner() -> str:
    """Return the heads of the columns beside the chart."""
    heads = (
        (8, "单位"),
        (UNIT + MARK, "目标（★为重点）"),
        (UNIT + MARK + NAME + 2, "信号"),
    )
    parts = [f'<rect class="head" width="{NAMES:.0f}" height="{HEAD:.0f}"/>']
    return "".join(parts + [text(x, 34, words, "t strong") for x, words in heads])


def names(sheet: Sheet, addresses: Addresses) -> str:
    """Return leaders, units, goals and signals beside the chart."""
    parts = [f'<path class="grid" d="{_row_lines(sheet, UNIT, NAMES)}"/>']
    for y, item in sheet.items:
        parts.append(_band_name(y, item) if isinstance(item, Band) else _name(y, item, addresses))
    parts += [_unit(cell) for cell in sheet.units]
    parts.append(f'<path class="edge" d="M{NAMES - 0.5:.1f} 0V{sheet.height:.1f}"/>')
    return "".join(parts)


def _row_lines(sheet: Sheet, start: float, end: float) -> str:
    return "".join(f"M{start:.1f} {y + row.height:.1f}H{end:.1f}" for y, row in sheet.rows)


def _band_name(y: float, band: Band) -> str:
    x = UNIT + 6
    name = f"{band.group.leader}（续）" if band.is_continued else band.group.leader
    beside = x + width_of(name, 17) + 8
    title = cut(band.group.title, NAMES - 6 - beside, TYPE)
    return (
        f'<rect class="band" y="{y:.1f}" width="{NAMES:.0f}" height="{BAND:.0f}"/>'
        + text(8, y + 20, "主管领导", "s")
        + text(x, y + 21, name, "leader")
        + text(beside, y + 20, title)
    )


def _unit(cell: UnitCell) -> str:
    lines = wrap(cell.name, UNIT - 12, TYPE, max(1, int((cell.height - 4) / LEADING)))
    first = cell.y + cell.height / 2 - (len(lines) - 1) * LEADING / 2 + 4.5
    end = cell.y + cell.height
    drawn = [f'<path class="edge" d="M0 {end:.1f}H{UNIT:.0f}M{UNIT:.0f} {cell.y:.1f}V{end:.1f}"/>']
    return "".join(drawn + [text(6, first + n * LEADING, line) for n, line in enumerate(lines)])


def _name(y: float, row: Row, addresses: Addresses) -> str:
    goal = row.goal
    name = f"{KEY}{goal.name}" if goal.is_key else goal.name
    middle = y + row.height / 2
    drawn = mark(goal.look, UNIT + 9, middle, f"m {goal.look}")
    for x, words, width, kind in (
        (UNIT + MARK, name, NAME - 4, "t"),
        (UNIT + MARK + NAME + 2, goal.word, WORD - 4, f"t word {goal.look}"),
    ):
        lines = wrap(words, width, TYPE if kind == "t" else 11, 2)
        first = middle - (len(lines) - 1) * LEADING / 2 + 4.5
        drawn += "".join(text(x, first + n * LEADING, line, kind) for n, line in enumerate(lines))
    address = addresses.of_goal(goal)
    if not address:
        return drawn
    box = (
        f'<rect class="hit" x="{UNIT + 1:.1f}" y="{y + 1:.1f}" width="{NAMES - UNIT - 3:.1f}"'
        f' height="{row.height - 2:.1f}"/>'
    )
    why = f"<title>{escape(goal.name)}：{escape(goal.reason)}</title>"
    return f'<a href="{address}" aria-label="{escape(spoken(goal))}">{why}{box}{drawn}</a>'


def spoken(goal: WallGoal) -> str:
    """Return a goal's row as it is read out."""
    key = "重点目标，" if goal.is_key else ""
    return f"{goal.name}，{key}{goal.unit}，责任人{goal.person}，信号{goal.word}，完成时限{goal.deadline}"


def body(sheet: Sheet, scale: Scale, links: Links, today: date, addresses: Addresses) -> str:
    """Return the weeks with bars, lines between goals, moved dates and today."""
    parts = [_grid(sheet, scale)]
    parts += [_band(y, item, scale) for y, item in sheet.items if isinstance(item, Band)]
    parts += [_link(line) for line in links.lines]
    parts += [_row(y, row, addresses) for y, row in sheet.rows]
    x = scale.noon(today)
    if x is not None:
        tops = [y for y, item in sheet.items if isinstance(item, Band)]
        parts.append(f'<path class="today" d="{_without(tops, x, sheet.height)}"/>')
    parts += [_words(y, row) for y, row in sheet.rows]
    parts += [text(each.x, each.y, each.text, "s") for each in links.words]
    return "".join(parts)


def _without(bands: Iterable[float], x: float, height: float) -> str:
    """Return a line down that leaves out the bands."""
    path, y = "", 0.0
    for top in bands:
        path += f"M{x:.1f} {y:.1f}V{top:.1f}" if top > y else ""
        y = top + BAND
    return path + f"M{x:.1f} {y:.1f}V{height:.1f}"


def _grid(sheet: Sheet, scale: Scale) -> str:
    weeks = "".join(f"M{n * scale.week:.1f} 0V{sheet.height:.1f}" for n in range(1, scale.weeks + 1))
    months = "".join(f"M{start:.1f} 0V{sheet.height:.1f}" for _first, start, _end in _months(scale))
    return (
        f'<path class="grid week" d="{weeks}"/><path class="grid month" d="{months}"/>'
        f'<path class="grid" d="{_row_lines(sheet, 0, scale.width)}"/>'
    )


def _band(y: float, band: Band, scale: Scale) -> str:
    words = f"共{len(band.group.goals)}项"
    counts = [
        f"{shape}{LOOK_NAMES[look]}{band.group.tally[look]}"
        for look, shape in LOOK_SHAPES.items()
        if band.group.tally[look]
    ]
    return f'<rect class="band" y="{y:.1f}" width="{scale.width:.1f}" height="{BAND:.0f}"/>' + text(
        8, y + 20, cut("　".join([words, *counts]), scale.width - 16, TYPE)
    )


def _row(y: float, row: Row, addresses: Addresses) -> str:
    parts = [_bar(y, row, bar) for bar in row.bars]
    if row.tail:
        parts.append(f'<path class="tail" d="M{row.tail[0]:.1f} {y + row.middle:.1f}H{row.tail[1]:.1f}"/>')
    if row.deadline_x is not None:
        top = y + row.bar_y - 3
        parts.append(f'<path class="deadline" d="M{row.deadline_x:.1f} {top:.1f}v{BAR + 6:.0f}"/>')
    if row.late:
        parts.append(
            f'<path class="late" d="M{row.late[0]:.1f} {y + row.bar_y + BAR:.1f}H{row.late[1]:.1f}"/>'
        )
    parts += [_moved(y, row, moved) for moved in row.moved]
    parts += [
        f'<path class="under" d="M{a:.1f} {y + row.bar_y + BAR + 2:.1f}H{b:.1f}"/>' for a, b in row.under
    ]
    drawn = "".join(parts)
    address = addresses.of_bar(row.goal)
    return f'<a href="{address}" tabindex="-1">{drawn}</a>' if address else drawn


def _bar(y: float, row: Row, bar: Bar) -> str:
    top, bottom, middle = y + row.bar_y, y + row.bar_y + BAR, y + row.middle
    left = f"L{bar.x + NOTCH:.1f} {middle:.1f}z" if bar.is_open_left else "z"
    right = (
        f"L{bar.end - NOTCH:.1f} {middle:.1f}L{bar.end:.1f} {bottom:.1f}"
        if bar.is_open_right
        else f"V{bottom:.1f}"
    )
    phase = bar.phase
    named = f"{phase.name}：" if phase.name else ""
    moved = f"（原{phase.original_end_on}）" if phase.original_end_on else ""
    days = f"{phase.start_on} 至 {phase.end_on}{moved}"
    title = f"{row.goal.name}：{named}{days}，{row.goal.person}，{row.goal.word}"
    drawn = (
        f"<g><title>{escape(title)}</title>"
        f'<path class="b {bar.look}" d="M{bar.x:.1f} {top:.1f}H{bar.end:.1f}{right}H{bar.x:.1f}{left}"/>'
    )
    if bar.look in {Look.RED, Look.YELLOW, Look.BLUE}:
        drawn += f'<path class="line {bar.look}" d="M{bar.x:.1f} {bottom - 2:.1f}H{bar.end:.1f}"/>'
    if bar.has_cap and bar.look is not Look.DONE:
        cap = f'x="{bar.x:.1f}" y="{top:.1f}" width="{CAP:.0f}" height="{BAR:.0f}"'
        drawn += f'<rect class="cap {bar.look}" {cap}/>'
    if bar.has_cap:
        drawn += mark(bar.look, bar.x + CAP / 2, middle, f"on {bar.look}")
    return drawn + "</g>"


def _moved(y: float, row: Row, moved: Moved) -> str:
    level, top = y + 8, y + row.bar_y
    towards = 5 if moved.to >= moved.x else -5
    return (
        f"<g><title>{escape(row.goal.name)}：{moved.original_on} 改为 {moved.now_on}</title>"
        f'<path class="moved-line" d="M{moved.x + towards:.1f} {level:.1f}H{moved.to:.1f}V{top:.1f}"/>'
        f'<path class="moved" d="M{moved.x:.1f} {level - 5:.1f}l5 5l-5 5l-5 -5z"/></g>'
    )


def _words(y: float, row: Row) -> str:
    return "".join(text(each.x, y + each.y, each.text, _kind(each)) for each in row.words)


def _kind(words: Words) -> str:
    return "t" if words.size == TYPE else "s"


def _link(line: Line) -> str:
    (x, y), *rest = line.points
    end_x, end_y = rest[-1]
    path = f"M{x:.1f} {y:.1f}" + "".join(f"L{a:.1f} {b:.1f}" for a, b in rest)
    return f'<path class="link" d="{path}"/><path class="arrow" d="M{end_x:.1f} {end_y:.1f}l-6 -3.5v7z"/>'


def sample(look: Look) -> Markup:
    """Return a short bar of a look, for the legend."""
    return drawing(34, 18, sample_content(look, 0))


def sample_content(look: Look, x: float) -> str:
    """Return a short bar of a look that begins at *x*."""
    drawn = f'<path class="b {look}" d="M{x + 1:.1f} 1h32v16h-32z"/>'
    if look in {Look.RED, Look.YELLOW, Look.BLUE}:
        drawn += f'<path class="line {look}" d="M{x + 1:.1f} 15h32"/>'
    if look not in {Look.COMING, Look.DONE}:
        drawn += f'<rect class="cap {look}" x="{x + 1:.1f}" y="1" width="{CAP:.0f}" height="16"/>'
    if look is not Look.COMING:
        drawn += mark(look, x + 1 + CAP / 2, 9, f"on {look}", 4)
    return drawn
