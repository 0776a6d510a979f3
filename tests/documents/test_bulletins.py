"""Bulletins, reviews and publicity notices say what the figures say (C07, C08, C18)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile, own_text, style_of, text_of
from fivestep_web.documents.payload_checks import PayloadError
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import sample_payload
from fivestep_web.documents.values import percentage

BULLETIN = DocumentKind.MONTHLY_BULLETIN
REVIEW = DocumentKind.QUARTERLY_REVIEW
PUBLICITY = DocumentKind.PUBLICITY_NOTICE


def body_text(data: bytes) -> list[str]:
    return [own_text(found) for found in WordFile.open(data).paragraphs if style_of(found) == "GwBody"]


def rows(data: bytes) -> list[str]:
    found = WordFile.open(data).document.iter("{*}tr")
    return ["|".join(text_of(cell).strip() for cell in row.iter("{*}tc")) for row in found]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(7, 8, "87.5%"), (1, 16, "6.3%"), (2, 3, "66.7%"), (5, 5, "100.0%"), (0, 4, "0.0%"), (0, 0, "—")],
)
def test_a_rate_has_one_decimal_rounded_half_up_and_a_dash_where_nothing_is_due(part, whole, shown):
    assert percentage(part, whole) == shown


@given(whole=st.integers(1, 10_000), part=st.integers(0, 10_000))
def test_a_rate_is_never_off_by_more_than_half_its_last_digit(whole, part):
    assert abs(float(percentage(part, whole)[:-1]) - 100 * part / whole) <= 0.05 + 1e-9


def test_the_monthly_table_has_two_blocks_with_totals_and_a_grand_total():
    shown = rows(render(BULLETIN, sample_payload(BULLETIN)))
    assert [row for row in shown if "|" not in row] == ["部机关科室", "乡镇"]
    assert [row for row in shown if "计|" in row] == [
        "部机关科室合计|18|17|94.4%|2|1|—",
        "乡镇合计|24|23|95.8%|2|1|—",
        "总计|42|40|95.2%|4|2|—",
    ]
    assert "4|党员教育中心|0|0|—|0|0|■ 绿" in shown


@pytest.mark.parametrize(
    ("path", "finding"),
    [
        (("blocks", 0, "rows", 0, "done"), "D16：数字与表格不一致：应为“|办公室|1|2|200.0%|0|0|”"),
        (("blocks", 1, "total", "due"), "D16：乡镇合计与各行之和不一致"),
        (("total", "done"), "D16：总计与各行之和不一致"),
        (("total", "overdue"), "D16：数字与表格不一致：应为“亮黄灯3项、亮红灯3项，合计滞后4项、逾期2项。”"),
        (("red",), "D16：数字与表格不一致：应为“亮灯合计6项”"),
    ],
)
def test_a_figure_of_the_month_that_does_not_fit_the_others_is_found(path, finding):
    payload = place = sample_payload(BULLETIN)
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] += 1
    assert finding in violations(BULLETIN, payload, render(BULLETIN, payload))


def test_a_month_without_consultation_comparison_or_reasons_claims_none():
    payload = sample_payload(BULLETIN, consultation=None, change=None)
    data = render(BULLETIN, payload)
    shown = "".join(body_text(data))
    assert violations(BULLETIN, payload, data) == []
    assert "联合会商" not in shown
    assert "比上月" not in shown
    assert "本月发出督办单9份，已答复8份。" in shown
    assert "“党员冬训与远程教育”滞后9个工作日。尚未说明原因。" in shown


def test_a_month_in_which_nothing_is_due_says_so():
    payload = sample_payload(BULLETIN)
    nothing = {"due": 0, "done": 0, "rate": "—", "lagging": 0, "overdue": 0}
    for block in payload["blocks"]:
        block["rows"] = [row | nothing for row in block["rows"]]
        block["total"] = nothing
    payload |= {
        "total": nothing,
        "yellow": 0,
        "red": 0,
        "change": None,
        "late_goals": [],
        "praised_units": [],
    }
    data = render(BULLETIN, payload)
    assert violations(BULLETIN, payload, data) == []
    assert "各单位没有到期目标。亮黄灯0项、亮红灯0项，合计滞后0项、逾期0项。" in body_text(data)
    assert body_text(data).count("无。") == 2


def test_a_block_without_units_adds_up_to_nothing():
    payload = sample_payload(BULLETIN)
    sections, townships = payload["blocks"]
    townships |= {"rows": [], "total": dict.fromkeys(sections["total"], 0) | {"rate": "—"}}
    total = sections["total"]
    payload |= {"total": total, "yellow": total["lagging"], "red": total["overdue"]}
    data = render(BULLETIN, payload)
    assert violations(BULLETIN, payload, data) == []
    assert "乡镇合计|0|0|—|0|0|—" in rows(data)


def test_a_review_speaks_of_every_unit_with_the_leaders_positions():
    payload = sample_payload(REVIEW)
    data = render(REVIEW, payload)
    shown = body_text(data)
    assert "肯定成绩。副部长（组织）：任务分解细，节点推进快，资料规范。部长：重点课题有突破。" in shown
    assert sum(text.startswith("汇报要点。") for text in shown) == len(payload["units"])
    assert "1.研究室：补齐走访记录，逐村核对问题清单。责任人：沙某甲；完成时限：2026年7月31日。" in shown
    corrected = [row.rpartition("|")[2] for row in rows(data) if row.startswith(("研究室|", "干部科|"))]
    assert "|同上|部长：重点课题有突破|部长：无|同上" in rows(data)
    assert corrected == [
        "补齐走访记录，逐村核对问题清单（2026年7月31日）\n按周报送进展（2026年7月31日）",
        "无",
    ]


def test_a_review_before_its_meeting_does_not_say_that_it_was_held():
    payload = sample_payload(REVIEW, meeting=None)
    data = render(REVIEW, payload)
    assert violations(REVIEW, payload, data) == []
    assert "点评会尚未召开。" in body_text(data)


@pytest.mark.parametrize(
    ("remarks", "message"),
    [
        ([], r"units\[0\].remarks：每个单位至少应有一条点评"),
        ([{"leader": "部长", "affirmed": "好", "shortcomings": " "}], "没有的写“无”"),
    ],
)
def test_a_unit_without_a_whole_remark_is_refused(remarks, message):
    payload = sample_payload(REVIEW)
    payload["units"][0]["remarks"] = remarks
    with pytest.raises(PayloadError, match=message):
        render(REVIEW, payload)


def test_a_unit_left_out_of_the_remarks_is_found():
    payload = sample_payload(REVIEW)
    payload["units"].pop()
    found = violations(REVIEW, payload, render(REVIEW, payload))
    assert found == ["D16：数字与表格不一致：应为“7个单位汇报了”"]


def test_a_publicity_notice_names_both_ends_the_workdays_and_where_to_object():
    shown = body_text(render(PUBLICITY, sample_payload(PUBLICITY)))
    assert "公示期为2026年12月15日至2026年12月21日（含起止当日），共5个工作日。" in shown
    assert "受理单位：中共青禾县委组织部干部监督科" in shown
    assert "真实姓名" in "".join(shown)


@pytest.mark.parametrize(("without", "said"), [("units", "（个人3名）"), ("persons", "（单位4个）")])
def test_publicity_of_units_or_persons_alone_has_one_table(without, said):
    payload = sample_payload(PUBLICITY, procedure=None, **{without: []})
    data = render(PUBLICITY, payload)
    assert violations(PUBLICITY, payload, data) == []
    assert said in body_text(data)[0]
    assert "，经" not in body_text(data)[0]
    assert len(list(WordFile.open(data).document.iter("{*}tbl"))) == 1
