"""What a person is told of the own result of the year (C09)."""

import pytest

from fivestep_web.documents.checks import missing_values, violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.numbers.rules import takes_number
from fivestep_web.documents.opened import WordFile, own_text, style_of, text_of
from fivestep_web.documents.payload_checks import PayloadError, check_payload
from fivestep_web.documents.rendering import CONFIDENTIAL_MARK, render
from fivestep_web.documents.samples import draft_payload, sample_payload

NOTICE = DocumentKind.PERSONAL_RESULT_NOTICE
HOSTILE = ("<w:p/>&‹副市长›", "{{7*7}}", "{% raw %}", "None", "𠮷𫠝㛃龘", "第一行\n第二行\t第三格")


def text_in(payload):
    return text_of(WordFile.open(render(NOTICE, payload)).document).replace("\n", "")


def findings(payload):
    return violations(NOTICE, payload, render(NOTICE, payload))


def test_it_tells_the_units_result_the_own_goals_the_figure_and_how_to_object():
    payload = sample_payload(NOTICE)
    text = text_in(payload)
    for words in (
        "张某甲同志：",
        "干部科89.85294.0091.93",
        "目标3项，已完成2项：",
        "科室共8个单位；个人得分＝单位总分×50%＋本人完成得分×50%",
        "可以在2027年1月21日以前（含当日）向干部监督科书面提出",
        "本人意见：",
        "本人签字：＿",
        "只送本人和人事部门",
    ):
        assert words in text
    assert findings(payload) == []


def test_it_has_neither_number_nor_red_head_nor_the_header_of_admonitions():
    file = WordFile.open(render(NOTICE, sample_payload(NOTICE)))
    styles = {style_of(paragraph) for paragraph in file.paragraphs}
    assert not styles & {"GwAgencyMark", "GwDocNumber", "GwInternalNumber", "GwImprint"}
    assert not any(CONFIDENTIAL_MARK in text_of(root) for root in file.roots.values())
    assert not takes_number(NOTICE, None, 1)


def test_a_grade_nobody_decided_is_said_to_be_open():
    assert "（尚未评定）" in text_in(sample_payload(NOTICE))
    decided = sample_payload(NOTICE, grade="优秀")
    assert "优秀" in text_in(decided)
    assert "尚未评定" not in text_in(decided)
    assert findings(decided) == []


def test_a_draft_leaves_the_last_day_to_object_open():
    text = text_in(draft_payload(NOTICE, objection_end_date=None))
    assert "向干部监督科书面提出" in text
    assert "截止日期确定后另行告知。" in text
    assert "以前（含当日）" not in text


def test_a_person_without_goals_is_told_so():
    payload = sample_payload(NOTICE, goals=[], completed_count=0, own_score="—", personal_score="—")
    assert "本年度没有计入你完成得分的目标。" in text_in(payload)
    assert findings(payload) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"objection_end_date": None}, "objection_end_date：发给本人的通知应有"),
        ({"document_date": None}, "objection_end_date：发给本人的通知应有"),
        ({"objection_end_date": "2026年12月21日"}, "objection_end_date：提出异议的最后日期不应早于"),
        ({"objection_end_date": "1月21日"}, "objection_end_date：应为"),
        ({"grade": " "}, "grade：没有评定等次的应为空值"),
    ],
)
def test_a_notice_that_cuts_the_right_to_object_short_is_refused(changes, message):
    with pytest.raises(PayloadError, match=message):
        check_payload(NOTICE, sample_payload(NOTICE, **changes))


def test_the_day_of_the_notice_may_be_the_last_day():
    payload = sample_payload(NOTICE, objection_end_date="2026年12月22日")
    assert check_payload(NOTICE, payload) == payload


def test_a_count_that_the_goals_do_not_bear_out_is_found():
    assert "D16：数字与表格不一致：应为“目标3项，已完成2项：”" in findings(
        sample_payload(NOTICE, completed_count=3)
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_shown_exactly(value):
    payload = sample_payload(NOTICE, recipient=value, receiver=value, figure_note=value, grade=value)
    for name in ("goal", "standard", "completion"):
        payload["goals"][0][name] = value
    payload["completed_count"] = 1
    assert findings(payload) == []
    assert missing_values(payload, render(NOTICE, payload)) == []


def test_nothing_is_lost_of_many_goals():
    payload = sample_payload(NOTICE)
    payload["goals"] = [payload["goals"][0] | {"goal": f"第{place}项目标"} for place in range(1, 31)]
    payload["completed_count"] = 30
    assert findings(payload) == []
    file = WordFile.open(render(NOTICE, payload))
    assert [own_text(found) for found in file.paragraphs if "第30项目标" in own_text(found)]
