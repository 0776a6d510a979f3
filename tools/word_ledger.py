"""The supervision ledger as a booklet (C06): cover, contents, a part for each topic, statistics."""

from word_blocks import KEPT, body, heading, listed
from word_contents import contents_entry, contents_page, cover, part_heading

from fivestep_web.documents.wordml import (
    LANDSCAPE_WIDTH,
    Layout,
    optional,
    paragraph,
    repeated,
    run,
    section,
)
from fivestep_web.documents.wordml_tables import Column, cell, head_row, looped, row, table, value_row

SIZE = 21
CENTRED = Layout(align="center")
TOPIC = "{{ loop.index | ordinal }}、{{ topic.topic }}"
STATISTICS = "{{ (topics | length + 1) | ordinal }}、各单位完成情况统计"
LAST_PART = "{{ topics | length + 1 }}"
COUNTS = {
    "事项": "total_count",
    "到期": "due_count",
    "完成": "completed_count",
    "√\n已销号": "written_off_count",
    "■\n正常": "green_count",
    "●\n临期": "blue_count",
    "◆\n滞后": "yellow_count",
    "▲\n严重\n滞后": "lagging_count",
    "▲\n逾期": "overdue_count",
    "其他": "other_count",
}


def ledger_book() -> str:
    """Return C06, all of it on landscape pages; each topic begins on a page of its own."""
    topic = contents_entry(TOPIC, "{{ loop.index }}", LANDSCAPE_WIDTH)
    last = contents_entry(STATISTICS, LAST_PART, LANDSCAPE_WIDTH)
    return (
        cover(("{{ coverage }}", "截至{{ as_of_date }}"), above=3, below=4)
        + contents_page(repeated("topic in topics", topic) + last)
        + repeated("topic in topics", _topic())
        + part_heading(STATISTICS, LAST_PART)
        + _statistics()
        + section(landscape=True)
    )


def _topic() -> str:
    opinion = (
        "{{ opinion.date }}，{{ opinion.leader }}：{{ opinion.opinion }}"
        "{% if opinion.follow_up %}落实情况：{{ opinion.follow_up }}{% endif %}"
    )
    return (
        part_heading(TOPIC, "{{ loop.index }}")
        + body(
            "牵头单位：{{ topic.lead_unit }}　　主管领导：{{ topic.leader_in_charge }}　　"
            "层次：{{ topic.tier }}",
            KEPT,
        )
        + _entries()
        + heading(2, "指导性意见")
        + listed("topic.opinions", repeated("opinion in topic.opinions", body(opinion)))
    )


def _entries() -> str:
    columns = [
        Column("序号", 560, "{{ entry.sequence }}"),
        Column("工作时间", 1300, "{{ entry.work_period | dated }}"),
        Column("任务目标", 2500, "{{ entry.goal | cell }}", "left"),
        Column("工作措施", 2700, "{{ entry.measures | cell }}", "left"),
        Column("完成时限", 1200, "{{ entry.deadline | dated }}"),
        Column("责任人", 1000, "{{ entry.responsible_person | cell }}"),
        Column("完成情况", 2496, "", "left"),
        Column("信号", 1000, "{{ entry.signal.shape }}"),
    ]
    plain = "".join(
        cell(column.width, _line(column.value, column.align), margin=column.margin) for column in columns[:-2]
    )
    signal = cell(1000, _signal(), shade="{{ entry.signal.shape | shade }}")
    rows = head_row(columns, keep_next=True) + looped(
        columns, "entry in topic.entries", row(plain + cell(2496, _completion()) + signal)
    )
    return table([column.width for column in columns], rows)


def _line(text: str, align: str = "left") -> str:
    return paragraph("GwTableCell", run(text, "GwTableCell", size=SIZE), Layout(align=align))


def _completion() -> str:
    """Return state, progress with its date, the latest event and the write-off number."""
    progress = "，进度{{ entry.progress.figure }}（{{ entry.progress.date }}）"
    return (
        _line("{{ entry.state }}{% if entry.progress %}" + progress + "{% endif %}")
        + optional("entry.latest_event", _line("最近进展：{{ entry.latest_event }}"))
        + optional("entry.write_off_number", _line("销号编号：{{ entry.write_off_number }}"))
    )


def _signal() -> str:
    """Return shape and word; the word alone where no signal is shown."""
    shape = _line(
        "{{ entry.signal.shape }}{% if entry.signal.colour %} {{ entry.signal.colour }}{% endif %}", "center"
    )
    return optional("entry.signal.shape", shape) + _line("{{ entry.signal.word }}", "center")


def _statistics() -> str:
    columns = [Column("序号", 700, "{{ loop.index }}"), Column("单位", 2556, "{{ row.unit | cell }}")]
    columns += [Column(head, 950, f"{{{{ row.counts.{name} }}}}") for head, name in COUNTS.items()]
    total = cell(3256, paragraph("GwTableCell", "合计", CENTRED), span=2) + "".join(
        cell(950, paragraph("GwTableCell", f"{{{{ total.{name} }}}}", CENTRED)) for name in COUNTS.values()
    )
    rows = head_row(columns) + looped(columns, "row in statistics", value_row(columns)) + row(total)
    return (
        body("截至{{ as_of_date }}，共{{ topics | length }}个课题、{{ total.total_count }}项事项。", KEPT)
        + table([column.width for column in columns], rows)
        + paragraph("GwNote", "注：“其他”为暂缓、未到启动时间和撤账的事项。")
    )
