"""The wording and order of each document (official-documents.md part C); tags name fields of its payload."""

from word_achievement import achievement_file
from word_admonitions import admonition_notice, admonition_record
from word_ballots import ballot_form, tally_sheet
from word_blocks import (
    KEPT,
    attachment_head,
    attachment_note,
    body,
    document_head,
    heading,
    person_list,
    signature,
    unit_list,
)
from word_books import task_book, timetable
from word_bulletins import monthly_bulletin, publicity_notice, quarterly_review
from word_ledger import ledger_book
from word_parts import imprint
from word_planning import annual_work_priorities, research_report
from word_recommendation import recommendation_list
from word_result import annual_assessment_result
from word_result_notice import personal_result_notice
from word_supervision import consultation_minutes, inquiry_sheet, supervision_notice

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.wordml import (
    FIRST_LINE,
    HEITI,
    LINE_BREAK,
    THIN_CELL,
    Layout,
    blank,
    optional,
    paragraph,
    run,
    section,
)
from fivestep_web.documents.wordml_tables import (
    Column,
    cell,
    data_table,
    head_row,
    looped,
    merged_row,
    row,
    row_tag,
    table,
    value_row,
)


def responsibility_letter() -> str:
    """Return C05; the set wording is that of part C."""
    goal_columns = [
        Column("序号", 600, "{{ goal.sequence }}"),
        Column("工作目标", 2500, "{{ goal.goal | cell }}", "left"),
        Column("完成标准", 2500, "{{ goal.standard | cell }}", "left"),
        Column("完成时限", 1345, "{{ goal.deadline | dated }}"),
        Column("权重", 800, "{{ goal.weight | cell }}"),
        Column("责任人", 1100, "{{ goal.responsible_person | cell }}"),
    ]
    widths = [column.width for column in goal_columns]
    total = row(
        cell(sum(widths[:4]), paragraph("GwTableCell", "合计", Layout(align="center")), span=4)
        + cell(widths[4], paragraph("GwTableCell", "{{ total_weight }}", Layout(align="center")))
        + cell(widths[5], paragraph("GwTableCell", "—", Layout(align="center")))
    )
    rows = head_row(goal_columns) + looped(goal_columns, "goal in goals", value_row(goal_columns)) + total
    text = (
        paragraph("GwTitle", "{{ title }}")
        + paragraph("GwInternalNumber", "{{ shown_number }}")
        + blank()
        + body("甲方：{{ issuing_side.name }}")
        + body("乙方：{{ responsible_side.name }}")
        + body("为落实{{ year }}年组织工作要点，明确目标、压实责任，甲乙双方签订本责任书。")
        + optional("change_note", body("{{ change_note }}"))
        + heading(1, "一、责任目标")
        + table(widths, rows)
        + heading(1, "二、完成标准和时限")
        + body("以上表所列为准；阶段节点见所附时间表。需要调整的，按变更程序办理并重新签订。")
        + heading(1, "三、保障措施")
        + heading(2, "（一）甲方责任")
        + body("协调解决问题，按时审核验收，随时督导并提出指导性意见。")
        + heading(2, "（二）乙方责任")
        + body("分解到人，按节点推进，如实报送进展，按月反馈，按季汇报。")
        + heading(1, "四、考核与奖惩")
        + body(
            "完成情况纳入月通报、季点评和年度考核，记入实绩考核档案；结果作为评先评优、晋升职级的重要依据；"
            "实绩考核较差或群众满意度测评较低的，按规定进行诫勉谈话。"
        )
        + heading(1, "五、附则")
        + body(
            "本责任书一式两份，双方各执一份，自双方签字之日起生效，有效期至{{ year }}年12月31日。"
            "职务变动的，由接任人员承接并办理变更手续。",
            KEPT,
        )
    )
    note = optional("timetable", attachment_note("阶段时间表"))
    return (
        text
        + note
        + blank(keep_next=True)
        + _letter_signatures()
        + _letter_verification()
        + _letter_timetable()
        + section()
    )


