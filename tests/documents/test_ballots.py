"""The ballot of each group and the sheet of its count (C17)."""

import pytest

from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile, text_of
from fivestep_web.documents.payload_checks import PayloadError
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import sample_payload
from fivestep_web.documents.samples.ballots import choice_ballot, score_tally

BALLOT = DocumentKind.BALLOT_FORM
SHEET = DocumentKind.TALLY_SHEET
FEW = {"rated_count": 4, "invalid_count": 0, "abstained_count": 54, "mean": "85.00"}


def document(kind: DocumentKind, **changes):
    payload = sample_payload(kind, **changes)
    data = render(kind, payload)
    assert violations(kind, payload, data) == []
    return WordFile.open(data).document


def lines(root) -> list[list[str]]:
    (table,) = root.iter("{*}tbl")
    return [[text_of(cell).strip() for cell in row.iter("{*}tc")] for row in table.iter("{*}tr")]


def test_peers_score_every_unit_but_their_own():
    root = document(BALLOT)
    shown = lines(root)
    assert shown[0] == ["序号", "单位", "评分", "弃权"]
    assert shown[1] == ["1", "办公室", "＿＿＿＿＿", "□"]
    assert len(shown) == 9
    text = text_of(root)
    assert "每行填写一个分数（0至100分，最多一位小数）；不评分的，在“弃权”栏的“□”内画“√”。" in text
    assert "组织科" not in text
    assert "填票人所在单位不在本票之列" in text


@pytest.mark.parametrize(
    ("group", "choices", "abstention"),
    [
        ("社会调查", ["满意", "基本满意", "不满意"], "不了解"),
        ("群众评价", ["优秀", "良好", "一般", "较差"], "弃权"),
        ("群众评价", [f"第{number}档" for number in range(1, 12)], "弃权"),
    ],
)
def test_other_groups_choose_once_in_each_line(group, choices, abstention):
    root = document(BALLOT, **choice_ballot(group, choices, abstention))
    shown = lines(root)
    assert shown[0] == ["序号", "单位", *choices, abstention]
    assert all(row[2:] == ["□"] * (len(choices) + 1) for row in shown[1:])
    assert len(shown) == 10
    text = text_of(root)
    assert f"每行只在一个“□”内画“√”，画两处以上的该行无效。不作评价的，选“{abstention}”。" in text
    assert "所在单位" not in text
    assert "评分" not in text


@pytest.mark.parametrize("changes", [{}, choice_ballot("社会调查", ["满意", "不满意"], "不了解")])
def test_a_ballot_has_its_group_at_the_foot_and_no_place_for_a_name(changes):
    text = text_of(document(BALLOT, **changes))
    assert text.rstrip().endswith(f"评价组：{changes.get('group', '科室互评')}")
    assert "本票不记名" in text
    assert not any(word in text for word in ("姓名：", "签字", "填票人："))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"own_unit": "办公室"}, "不应有填票人所在单位"),
        ({"score_range": None}, "选项和分数"),
        ({"choices": ["优秀"]}, "选项和分数"),
    ],
)
def test_a_ballot_that_cannot_be_filled_is_refused(changes, message):
    with pytest.raises(PayloadError, match=message):
        render(BALLOT, sample_payload(BALLOT, **changes))


def test_the_sheet_counts_each_choice_and_hides_them_where_few_rated():
    root = document(SHEET)
    shown = lines(root)
    assert shown[0][2:] == ["优秀", "良好", "一般", "较差", "有效", "无效", "弃权", "平均分", "去掉分数"]
    assert shown[1] == ["1", "办公室", "36", "16", "5", "1", "58", "0", "0", "89.31", "—"]
    assert shown[9] == ["9", "干部档案信息中心", *["—"] * 4, "4", "1", "53", "85.00", "—"]
    text = text_of(root)
    assert "发出63份，收回60份，其中无效2份、有效58份。" in text
    assert text.count("计票人（签字）：＿") == 2
    assert text.count("监票人（签字）：＿") == 1
    assert "计票时间：2026年12月11日10时30分" in text
    assert "计票时间：　　　　年" in text_of(document(SHEET, tallied_at=None))


def test_scores_left_out_of_the_mean_are_marked():
    shown = lines(document(SHEET, **score_tally()))
    assert shown[0][2:] == ["有效", "无效", "弃权", "平均分", "去掉分数"]
    assert shown[1][2:] == ["8", "0", "0", "88.67", "※最高、最低各1个"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": [58]}, "与选项或者有效数不一致"),
        ({"counts": [36, 16, 5, 0]}, "与选项或者有效数不一致"),
        ({"abstained_count": 1}, "行数多于有效票数"),
        (FEW | {"counts": [4, 0, 0, 0]}, "不分项列出"),
        (FEW | {"counts": None, "trimmed": ["95"]}, "不分项列出"),
    ],
)
def test_a_count_that_does_not_fit_or_parts_few_lines_is_refused(change, message):
    payload = sample_payload(SHEET)
    payload["rows"][0] |= change
    with pytest.raises(PayloadError, match=message):
        render(SHEET, payload)


def test_the_count_of_a_vote_that_does_not_stand_says_so_and_lists_no_unit():
    reason = "收回65张，多于发出的63张，本组无效，须重新投票"
    root = document(SHEET, rows=[], reason=reason)
    assert lines(root)[1:] == [[f"{reason}，不列各单位结果。"]]
    with pytest.raises(PayloadError, match="不成立的评价"):
        render(SHEET, sample_payload(SHEET, reason=reason))


def test_returned_ballots_are_the_valid_and_the_invalid_ones():
    with pytest.raises(PayloadError, match="returned_count"):
        render(SHEET, sample_payload(SHEET, valid_count=59))


@pytest.mark.parametrize("value", ["{{7*7}}<w:p/>&", "甲" * 300])
def test_long_and_hostile_names_are_shown_exactly(value):
    assert [row[1] for row in lines(document(BALLOT, units=[value]))[1:]] == [value]
    document(BALLOT, **choice_ballot(value, [value, "不满意"], value + "乙"))
