"""The notice of a person's own result of the year (C09), on one page (documents/notice_goals.py)."""

from word_blocks import KEPT, body
from word_forms import HAND_DATE, HAND_LINE

from fivestep_web.documents.notice_goals import SIZE
from fivestep_web.documents.wordml import TEXT_WIDTH, Layout, blank, paragraph, section
from fivestep_web.documents.wordml_tables import Column, cell, head_row, row, table, value_row

OPINION_HEIGHT = 800
SIGNED_HEIGHT = 420


def personal_result_notice() -> str:
    """Return the result, the own goals, how to object, and where the person gives an opinion and signs."""
    objection = (
        "对考核结果有异议的，可以"
        "{% if objection_end_date %}在{{ objection_end_date }}以前（含当日）{% endif %}"
        "向{{ receiver }}书面提出，写明事实和理由。"
        "{% if not objection_end_date %}截止日期确定后另行告知。{% endif %}"
    )
    return (
        paragraph("GwTitle", "{{ title }}")
        + blank()
        + paragraph("GwRecipient", "{{ recipient }}同志：")
        + body("现将你（{{ unit_and_position }}）{{ year }}年度考核结果通知如下。", KEPT)
        + _result()
        + paragraph(
            "GwNote",
            "注：{{ series }}共{{ unit_count }}个单位；{{ figure_note }}",
        )
        + paragraph("GwRecipient", "{{p goal_list }}")
        + body(objection, KEPT)
        + paragraph("GwRecipient", "{{p signature }}")
        + _opinion()
        + paragraph("GwNote", "本通知只送本人和人事部门，不在通报、公示中刊载；签署意见后由人事部门存查。")
        + section()
    )


def _result() -> str:
    grade = "{% if grade %}{{ grade }}{% else %}（尚未评定）{% endif %}"
    columns = [
        Column("所在单位", 2145, "{{ unit | cell }}"),
        Column("单位总分", 1300, "{{ total_score | cell }}"),
        Column("单位位次", 1200, "{{ rank | cell }}"),
        Column("本人完成得分", 1500, "{{ own_score | cell }}"),
        Column("个人得分", 1200, "{{ personal_score | cell }}"),
        Column("年度等次", 1500, grade),
    ]
    rows = head_row(columns, keep_next=True) + value_row(columns, size=SIZE, keep_next=True)
    return table([column.width for column in columns], rows)


def _opinion() -> str:
    """Return the form for the person's opinion and signature, on one page with the note below it."""

    def line(text: str, height: int, *, head: bool = False) -> str:
        content = paragraph("GwTableCell", text, Layout(keep_next=True))
        return row(cell(TEXT_WIDTH, content, top=head), head=head, height=height)

    signed = f"本人签字：{HAND_LINE}　　　　　　　　　{HAND_DATE}"
    return table([TEXT_WIDTH], line("本人意见：", OPINION_HEIGHT, head=True) + line(signed, SIGNED_HEIGHT))