def _letter_signatures() -> str:
    """Return the two-column signature block of C05, kept on one page; the lines of B9 come last."""

    def pair(text: str, *, style: str = "GwSignatureCell", size: int = 32) -> str:
        return "".join(
            cell(
                width,
                paragraph(style, run(text.replace("SIDE", side), style, size=size), KEPT),
                top=True,
            )
            for width, side in ((4422, "issuing"), (4423, "responsible"))
        )

    head = "".join(
        cell(width, paragraph("GwSignatureCell", text, KEPT), top=True)
        for width, text in ((4422, "甲方（盖章/签字）"), (4423, "乙方（盖章/签字）"))
    )
    # moment and check code have a line of their own: in a full one they would be broken in the middle
    electronic = (
        "{% if SIDE_side.signature %}电子签署 {{ SIDE_side.signature.position }}"
        + LINE_BREAK
        + "{{ SIDE_side.signature.signed_at }} 校验码 {{ SIDE_side.signature.check_code }}"
        "{% else %}—{% endif %}"
    )
    rows = (
        row(head, head=True)
        + row(pair("{{ SIDE_side.name }}"))
        + row(pair("签字：＿＿＿＿＿＿＿＿{{ SIDE_mark }}"))
        + row(pair("{{ SIDE_side.signatory_position }}　{{ SIDE_side.signatory_name }}"))
        + row(pair("　　　　年　　月　　日"))
        + row_tag("if issuing_side.signature or responsible_side.signature", 8845, 2)
        + row(pair(electronic, style="GwNote", size=18))
        + row_tag("endif", 8845, 2)
    )
    return table([4422, 4423], rows, bordered=False)


def _letter_verification() -> str:
    """Return the verification code, its address and the QR code, below the signature block (B9)."""
    how = (
        "{% if verification.has_qr %}扫描二维码，或{% endif %}"
        "在核验网址输入编号，可核对内容、签署和是否已变更。"
    )
    return optional(
        "verification",
        paragraph(
            "GwNote",
            "{{ verification_code }}核验编号：{{ verification.serial }}（第{{ letter_version }}版）",
            KEPT,
        )
        + paragraph("GwNote", "核验网址：{{ verification.address }}", KEPT)
        + paragraph("GwNote", how),
    )


def _letter_timetable() -> str:
    columns = [
        Column("序号", 600, "{{ phase.sequence }}"),
        Column("阶段", 2245, "{{ phase.phase | cell }}", "left"),
        Column("完成标志", 3000, "{{ phase.completion_mark | cell }}", "left"),
        Column("起止时间", 2000, "{{ phase.period | dated }}", margin=THIN_CELL),
        Column("责任人", 1000, "{{ phase.responsible_person | cell }}"),
    ]
    phases = looped(columns, "phase in planned.phases", value_row(columns))
    rows = head_row(columns) + looped(
        columns, "planned in timetable", merged_row(columns, "{{ planned.goal }}") + phases
    )
    content = attachment_head("阶段时间表", page_break=True) + table([c.width for c in columns], rows)
    return optional("timetable", content + paragraph("GwGap"))


def commendation_decision() -> str:
    """Return C10: a decision with an approval basis, a bulletin without, and the list."""
    counted = (
        "{% if units %}{{ units | length }}个单位{% endif %}{% if units and persons %}和{% endif %}"
        "{% if persons %}{{ persons | length }}名个人{% endif %}"
    )
    text = (
        document_head()
        + body(
            "{{ year }}年，全县组织系统围绕年度组织工作要点，按照定课题、明责任、抓推进、建台账、严考核的要求"
            "开展工作，"
            "各项目标任务取得实效，涌现出一批实绩突出的单位和个人。"
            "{% if approval_basis %}根据{{ approval_basis }}，{% endif %}"
            "在年度实绩考核的基础上提出名单"
            "{% if publicity_end_date %}并进行公示，公示于{{ publicity_end_date }}结束，未收到影响表彰的异议"
            "{% else %}，名单尚未公示{% endif %}。"
        )
        + optional("approval_basis", body(f"为树立典型、激励先进，决定对{counted}予以表彰。"))
        + optional("not approval_basis", body(f"为树立典型、激励先进，对{counted}予以通报表扬。"))
        + body(
            "希望受到{% if approval_basis %}表彰{% else %}表扬{% endif %}的单位和个人珍惜荣誉，"
            "再接再厉，取得新的成绩。"
            "各单位和组织系统干部要以先进为榜样，履职尽责，真抓实干，推动组织工作提质增效。",
            KEPT,
        )
        + attachment_note("{{ list_title }}")
        + signature()
    )
    listing = (
        attachment_head("{{ list_title }}", page_break=True)
        + optional("units", paragraph("GwRecipient", run("先进集体", "GwRecipient", font=HEITI), KEPT))
        + optional("units", unit_list("表彰类别", "award"))
        + optional("persons", paragraph("GwRecipient", run("先进个人", "GwRecipient", font=HEITI), KEPT))
        + optional("persons", person_list("表彰类别", "award"))
        + paragraph("GwNote", "注：{{ order_rule }}")
    )
    return text + listing + optional("number", imprint()) + section()


