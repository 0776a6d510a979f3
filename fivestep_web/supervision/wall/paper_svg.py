"""Pages of the chart as SVG in millimetres: title, heads and legend on each, cut marks on tiles; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from fivestep_web.supervision.wall import svg
from fivestep_web.supervision.wall.layout import HEAD, NAMES, TYPE
from fivestep_web.supervision.wall.links import link
from fivestep_web.supervision.wall.paper import (
    FOOTER,
    OVERLAP,
    PANEL_GAP,
    SHEET_MARGIN,
    TITLE,
    Pages,
    Paper,
    Tile,
    Window,
)
from fivestep_web.supervision.wall.rules import LOOK_WORDS, Look, Wait
from fivestep_web.supervision.wall.sheets import Sheet
from fivestep_web.supervision.wall.texts import cut, width_of

MARK = 5.0  # mm, the length of a cut mark
NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands on every page: the title, what is shown, as of when, what its dates depend on."""

    title: str
    subtitle: str
    made: str
    today: date
    warning: str = ""


def page_contents(
    pages: Pages, heading: Heading, waits: Sequence[Wait], codes: Mapping[int, str]
) -> list[str]:
    """Return the drawing of each page, in its units."""
    return [page_content(pages, number, heading, waits, codes) for number in range(1, len(pages.pages) + 1)]


def page_content(
    pages: Pages, number: int, heading: Heading, waits: Sequence[Wait], codes: Mapping[int, str]
) -> str:
    """Return the drawing of page *number*."""
    step = pages.panel_width + PANEL_GAP
    panels = (
        _moved_to(place * step, TITLE, _panel(pages, sheet, heading, waits, codes))
        for place, sheet in enumerate(pages.pages[number - 1])
    )
    return _title(pages, heading, number) + "".join(panels) + _legend(pages)


def _panel(
    pages: Pages, sheet: Sheet, heading: Heading, waits: Sequence[Wait], codes: Mapping[int, str]
) -> str:
    nowhere = svg.Addresses()
    links = link(sheet, waits, codes, pages.scale)
    return (
        svg.corner()
        + _moved_to(NAMES, 0, svg.head(pages.scale, heading.today))
        + _moved_to(0, HEAD, svg.names(sheet, nowhere))
        + _moved_to(NAMES, HEAD, svg.body(sheet, pages.scale, links, heading.today, nowhere))
        + f'<path class="frame" d="M0 0H{pages.panel_width:.1f}V{HEAD + sheet.height:.1f}H0z"/>'
    )


def _moved_to(x: float, y: float, content: str) -> str:
    return f'<g transform="translate({x:.1f} {y:.1f})">{content}</g>'


def _title(pages: Pages, heading: Heading, number: int) -> str:
    right = f"{heading.made}　第{number}页，共{len(pages.pages)}页"
    beside = pages.width - width_of(right, TYPE)
    used = width_of(heading.title, 22) + 16
    warning = svg.text(used, 27, heading.warning, "warning") if heading.warning else ""
    used += width_of(heading.warning, TYPE) + 16 if heading.warning else 0
    return (
        svg.text(0, 28, heading.title, "heading")
        + warning
        + svg.text(used, 27, cut(heading.subtitle, beside - used - 16, TYPE))
        + svg.text(beside, 27, right)
    )


def _legend(pages: Pages) -> str:
    """Return every sign with its words, smaller where the page is too narrow for all of them."""
    y = pages.height - FOOTER + 8
    x, parts = 0.0, []
    for look in Look:
        parts.append(svg.sample_content(look, x))
        parts.append(svg.text(x + 38, 13, LOOK_WORDS[look]))
        x += 38 + width_of(LOOK_WORDS[look], TYPE) + 16
    for sign, words in (
        ('<path class="moved" d="M{0:.1f} 4l5 5l-5 5l-5 -5z"/>', "原定时限"),
        ('<path class="deadline" d="M{0:.1f} 1v16"/>', "完成时限"),
        ('<path class="today" d="M{0:.1f} 0v18"/>', "今天"),
        ('<path class="arrow" d="M{0:.1f} 9l-6 -3.5v7z"/>', "前一项完成后开始"),
        ('<path class="late" d="M{0:.1f} 9h-6h12"/>', "逾期至今"),
    ):
        parts.append(sign.format(x + 6) + svg.text(x + 16, 13, words))
        x += 14 + width_of(words, TYPE) + 16
    shrunk = min(1.0, pages.width / x)
    return _moved_to(0, y, f'<g transform="scale({shrunk:.3f})">{"".join(parts)}</g>')


