"""What a person is told of the own result of the year (C09)."""

import re

import pytest

from fivestep_web.documents.checks import missing_values, violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.numbers.rules import takes_number
from fivestep_web.documents.opened import WordFile, style_of, text_of
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
    assert "D16：数字与表格不一致：应为“目标3项，已完成2项”" in findings(
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


def with_goals(completed, open_ones, standard="创建示范点三个以上，经验收合格"):
    """Return a notice of so many goals, each with a name of its own, the completed ones first."""
    states = ["已完成"] * completed + ["完成41期，目标50期"] * open_ones
    goals = [
        {
            "sequence": place,
            "goal": f"第{place}项目标",
            "standard": standard,
            "deadline": "2026年11月28日",
            "completion": state,
        }
        for place, state in enumerate(states, 1)
    ]
    return sample_payload(NOTICE, goals=goals, completed_count=completed)


def listed(payload):
    """Return the numbers of the goals whose names the notice shows."""
    return [int(number) for number in re.findall(r"第(\d+)项目标", text_in(payload))]


def test_as_many_goals_as_fit_the_page_are_listed_with_their_standards():
    payload = with_goals(5, 2)
    assert listed(payload) == list(range(1, 8))
    assert text_in(payload).count("经验收合格") == 7
    assert "任务书" not in text_in(payload)


def test_more_goals_are_all_listed_and_their_standards_left_to_the_task_book():
    payload = with_goals(11, 1)
    assert listed(payload) == list(range(1, 13))
    assert "经验收合格" not in text_in(payload)
    assert "完成标准见当年工作任务书" in text_in(payload)


def test_of_goals_that_do_not_fit_those_not_completed_are_listed_and_the_others_counted():
    payload = with_goals(30, 6)
    assert listed(payload) == list(range(31, 37))
    assert "目标36项，已完成30项，其余6项：" in text_in(payload)
    assert "未列的目标均已完成" in text_in(payload)


@pytest.mark.parametrize(("completed", "open_ones"), [(40, 0), (3, 37)])
def test_where_not_even_these_fit_their_numbers_are_told_and_where_to_read_them(completed, open_ones):
    payload = with_goals(completed, open_ones)
    assert listed(payload) == []
    assert f"目标40项，已完成{completed}项。各项目标见当年工作任务书" in text_in(payload)
    assert "向人事部门查询" in text_in(payload)


@pytest.mark.parametrize(("completed", "open_ones"), [(0, 0), (5, 2), (11, 1), (30, 6), (40, 0), (3, 37)])
def test_a_notice_of_any_length_passes_every_check_and_its_draft_lists_the_same(completed, open_ones):
    payload = with_goals(completed, open_ones)
    assert findings(payload) == []
    assert listed(draft_payload(NOTICE) | {**payload, "draft": True, "issued": False}) == listed(payload)


def test_a_text_that_the_notice_should_list_and_does_not_is_found_missing():
    short, long = with_goals(5, 2), with_goals(5, 2, standard="经有关部门联合验收合格")
    assert "经有关部门联合验收合格" in missing_values(long, render(NOTICE, short))