def admonition_list() -> str:
    """Return C12, confidential."""
    columns = [
        Column("序号", 600, "{{ candidate.sequence }}"),
        Column("姓名", 1200, "{{ candidate.name | cell }}"),
        Column("单位及职务", 2500, "{{ candidate.unit_and_position | cell }}", "left"),
        Column("触发情形", 2345, "{{ candidate.trigger | cell }}", "left"),
        Column("建议方式", 1100, "{{ candidate.proposed_way | cell }}", margin=THIN_CELL),
        Column("批准意见", 1100, "{{ candidate.approval_opinion | cell }}", margin=THIN_CELL),
    ]
    return (
        paragraph("GwTitle", "{{ title }}")
        + blank()
        + body(
            "按照对实绩考核较差或群众满意度测评较低的进行诫勉谈话的规定，{{ year }}年度考核总分低于"
            "{{ score_threshold }}分，或群众满意率低于{{ satisfaction_threshold }}的，列为建议谈话对象。"
            "经汇总核对，提出下列建议名单。"
        )
        + data_table(columns, "candidate in candidates")
        + blank(keep_next=True)
        + body("提出部门意见：{{ proposal_opinion }}", KEPT)
        + paragraph(
            "GwSignature", "{{ proposing_department }}", Layout(indent='w:right="1280"', keep_next=True)
        )
        + paragraph("GwDate", "{{ document_date }}", Layout(indent='w:right="1280"', keep_next=True))
        + blank(keep_next=True)
        + body(
            "批准人（{{ approver_position }}）签字：＿＿＿＿＿＿＿＿",
            Layout(indent=FIRST_LINE, keep_next=True),
        )
        + paragraph("GwDate", "　　　　年　　月　　日", Layout(indent='w:right="1280"'))
        + section()
    )


BODIES = {
    DocumentKind.RESEARCH_REPORT: research_report,
    DocumentKind.ANNUAL_WORK_PRIORITIES: annual_work_priorities,
    DocumentKind.MONTHLY_BULLETIN: monthly_bulletin,
    DocumentKind.QUARTERLY_REVIEW: quarterly_review,
    DocumentKind.PUBLICITY_NOTICE: publicity_notice,
    DocumentKind.RECOMMENDATION_LIST: recommendation_list,
    DocumentKind.CONSULTATION_MINUTES: consultation_minutes,
    DocumentKind.SUPERVISION_NOTICE: supervision_notice,
    DocumentKind.INQUIRY_SHEET: inquiry_sheet,
    DocumentKind.TASK_BOOK: task_book,
    DocumentKind.TIMETABLE: timetable,
    DocumentKind.RESPONSIBILITY_LETTER: responsibility_letter,
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: annual_assessment_result,
    DocumentKind.PERSONAL_RESULT_NOTICE: personal_result_notice,
    DocumentKind.COMMENDATION_DECISION: commendation_decision,
    DocumentKind.ADMONITION_LIST: admonition_list,
    DocumentKind.ADMONITION_NOTICE: admonition_notice,
    DocumentKind.ADMONITION_RECORD: admonition_record,
    DocumentKind.LEDGER_BOOK: ledger_book,
    DocumentKind.BALLOT_FORM: ballot_form,
    DocumentKind.TALLY_SHEET: tally_sheet,
    DocumentKind.ACHIEVEMENT_FILE: achievement_file,
}
