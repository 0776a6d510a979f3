"""The report of a research team (C01) and the annual work priorities (C02)."""

from word_blocks import (
    KEPT,
    attached,
    attachment_head,
    attachment_note,
    attachment_notes,
    body,
    document_head,
    heading,
    paragraphs,
    signature,
)
from word_parts import imprint

from fivestep_web.documents.wordml import (
    HEITI,
    KAITI,
    THIN_CELL,
    Layout,
    blank,
    optional,
    paragraph,
    repeated,
    run,
    section,
)
from fivestep_web.documents.wordml_tables import (
    NO_CELL_MARGIN,
    Column,
    data_table,
    head_row,
    looped,
    merged_over,
    merged_row,
    table,
    value_row,
)

CENTRED = Layout(align="center")


def research_report() -> str:
    """Return C01: seven parts, and the fieldwork in two attachments."""
    return (
        paragraph("GwTitle", "{{ title }}")
        + "".join(
            paragraph("GwRecipient", run(text, "GwRecipient", font=KAITI), CENTRED)
            for text in ("{{ team_unit }}", "（{{ document_date }}）")
        )
        + blank()
        + heading(1, "一、调研基本情况")
        + body(_fieldwork())
        + heading(1, "二、现状和做法")
        + paragraphs("situation")
        + heading(1, "三、重点和难点")
        + heading(2, "（一）重点")
        + paragraphs("key_points")
        + heading(2, "（二）难点")
        + paragraphs("difficulties")
        + heading(1, "四、原因分析")
        + paragraphs("causes")
        + heading(1, "五、目标要求")
        + paragraphs("goals")
        + heading(1, "六、具体措施")
        + paragraphs("measures")
        + heading(1, "七、工作方案")
        + _plan()
        + attachment_notes()
        + blank(keep_next=True)
        + paragraph("GwRecipient", "{{p sign_off }}")
        + attached("records", _records())
        + attached("questionnaires", _questionnaires())
        + section()
    )


def _fieldwork() -> str:
    """Return who did the research, when and how; ways that were not used are not mentioned."""
    return (
        "调研由{{ team_unit }}承担，组长{{ team_leader }}"
        "{% if members %}，成员{{ members | join }}{% endif %}。"
        "调研自{{ start_date }}至{{ end_date }}，围绕“{{ topic }}”进行。"
        "{% if fieldwork.visit_count %}走访{{ fieldwork.visit_count }}次。{% endif %}"
        "{% if fieldwork.meeting_count %}座谈{{ fieldwork.meeting_count }}场"
        "{{ fieldwork.participant_count }}人次。{% endif %}"
        "{% if fieldwork.other_count %}以其他形式调研{{ fieldwork.other_count }}次。{% endif %}"
        "{% if fieldwork.issued_count %}问卷发出{{ fieldwork.issued_count }}份，"
        "收回{{ fieldwork.returned_count }}份，有效{{ fieldwork.valid_count }}份。{% endif %}"
    )


def _plan() -> str:
    columns = [
        Column("序号", 600, "{{ phase.sequence }}"),
        Column("阶段", 1645, "{{ phase.phase | cell }}", "left"),
        Column("工作内容", 3000, "{{ phase.content | cell }}", "left"),
        Column("起止时间", 2000, "{{ phase.period | dated }}", margin=THIN_CELL),
        Column("责任人", 1600, "{{ phase.owner | cell }}"),
    ]
    return data_table(columns, "phase in plan")


def _records() -> str:
    columns = [
        Column("序号", 600, "{{ record.sequence }}"),
        Column("形式", 600, "{{ record.form }}", margin=THIN_CELL),
        Column("时间", 1245, "{{ record.day | dated }}", margin=NO_CELL_MARGIN),
        Column("地点", 1300, "{{ record.place | cell }}"),
        Column("访谈对象或\n参加人员", 1700, "{{ record.participants | cell }}", "left"),
        Column("人数", 700, "{{ record.participant_count }}"),
        Column("了解的主要情况", 2700, "{{ record.summary | cell }}", "left"),
    ]
    return data_table(columns, "record in records")


def _questionnaires() -> str:
    """Return one table, a questionnaire's name above its questions, a question beside its answers."""
    columns = [
        Column("序号", 600, "{{ question.sequence }}"),
        Column("题目", 3545, "{{ question.question | cell }}", "left"),
        Column("选项", 2500, "{{ answer.answer | cell }}", "left"),
        Column("人数", 1000, "{{ answer.count }}"),
        Column("占比", 1200, "{{ answer.share | cell }}"),
    ]
    shared = ("序号", "题目")
    name = (
        "{{ questionnaire.name }}（发出{{ questionnaire.issued_count }}份，"
        "收回{{ questionnaire.returned_count }}份，有效{{ questionnaire.valid_count }}份）"
    )
    answers = merged_over(columns, shared, "answer in question.answers")
    questions = looped(columns, "question in questionnaire.questions", answers)
    rows = head_row(columns) + looped(
        columns, "questionnaire in questionnaires", merged_row(columns, name) + questions
    )
    return table([column.width for column in columns], rows)


def annual_work_priorities() -> str:
    """Return C02: the covering notice, then the priorities by category and the list of all topics."""
    name = "{{ year }}年组织工作要点"
    return (
        document_head()
        + body(
            f"现将《{name}》印发给你们。请对照要点明确的目标要求和完成时限，细化任务，明确责任，"
            "按时签订目标责任书，认真抓好落实。"
        )
        + body("特此通知。", KEPT)
        + attachment_note(name)
        + signature()
        + attachment_head(name, page_break=True)
        + paragraphs("opening")
        + repeated("one in categories", _category())
        + heading(1, "{{ (categories | length + 1) | ordinal }}、组织保障")
        + paragraphs("assurance")
        + paragraph(
            "GwRecipient",
            run("课题一览表", "GwRecipient", font=HEITI),
            Layout(align="center", keep_next=True),
        )
        + _topics()
        + optional("number", imprint())
        + section()
    )


def _category() -> str:
    topic = body(
        "工作目标：{{ topic.goals | sentence }}主要措施：{{ topic.measures | sentence }}"
        "牵头单位：{{ topic.lead_unit }}；"
        "{% if topic.assisting_units %}协助单位：{{ topic.assisting_units | join }}；{% endif %}"
        "完成时限：{{ topic.deadline }}；层次：{{ topic.tier }}。"
    )
    return heading(1, "{{ loop.index | ordinal }}、{{ one.heading }}") + repeated(
        "topic in one.topics", heading(2, "（{{ loop.index | ordinal }}）{{ topic.topic }}") + topic
    )


def _topics() -> str:
    columns = [
        Column("序号", 600, "{{ topic.sequence }}"),
        Column("课题", 3200, "{{ topic.topic | cell }}", "left"),
        Column("类别", 1500, "{{ one.category | cell }}"),
        Column("层次", 900, "{{ topic.tier | cell }}"),
        Column("牵头单位", 1445, "{{ topic.lead_unit | cell }}"),
        Column("完成时限", 1200, "{{ topic.deadline | dated }}", margin=NO_CELL_MARGIN),
    ]
    rows = head_row(columns) + looped(
        columns, "one in categories", looped(columns, "topic in one.topics", value_row(columns))
    )
    return table([column.width for column in columns], rows)
