"""Cover, contents and parts of a booklet (C06, C15).

The contents are lines with PAGEREF fields and no TOC field: LibreOffice fills PAGEREF whenever it lays the
file out and Word whenever it prints, while the lines of a TOC stay as written until somebody asks for an
update. `w:updateFields` would make Word ask every reader a question at every opening, so it is not set;
what the fields show until then is counted when the document is made (documents.pagination).
"""

from collections.abc import Sequence

from fivestep_web.documents.pagination import UNCOUNTED
from fivestep_web.documents.wordml import (
    CHARACTER,
    SONG_TITLE,
    Layout,
    blank,
    field,
    paragraph,
    run,
    tab,
)

CENTRED = Layout(align="center")


def cover(lines: Sequence[str], *, above: int, below: int) -> str:
    """Return the first page: the title *above* lines down, *lines*, and *below* them who made it and when."""
    return (
        blank(above)
        + paragraph("GwTitle", "{{ title }}")
        + blank()
        + "".join(paragraph("GwRecipient", line, CENTRED) for line in lines)
        + blank(below)
        + paragraph("GwRecipient", "{{ department }}", CENTRED)
        + paragraph("GwRecipient", "{{ document_date }}", CENTRED)
    )


def contents_page(entries: str) -> str:
    """Return the page 目录 above its *entries*."""
    head = run("目　录", "GwRecipient", font=SONG_TITLE, size=44)
    return paragraph("GwRecipient", head, Layout(align="center", page_break_before=True)) + blank() + entries


def contents_entry(text: str, part: str, width: int) -> str:
    """Return one line of the contents: name, dots and the page of *part*; a long name turns over."""
    stop = f'<w:tab w:val="right" w:leader="dot" w:pos="{width}"/>'
    page = field(f"PAGEREF part_{part} \\h", UNCOUNTED, "GwRecipient")
    layout = Layout(indent=f'w:left="{2 * CHARACTER}" w:hanging="{2 * CHARACTER}"', tabs=stop)
    return paragraph("GwRecipient", run(text, "GwRecipient") + tab("GwRecipient") + page, layout)


def part_heading(text: str, part: str) -> str:
    """Return the heading of *part*, which begins a page and is what the contents refer to."""
    mark = f'<w:bookmarkStart w:id="{part}" w:name="part_{part}"/><w:bookmarkEnd w:id="{part}"/>'
    layout = Layout(keep_next=True, page_break_before=True)
    return paragraph("GwHeading1", run(text, "GwHeading1") + mark, layout)