def whole_page(pages: Pages, content: str, *, is_alone: bool = False) -> Markup:
    """Return a page to the millimetre; *is_alone* for a file of its own."""
    paper = pages.paper
    place = Window(paper.margin, paper.margin, *paper.inner)
    inner = _window(place, Window(0, 0, pages.width, pages.height), content)
    return _in_millimetres(paper, inner, is_alone=is_alone)


def shared(contents: Sequence[str]) -> Markup:
    """Return the pages as things the tiles refer to: each is sent once, however many sheets show it."""
    groups = "".join(
        f'<g id="wall-page-{n}" class="w">{content}</g>' for n, content in enumerate(contents, 1)
    )
    return Markup(
        '<svg class="w wall-shared" width="0" height="0" aria-hidden="true"><defs>{}</defs></svg>'
    ).format(
        Markup(groups)  # noqa: S704 - made here, names escaped
    )


def tile_sheet(pages: Pages, tile: Tile, sheet: Paper) -> Markup:
    """Return a small sheet: its part of the page, cut marks at the corners, where it belongs."""
    units = pages.width / pages.paper.inner[0]
    part = tile.window
    view = Window(part.x * units, part.y * units, part.width * units, part.height * units)
    place = Window(SHEET_MARGIN, SHEET_MARGIN, part.width, part.height)
    shown = _window(place, view, f'<use href="#wall-page-{tile.page}"/>')
    return _in_millimetres(sheet, shown + _cut_marks(sheet, tile) + _place(sheet, tile))


def _window(place: Window, view: Window, content: str) -> str:
    """Return what *view* shows of *content*, at a *place* in millimetres."""
    box = f"{view.x:.2f} {view.y:.2f} {view.width:.2f} {view.height:.2f}"
    size = f'width="{place.width:.2f}" height="{place.height:.2f}"'
    return f'<svg x="{place.x:.2f}" y="{place.y:.2f}" {size} viewBox="{box}">{content}</svg>'


def _in_millimetres(paper: Paper, content: str, *, is_alone: bool = False) -> Markup:
    about = f"{NAMESPACE} " if is_alone else 'aria-hidden="true" '
    return Markup(  # noqa: S704 - made here, names escaped
        f'<svg class="w" {about}width="{paper.width:.0f}mm" height="{paper.height:.0f}mm"'
        f' viewBox="0 0 {paper.width:.0f} {paper.height:.0f}">{content}</svg>'
    )


def _cut_marks(sheet: Paper, tile: Tile) -> str:
    """Return marks at the corners of what is to be kept; the strip beyond the next sheet's edge is glued."""
    left, top = SHEET_MARGIN, SHEET_MARGIN
    right = sheet.width - SHEET_MARGIN - (0 if tile.is_last_column else OVERLAP)
    bottom = sheet.height - SHEET_MARGIN - (0 if tile.is_last_row else OVERLAP)
    far_x, far_y = sheet.width - SHEET_MARGIN, sheet.height - SHEET_MARGIN
    marks = "".join(
        f"M{x:.2f} {start:.2f}v{MARK:.2f}" for x in (left, right) for start in (top - MARK - 1, far_y + 1)
    )
    marks += "".join(
        f"M{start:.2f} {y:.2f}h{MARK:.2f}" for y in (top, bottom) for start in (left - MARK - 1, far_x + 1)
    )
    return f'<path class="cut-mark" d="{marks}"/>'


def _place(sheet: Paper, tile: Tile) -> str:
    words = f"第{tile.page}页　行{tile.row}列{tile.column}（共{tile.rows}行{tile.columns}列）"
    glued = [
        *(() if tile.is_last_column else ("右边",)),
        *(() if tile.is_last_row else ("下边",)),
    ]
    if glued:
        words += f"　{'、'.join(glued)}{OVERLAP:.0f}毫米为粘贴边，上面覆盖下一张"
    return svg.text(SHEET_MARGIN + MARK, sheet.height - 2, words, "tile-place")
