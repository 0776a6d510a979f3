"""A person's achievement file: sections, sources, and what only those entitled get (C15)."""

import pytest

from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile, own_text, style_of, text_of
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import sample_payload
from fivestep_web.documents.samples.achievement import admonition_entry

FILE = DocumentKind.ACHIEVEMENT_FILE
LISTS = (
    "positions",
    "annual_results",
    "goal_years",
    "visible_achievements",
    "latent_achievements",
    "daily_records",
    "rewards",
    "letters",
)
NINE = [
    "一、基本情况",
    "二、年度考核一览",
    "三、年度目标及完成情况",
    "四、显绩与潜绩",
    "五、月通报、季点评记录",
    "六、奖励和推荐",
    "七、诫勉及影响期",
    "八、责任书目录",
    "九、本人意见及签字",
]
EIGHT = [*NINE[:6], "七、责任书目录", "八、本人意见及签字"]


def opened(**changes) -> WordFile:
    payload = sample_payload(FILE, **changes)
    data = render(FILE, payload)
    assert violations(FILE, payload, data) == []
    return WordFile.open(data)


def headings(file: WordFile) -> list[str]:
    return [own_text(found) for found in file.paragraphs if style_of(found) == "GwHeading1"]


def contents(file: WordFile) -> list[str]:
    lines = [own_text(found) for found in file.paragraphs if "PAGEREF" in "".join(found.itertext())]
    return [line.partition("\t")[0] for line in lines]


def grid(file: WordFile, table: int) -> list[int]:
    found = list(file.document.iter("{*}tbl"))[table]
    return [int(next(iter(column.attrib.values()))) for column in found.iter("{*}gridCol")]


def test_nobody_but_those_entitled_sees_that_there_is_a_section_on_admonitions():
    file = opened()
    assert headings(file) == contents(file) == EIGHT
    assert "诫勉" not in text_of(file.document)
    assert "影响期" not in text_of(file.document)


@pytest.mark.parametrize("admonitions", [[], [admonition_entry()]])
def test_those_entitled_get_nine_sections(admonitions):
    file = opened(admonitions=admonitions)
    assert headings(file) == contents(file) == NINE
    text = text_of(file.document)
    assert ("诫勉谈话：年度总分58.20，较差" in text) is bool(admonitions)
    assert text.count("无。") == 2 - bool(admonitions)


def test_the_cover_says_who_what_period_as_of_when_and_by_whom():
    text = text_of(opened().document).partition("目　录")[0]
    for line in (
        "干部实绩考核档案",
        "姓名：张某甲",
        "职务：科长",
        "单位：干部科",
        "档案编号：实绩档2026007",
        "所属期间：2025年至2026年",
        "截至日期：2026年12月31日",
        "制表人：公务员科科长",
    ):
        assert f"\n{line}" in text


def test_the_overview_and_the_goals_of_a_year_have_the_columns_of_the_reference():
    file = opened()
    assert grid(file, 1) == [800, 900, 1000, 1200, 1000, 1200, 1245, 1500]
    assert grid(file, 2) == grid(file, 3) == [600, 2500, 2100, 1245, 1400, 1000]


def test_each_item_names_its_source_and_suggests_a_class():
    text = text_of(opened().document)
    assert "2026年来源：青组通〔2026〕13号；建议归类：考核鉴定类。" in text
    assert text.count("本表来源：青组通〔2026〕13号；建议归类：考核鉴定类。") == 2
    rows = [
        [text_of(cell).strip() for cell in row.iter("{*}tc")]
        for table in list(opened().document.iter("{*}tbl"))[4:7]
        for row in table.iter("{*}tr")
    ]
    assert [row[3:] for row in rows if row[0] == "1"] == [
        ["青组通〔2026〕13号", "考核鉴定类"],
        ["青组通〔2026〕13号", "考核鉴定类"],
        ["青组通〔2026〕4号", "其他类"],
    ]


def test_a_post_held_now_ends_with_today_and_a_left_one_with_its_day():
    text = text_of(opened().document)
    assert "2021年3月1日—\n2024年6月30日" in text
    assert "2024年7月1日—\n至今" in text


def test_an_empty_file_says_so_in_each_section():
    file = opened(**{name: [] for name in LISTS})
    assert headings(file) == EIGHT
    assert text_of(file.document).count("无。") == len(LISTS)


def test_the_opinion_has_room_for_handwriting_and_is_printed_once_given():
    table = list(opened().document.iter("{*}tbl"))[-1]
    assert list(next(table.iter("{*}trHeight")).attrib.values()) == ["2300", "atLeast"]
    assert text_of(table).strip().startswith("本人意见：\n本人签字：＿")
    assert "本人意见：同意。" in text_of(opened(own_opinion="同意。").document)


@pytest.mark.parametrize("value", ["{{7*7}}<w:p/>&", "甲" * 2000, "第一行\n第二行"])
def test_long_and_hostile_values_pass_every_check(value):
    payload = sample_payload(FILE)
    payload["goal_years"][0]["goals"][0] |= {"goal": value, "standard": value}
    payload["daily_records"][0]["content"] = payload["own_opinion"] = value
    assert violations(FILE, payload, render(FILE, payload)) == []
