"""The ledger as a booklet: contents, signals, opinions and statistics (C06)."""

import re

import pytest

from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import W, WordFile, attribute, own_text, style_of, text_of
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import sample_payload

BOOK = DocumentKind.LEDGER_BOOK
HEADS = ["序号", "工作时间", "任务目标", "工作措施", "完成时限", "责任人", "完成情况", "信号"]


def opened(**changes) -> WordFile:
    return WordFile.open(render(BOOK, sample_payload(BOOK, **changes)))


def rows(file: WordFile, table: int) -> list[list[str]]:
    found = list(file.document.iter("{*}tbl"))[table]
    return [[text_of(cell).strip() for cell in row.iter("{*}tc")] for row in found.iter("{*}tr")]


def test_the_six_columns_stand_between_number_and_signal_in_each_topics_table():
    file = opened()
    tables = list(file.document.iter("{*}tbl"))
    assert len(tables) == 6
    assert all(rows(file, number)[0] == HEADS for number in range(5))
    widths = [int(next(iter(column.attrib.values()))) for column in tables[0].iter("{*}gridCol")]
    assert widths == [560, 1300, 2500, 2700, 1200, 1000, 2496, 1000]


def test_completion_says_state_progress_latest_event_and_write_off_number():
    written_off = rows(opened(), 0)[7]
    assert written_off[6] == (
        "已销号，进度45.00%（2026年9月25日）\n最近进展：9月25日完成第三批12个乡镇的实地核验\n"
        "销号编号：销〔2026〕7号"
    )
    assert rows(opened(), 0)[3][6] == "推进中，进度45.00%（2026年9月25日）"
    assert rows(opened(), 0)[8][6].startswith("推进中\n最近进展")


def test_a_signal_has_a_shape_a_word_and_light_shading():
    table = next(opened().document.iter("{*}tbl"))
    cells = [list(row.iter("{*}tc"))[-1] for row in table.iter("{*}tr")][1:]
    shown = [(text_of(cell).strip(), attribute(cell, "tcPr/shd", "fill")) for cell in cells]
    assert shown == [
        ("▲ 红\n逾期", "F8D7DA"),
        ("▲ 红\n严重滞后", "F8D7DA"),
        ("◆ 黄\n滞后", "FFF3CD"),
        ("● 蓝\n临期", "D6E6F8"),
        ("■ 绿\n正常", "DDF0DD"),
        ("□ 灰\n暂缓", "E9ECEF"),
        ("√\n已销号", "EEF6E8"),
        ("不亮灯", "auto"),
    ]


def test_guiding_opinions_stand_below_the_table_with_what_was_done():
    text = text_of(opened().document)
    assert (
        "2026年5月11日，副部长（干部）：对逾期事项逐项列出原因和补救措施，每周报送一次进展。落实情况：已"
        in text
    )
    assert "2026年9月28日，常务副部长：第四季度集中力量完成验收准备。\n" in text
    assert text.count("指导性意见\n无。") == 2


def test_contents_name_each_topic_and_the_statistics_with_the_page_of_their_bookmark():
    file = opened()
    lines = [own_text(found) for found in file.paragraphs if "PAGEREF" in "".join(found.itertext())]
    assert [re.split(r"[、\t]", line)[1] for line in lines] == [
        *(topic["topic"] for topic in sample_payload(BOOK)["topics"]),
        "各单位完成情况统计",
    ]
    marks = [mark.get(f"{W}name") for mark in file.document.iter("{*}bookmarkStart")]
    assert marks == [f"part_{number}" for number in range(1, 7)]
    pages = [int(line.rpartition("\t")[2]) for line in lines]
    assert pages[0] == 3
    assert pages == sorted(set(pages))


def test_headings_begin_pages_and_are_numbered_to_the_end():
    headings = [found for found in opened().paragraphs if style_of(found) == "GwHeading1"]
    assert [own_text(found)[:2] for found in headings] == ["一、", "二、", "三、", "四、", "五、", "六、"]
    assert all(next(found.iter("{*}pageBreakBefore"), None) is not None for found in headings)


def test_statistics_end_with_a_total_that_is_checked():
    payload = sample_payload(BOOK)
    assert rows(opened(), 5)[-1] == ["合计", "40", "15", "5", "5", "5", "5", "5", "5", "5", "10"]
    payload["total"]["overdue_count"] = 9
    assert "D16：合计与各行之和不一致" in violations(BOOK, payload, render(BOOK, payload))


def test_a_count_of_entries_that_is_not_that_of_the_tables_is_found():
    payload = sample_payload(BOOK)
    payload["topics"][0]["entries"].pop()
    assert "D16：数字与表格不一致：应为“共5个课题、39项事项。”" in violations(
        BOOK, payload, render(BOOK, payload)
    )


@pytest.mark.parametrize("value", ["甲" * 1500, "{{7*7}}<w:p/>&", "第一行\n第二行", " "])
def test_long_hostile_and_empty_values_pass_every_check(value):
    payload = sample_payload(BOOK)
    payload["topics"][0]["entries"][0] |= {"goal": value, "measures": value, "responsible_person": value}
    assert violations(BOOK, payload, render(BOOK, payload)) == []


def test_a_county_may_have_more_than_a_hundred_topics():
    payload = sample_payload(BOOK)
    payload["topics"] *= 21
    for counts in (payload["total"], *(row["counts"] for row in payload["statistics"])):
        counts |= {name: 21 * count for name, count in counts.items()}
    data = render(BOOK, payload)
    assert violations(BOOK, payload, data) == []
    headings = [
        own_text(found) for found in WordFile.open(data).paragraphs if style_of(found) == "GwHeading1"
    ]
    assert headings[-2:] == ["一百零五、本土人才回引", "一百零六、各单位完成情况统计"]
