"""Blocks that several documents share: head, headings, text, attachment, signature (GB/T 9704 A4, A5)."""

from fivestep_web.documents.wordml import (
    KAITI,
    PLAIN,
    STYLES,
    Layout,
    blank,
    optional,
    paragraph,
    repeated,
    run,
    tab,
)
from fivestep_web.documents.wordml_tables import Column, data_table

KEPT = Layout(keep_next=True)


def heading(level: int, text: str) -> str:
    """Return a heading of *level*, kept with what follows."""
    return paragraph(f"GwHeading{level}", text, KEPT)


def body(text: str, layout: Layout = PLAIN) -> str:
    """Return a paragraph of text."""
    return paragraph("GwBody", text, layout)


def document_head(*, signatory: bool = False) -> str:
    """Return mark, number, red line and title (A4, A5); upwards with the signatory beside the number."""
    return (
        paragraph("GwRecipient", "{{p agency_mark }}")
        + blank(2)
        + (_signed_number() if signatory else paragraph("GwDocNumber", "{{ shown_number }}"))
        + blank(2)
        + paragraph("GwTitle", "{{ title }}")
        + blank()
        + paragraph("GwRecipient", "{{ letterhead.main_recipients }}：")
    )


def _signed_number() -> str:
    """Return number and signatory on one line above the red line."""
    signatory = run("签发人：", "GwDocNumber") + run("{{ signatory }}", "GwDocNumber", font=KAITI)
    return both_sides("GwDocNumber", "{{ shown_number }}", signatory) + red_line()


def both_sides(style: str, left: str, right: str) -> str:
    """Return a text and runs at both ends of a line, each one character in (A4).

    A border is as wide as its paragraph, so the style's own is left to `red_line`.
    """
    layout = Layout(
        align="left",
        indent='w:left="320" w:right="320"',
        borders='<w:bottom w:val="nil"/>' if STYLES[style].borders else "",
        tabs='<w:tab w:val="right" w:pos="8525"/>',
        keep_next=True,
    )
    return paragraph(style, run(left, style) + tab(style) + right, layout)


def red_line() -> str:
    """Return the red line of the head as a paragraph of one point, 4 mm below the text above it (A4)."""
    border = '<w:bottom w:val="single" w:sz="8" w:space="10" w:color="FF0000"/>'
    return paragraph("GwGap", layout=Layout(borders=border))


def attachment_note(name: str) -> str:
    """Return 附件说明, one line below the text (A5)."""
    return blank(keep_next=True) + paragraph("GwAttachmentNote", f"附件：{name}", KEPT)


def signature() -> str:
    """Return 署名 and 成文日期, kept with the text."""
    return blank(2, keep_next=True) + paragraph("GwRecipient", "{{p signature }}")


def attachment_head(title: str, *, page_break: bool, label: str = "附件") -> str:
    """Return 附件, an empty line and the title of the attachment."""
    first = paragraph("GwAttachmentLabel", label, Layout(page_break_before=page_break))
    return first + blank() + paragraph("GwTitle", title) + blank()


def attachment_notes() -> str:
    """Return 附件说明 of a document that may have several attachments, or none."""
    return optional("attached", blank(keep_next=True) + paragraph("GwRecipient", "{{p attachment_notes }}"))


def attached(name: str, content: str, *, page_break: bool = True) -> str:
    """Return attachment *name* of several with its head; nothing where the document does not have it."""
    one = f"attached.{name}"
    head = attachment_head(f"{{{{ {one}.title }}}}", page_break=page_break, label=f"{{{{ {one}.label }}}}")
    return optional(f"'{name}' in attached", head + content)


def paragraphs(field: str, *, kept: bool = False) -> str:
    """Return the paragraphs of a list of texts; the last may be kept with what follows."""
    text = body("{{ paragraph }}")
    if kept:
        text = optional("not loop.last", text) + optional("loop.last", body("{{ paragraph }}", KEPT))
    return repeated(f"paragraph in {field}", text)


def unit_list(head: str, field: str) -> str:
    """Return the table of `units`, what each is named for in the last column."""
    columns = [
        Column("序号", 700, "{{ one.sequence }}"),
        Column("单位", 4845, "{{ one.unit | cell }}"),
        Column(head, 3300, f"{{{{ one.{field} | cell }}}}"),
    ]
    return data_table(columns, "one in units")


def person_list(head: str, field: str) -> str:
    """Return the table of `persons`, what each is named for in the last column."""
    columns = [
        Column("序号", 700, "{{ one.sequence }}"),
        Column("姓名", 2400, "{{ one.name | cell }}"),
        Column("单位及职务", 3845, "{{ one.unit_and_position | cell }}", "left"),
        Column(head, 1900, f"{{{{ one.{field} | cell }}}}"),
    ]
    return data_table(columns, "one in persons")


def listed(field: str, content: str, *, kept: bool = False) -> str:
    """Return *content* where the list *field* has items, and 无 where it has none."""
    return optional(field, content) + optional(f"not {field}", body("无。", KEPT if kept else PLAIN))


def each(field: str, content: str) -> str:
    """Return *content* for each `one` of the list *field*, and 无 where it has none."""
    return listed(field, repeated(f"one in {field}", content))
