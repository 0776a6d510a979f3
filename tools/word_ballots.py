"""The paper ballot and the count of it (C17); their tables are made when the number of choices is known."""

from word_blocks import KEPT, body
from word_forms import HAND_LINE

from fivestep_web.documents.wordml import PLAIN, Layout, blank, optional, paragraph, run, section

SIZE = 24
HAND_TIME = "　　　　年　　月　　日　　时　　分"


def ballot_form() -> str:
    """Return C17, the ballot: how to fill it, the units, and the group at its foot; no place for a name."""
    choose = "{% if choices %}每行只在一个“□”内画“√”，画两处以上的该行无效。{% endif %}"
    score = (
        "{% if score_range %}每行填写一个分数（{{ score_range }}）；不评分的，在“{{ abstention }}”栏的“□”内"
        "画“√”。{% else %}不作评价的，选“{{ abstention }}”。{% endif %}"
    )
    return (
        paragraph("GwTitle", "{{ title }}")
        + blank()
        + _how("填票说明：{{ cycle }}，对下列{{ series }}作出评价。")
        + _how("1.本票不记名，不要填写姓名，不要作任何记号。")
        + _how("2." + choose + score)
        + _how("3.涂改无效，原意清楚的除外；超过半数的行无效或者空白的，整张票无效。")
        + optional("own_unit", _how("4.填票人所在单位不在本票之列。"))
        + optional("deadline", _how("请于{{ deadline }}前将本票投入票箱。"))
        + paragraph("GwNote")
        + paragraph("GwRecipient", "{{p ballot_table }}")
        + _how("{{ department }}　{{ document_date }}制", Layout(align="right"))
        + paragraph("GwRecipient", "评价组：{{ group }}", Layout(align="center"))
        + section()
    )


def _how(text: str, layout: Layout = PLAIN) -> str:
    return paragraph("GwNote", run(text, "GwNote", size=SIZE), layout)


def tally_sheet() -> str:
    """Return C17, the count: figures of the ballots, of each unit, and who counted and supervised."""
    signed = Layout(keep_next=True)
    return (
        paragraph("GwTitle", "{{ title }}")
        + blank()
        + body(
            "{{ cycle }}，评价组为{{ group }}，序列为{{ series }}。"
            "发出{{ issued_count }}份，收回{{ returned_count }}份，其中无效{{ invalid_count }}份、"
            "有效{{ valid_count }}份。",
            KEPT,
        )
        + paragraph("GwRecipient", "{{p tally_table }}")
        + paragraph(
            "GwNote",
            "注：“有效”为计入平均分的行数，“无效”为无效行数；有效不足5份的不分项列出。"
            "带※的是按规则去掉的最高分、最低分。本表仅供计票、监票使用，不公布。",
            signed,
        )
        + paragraph("GwSignatureCell", f"计票人（签字）：{HAND_LINE}", signed) * 2
        + paragraph("GwSignatureCell", f"监票人（签字）：{HAND_LINE}", signed)
        + paragraph(
            "GwSignatureCell",
            "计票时间：{% if tallied_at %}{{ tallied_at }}{% else %}" + HAND_TIME + "{% endif %}",
            signed,
        )
        + paragraph("GwNote", "{{ department }}　{{ document_date }}制", Layout(align="right"))
        + section()
    )
