"""Task book and timetable (C03, C04): one covering notice each, one landscape table."""

from word_blocks import KEPT, attachment_head, attachment_note, body, document_head, signature
from word_parts import imprint

from fivestep_web.documents.wordml import blank, optional, paragraph, section, section_end
from fivestep_web.documents.wordml_tables import (
    NO_CELL_MARGIN,
    Column,
    head_row,
    looped,
    merged_over,
    merged_row,
    table,
    value_row,
)


def task_book() -> str:
    """Return C03: a covering notice where there is a letterhead, then the landscape table."""
    notice = (
        document_head()
        + body(
            "《{{ book_title }}》已经部务会议研究同意，现印发给你们。各责任单位要对照任务书明确的工作目标、"
            "完成标准和完成时限，把任务落实到岗、责任落实到人，倒排工期，逐项推进，确保按期完成。"
        )
        + body("特此通知。", KEPT)
        + attachment_note("{{ book_title }}")
        + signature()
        + section_end()
    )
    columns = [
        Column("序号", 600, "{{ goal.sequence }}"),
        Column("类别", 1300, "{{ goal.category | cell }}"),
        Column("工作目标", 3000, "{{ goal.goal | cell }}", "left"),
        Column("完成标准", 2600, "{{ goal.standard | cell }}", "left"),
        Column("完成时限", 1256, "{{ goal.deadline | dated }}"),
        Column("责任单位", 1300, "{{ goal.responsible_unit | cell }}"),
        Column("责任人", 1200, "{{ goal.responsible_person | cell }}"),
        Column("主管领导", 1500, "{{ goal.leader_in_charge | cell }}"),
    ]
    goals = looped(columns, "goal in topic.goals", value_row(columns, size=21))
    topic = merged_row(columns, "{{ topic.topic }}（{{ topic.tier }}）", size=21)
    rows = head_row(columns) + looped(columns, "topic in topics", topic + goals)
    book = (
        optional("letterhead", attachment_head("{{ book_title }}", page_break=False))
        + optional("not letterhead", paragraph("GwTitle", "{{ book_title_lines }}") + blank())
        + paragraph("GwNote", "截至{{ as_of_date }}，共{{ goal_count }}项工作目标。")
        + table([column.width for column in columns], rows)
        + paragraph(
            "GwNote", "编制单位：{{ compiled_by }}　　审核人：{{ reviewed_by }}　　{{ document_date }}"
        )
        + optional("letterhead", section_end(landscape=True, turned=True))
        + optional("not letterhead", section_end(landscape=True))
    )
    return optional("letterhead", notice) + book + optional("letterhead and number", imprint()) + section()


def timetable() -> str:
    """Return C04: as the task book, a row a phase, the goal's own cells merged over its phases."""
    notice = (
        document_head()
        + body(
            "《{{ book_title }}》已经部务会议研究同意，现印发给你们。各责任单位要对照时间表明确的阶段和周次，"
            "按节点推进，逐周对账，按时报送进展，确保按期完成。"
        )
        + body("特此通知。", KEPT)
        + attachment_note("{{ book_title }}")
        + signature()
        + section_end()
    )
    columns = [
        Column("序号", 560, "{{ goal.sequence }}"),
        Column("类别", 1150, "{{ goal.category | cell }}"),
        Column("工作目标", 2100, "{{ goal.goal | cell }}", "left"),
        Column(
            "阶段及完成标志", 2350, "{{ phase.phase | cell }}：{{ phase.completion_mark | cell }}", "left"
        ),
        Column("起止时间", 1700, "{{ phase.period | dated }}"),
        Column("周次", 846, "{{ phase.weeks | weeks }}\n{{ phase.week_end | cell }}", margin=NO_CELL_MARGIN),
        Column("完成时限", 1150, "{{ goal.deadline | dated }}"),
        Column("责任单位", 1100, "{{ goal.responsible_unit | cell }}"),
        Column("责任人", 900, "{{ goal.responsible_person | cell }}"),
        Column("主管\n领导", 900, "{{ goal.leader_in_charge | cell }}"),
    ]
    shared = ("序号", "类别", "工作目标", "完成时限", "责任单位", "责任人", "主管\n领导")
    phases = merged_over(columns, shared, "phase in goal.phases", size=21)
    rows = head_row(columns) + looped(columns, "goal in goals", phases)
    book = (
        optional("letterhead", attachment_head("{{ book_title }}", page_break=False))
        + optional("not letterhead", paragraph("GwTitle", "{{ book_title_lines }}") + blank())
        + paragraph(
            "GwNote",
            "截至{{ as_of_date }}，共{{ goal_count }}项工作目标、{{ phase_count }}个阶段。周次从周一算起"
            "（GB/T 7408），其下日期是该阶段完成时限所在周的最后一个工作日。"
            "{% if calendar_note %}{{ calendar_note }}{% endif %}",
        )
        + table([column.width for column in columns], rows)
        + paragraph(
            "GwNote", "编制单位：{{ compiled_by }}　　审核人：{{ reviewed_by }}　　{{ document_date }}"
        )
        + optional("letterhead", section_end(landscape=True, turned=True))
        + optional("not letterhead", section_end(landscape=True))
    )
    return optional("letterhead", notice) + book + optional("letterhead and number", imprint()) + section()
