"""A person's achievement file (C15): cover, contents, nine sections or, without 七, eight.

Each section begins a page, as the classes suggested for its items lead to different parts of the personnel
archive.
"""

from word_blocks import KEPT, body, each, heading, listed
from word_contents import contents_entry, contents_page, cover, part_heading
from word_forms import HAND_LINE

from fivestep_web.documents.wordml import (
    LINE_BREAK,
    TEXT_WIDTH,
    THIN_CELL,
    optional,
    paragraph,
    repeated,
    section,
)
from fivestep_web.documents.wordml_tables import Column, cell, data_table, row, table

ENTITLED = "admonitions is not none"
SECTIONS = (
    "基本情况",
    "年度考核一览",
    "年度目标及完成情况",
    "显绩与潜绩",
    "月通报、季点评记录",
    "奖励和推荐",
    "诫勉及影响期",
    "责任书目录",
    "本人意见及签字",
)
ADMONITIONS = SECTIONS.index("诫勉及影响期")
SIZE = 21
OPINION_HEIGHT = 2300
SIGNED_HEIGHT = 900


def achievement_file() -> str:
    """Return C15; the section on admonitions is left out with its heading where the payload has none."""
    lines = (
        "姓名：{{ person }}",
        "职务：{{ position }}",
        "单位：{{ unit }}",
        "档案编号：{{ file_number }}",
        "所属期间：{{ period }}",
        "截至日期：{{ as_of_date }}",
        "制表人：{{ compiled_by }}",
    )
    contents = (
        _optional(place, contents_entry(_heading(place), str(place + 1), TEXT_WIDTH))
        for place in range(len(SECTIONS))
    )
    parts = (
        _optional(place, part_heading(_heading(place), str(place + 1)) + content)
        for place, content in enumerate(_parts())
    )
    return cover(lines, above=4, below=4) + contents_page("".join(contents)) + "".join(parts) + section()


def _heading(place: int) -> str:
    """Return number and name of a section; those after the optional one move up without it."""
    number = place + 1
    shown = f"{number} if {ENTITLED} else {number - 1}" if place > ADMONITIONS else str(number)
    return f"{{{{ ({shown}) | ordinal }}}}、{SECTIONS[place]}"


def _optional(place: int, content: str) -> str:
    return optional(ENTITLED, content) if place == ADMONITIONS else content


def _parts() -> tuple[str, ...]:
    return (
        _basics(),
        _annual_results(),
        _goal_years(),
        heading(2, "（一）显绩")
        + _entries("visible_achievements")
        + heading(2, "（二）潜绩")
        + _entries("latent_achievements"),
        _entries("daily_records"),
        _entries("rewards"),
        _admonitions(),
        _letters(),
        _own_opinion(),
    )


def _basics() -> str:
    end = "{% if item.end_date %}{{ item.end_date }}{% else %}至今{% endif %}"
    columns = [
        Column("起止时间", 2100, "{{ item.start_date }}—" + LINE_BREAK + end),
        Column("单位", 1600, "{{ item.unit | cell }}"),
        Column("职务", 1645, "{{ item.position | cell }}"),
        Column("编制", 1100, "{{ item.establishment | cell }}"),
        *_source(1400, 1000),
    ]
    return body(
        "{{ person }}，现任{{ unit }}{{ position }}，编制类别为{{ establishment }}。任职经历：", KEPT
    ) + _listed(columns, "positions")


def _annual_results() -> str:
    columns = [
        Column("年度", 800, "{{ item.year | cell }}"),
        Column("承担\n目标", 900, "{{ item.goal_count | cell }}"),
        Column("完成率", 1000, "{{ item.completion_rate | cell }}"),
        Column("单位总分", 1200, "{{ item.unit_score | cell }}"),
        Column("单位位次", 1000, "{{ item.unit_rank | cell }}"),
        Column("个人得分", 1200, "{{ item.personal_score | cell }}"),
        Column("年度等次", 1245, "{{ item.grade | cell }}"),
        Column("备注", 1500, "{{ item.note | cell }}", "left"),
    ]
    sources = paragraph("GwNote", "{{ item.year }}年" + _source_note("item"))
    return _listed(columns, "annual_results") + repeated("item in annual_results", sources)


def _goal_years() -> str:
    columns = [
        Column("序号", 600, "{{ item.sequence }}"),
        Column("工作目标", 2500, "{{ item.goal | cell }}", "left"),
        Column("完成标准", 2100, "{{ item.standard | cell }}", "left"),
        Column("完成时限", 1245, "{{ item.deadline | dated }}"),
        Column("完成情况", 1400, "{{ item.completion | cell }}"),
        Column("完成日期", 1000, "{{ item.completed_on | dated }}", margin=THIN_CELL),
    ]
    year = (
        heading(2, "（{{ loop.index | ordinal }}）{{ one.year }}年")
        + _listed(columns, "one.goals")
        + paragraph("GwNote", "本表" + _source_note("one"))
    )
    return each("goal_years", year)


def _entries(field: str) -> str:
    columns = [
        Column("序号", 600, "{{ loop.index }}"),
        Column("时间", 1300, "{{ item.when | dated }}"),
        Column("内容", 3645, "{{ item.content | cell }}", "left"),
        *_source(2000, 1300),
    ]
    return _listed(columns, field)


def _admonitions() -> str:
    columns = [
        Column("序号", 600, "{{ loop.index }}"),
        Column("时间", 1300, "{{ item.date | dated }}"),
        Column("方式及事由", 2245, "{{ item.content | cell }}", "left"),
        Column("影响期", 2100, "{{ item.effect_period | dated }}"),
        *_source(1500, 1100),
    ]
    return _listed(columns, "admonitions")


def _letters() -> str:
    columns = [
        Column("序号", 600, "{{ loop.index }}"),
        Column("责任书", 1945, "{{ item.name | cell }}", "left"),
        Column("编号", 1500, "{{ item.letter_number | cell }}"),
        Column("签订日期", 1200, "{{ item.signed_on | dated }}"),
        Column("内容校验码", 2300, "{{ item.content_hash | cell }}", "left"),
        Column("建议归类", 1300, "{{ item.archive_class | cell }}"),
    ]
    return _listed(columns, "letters")


def _own_opinion() -> str:
    opinion = "本人意见：{% if own_opinion %}{{ own_opinion }}{% endif %}"
    signed = f"本人签字：{HAND_LINE}　　　　　　　　　年　　月　　日"
    rows = row(
        cell(TEXT_WIDTH, paragraph("GwTableCell", opinion), top=True), head=True, height=OPINION_HEIGHT
    ) + row(cell(TEXT_WIDTH, paragraph("GwTableCell", signed)), height=SIGNED_HEIGHT)
    return table([TEXT_WIDTH], rows) + paragraph("GwGap")


def _source(document: int, archive_class: int) -> tuple[Column, Column]:
    """Return the two columns that say where an item comes from and where it may be filed."""
    return (
        Column("来源文书", document, "{{ item.source.document | cell }}", "left"),
        Column("建议归类", archive_class, "{{ item.source.archive_class | cell }}"),
    )


def _source_note(name: str) -> str:
    return f"来源：{{{{ {name}.source.document }}}}；建议归类：{{{{ {name}.source.archive_class }}}}。"


def _listed(columns: list[Column], field: str) -> str:
    """Return a table of *field*, or 无 where it has no rows."""
    return listed(field, data_table(columns, f"item in {field}", size=SIZE))
