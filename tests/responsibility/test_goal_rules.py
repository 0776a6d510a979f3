from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.responsibility.goals.rules import (
    EXAMPLE,
    VAGUE,
    Branch,
    Carried,
    StandardError,
    check_standard,
    conditions_of,
    is_bare_words,
    is_numeric,
    loads,
    roll_up,
    stored_target,
    target_text,
    typed_target,
)

NUMERIC = {"standard": "20个后进村全部验收合格", "target": Decimal(20), "measure_unit": "个"}
PRODUCT = {
    "standard": "制度体系进一步完善",
    "target": None,
    "deliverable": "干部考察办法",
    "acceptance": "经部务会审议通过\n印发各乡镇",
}
POINTS = st.decimals(0, 1000, places=2)
SHARES = st.none() | st.decimals(0, 1, places=4)


@pytest.mark.parametrize(
    "goal", [NUMERIC, NUMERIC | {"measure_unit": "", "indicator": "验收合格村数"}, PRODUCT]
)
def test_a_number_with_its_unit_or_a_product_with_a_condition_will_do(goal):
    check_standard(**goal)


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        (NUMERIC | {"standard": " "}, "请填写完成标准"),
        (NUMERIC | {"measure_unit": " "}, "目标值和计量单位"),
        (NUMERIC | {"target": None}, "目标值和计量单位"),
        (PRODUCT | {"acceptance": " \n"}, "还没有验收条件"),
        (PRODUCT | {"deliverable": ""}, "还没有写交付成果"),
        (PRODUCT | {"acceptance": "经部务会审议通过\n不断提升水平"}, "验收条件“不断提升水平”"),
        (NUMERIC | {"standard": "进一步加强后进村整顿"}, EXAMPLE),
    ],
)
def test_what_cannot_be_checked_is_refused_with_what_to_write(goal, message):
    with pytest.raises(StandardError, match=message):
        check_standard(**goal)


@given(st.lists(st.sampled_from(VAGUE), min_size=1, max_size=4), st.sampled_from(["", "工作", "，队伍建设"]))
def test_exhortations_alone_are_never_a_standard(words, object_):
    text = "".join(words) + object_
    assert is_bare_words(text)
    assert not is_bare_words(text + "，培训2000人次")
    with pytest.raises(StandardError):
        check_standard(**NUMERIC | {"standard": text})


@pytest.mark.parametrize(
    "text", ["按期完成10，资料齐全，经主管领导验收", "逐村验收合格", "提高到百分之九十", "落实三项制度"]
)
def test_a_number_or_a_checkable_result_makes_a_standard(text):
    assert not is_bare_words(text)


def test_conditions_are_lines_without_their_numbers():
    assert conditions_of("1. 通过\n\n（2）印发\n 3、备案 \n2026年底前归档") == [
        "通过",
        "印发",
        "备案",
        "2026年底前归档",
    ]


@st.composite
def trees(draw):
    size = draw(st.integers(1, 20))
    return [
        Branch(
            number,
            draw(st.integers(0, number - 1)) or None if number else None,
            draw(POINTS),
            draw(SHARES),
        )
        for number in range(size)
    ]


@given(trees())
def test_what_tasks_come_to_lies_between_the_least_and_the_most_of_them(tree):
    found = roll_up(tree)
    by_parent = {}
    for branch in tree:
        by_parent.setdefault(branch.parent_id, []).append(branch)
    for goal_id, result in found.items():
        tasks = by_parent[goal_id]
        shares = [found[task.id].share if task.id in found else task.share for task in tasks]
        given_shares = [share for share in shares if share is not None]
        assert (result.tasks, result.points) == (len(tasks), sum(task.points for task in tasks))
        if not given_shares:
            assert result.share is None
            continue
        assert min(given_shares) - Decimal("1e-20") <= result.share <= max(given_shares) + Decimal("1e-20")


def test_completion_goes_up_through_every_depth_by_points():
    found = roll_up(
        [
            Branch(1, None, Decimal(10), Decimal("0.9")),
            Branch(2, 1, Decimal(30), Decimal("0.1")),
            Branch(3, 1, Decimal(10), Decimal(1)),
            Branch(4, 2, Decimal(1), Decimal("0.5")),
            Branch(5, 2, Decimal(1), None),
        ]
    )
    assert found[2].share == Decimal("0.5")
    assert found[1].share == (30 * Decimal("0.5") + 10) / 40
    assert (found[1].tasks, found[1].points) == (2, Decimal(40))
    assert set(found) == {1, 2}


def test_tasks_without_points_count_the_same():
    found = roll_up(
        [
            Branch(1, None, Decimal(1)),
            Branch(2, 1, Decimal(0), Decimal(1)),
            Branch(3, 1, Decimal(0), Decimal(0)),
        ]
    )
    assert found[1].share == Decimal("0.5")


@given(trees(), st.lists(st.integers(1, 5), min_size=20, max_size=20))
def test_the_loads_of_all_people_total_the_sheets_they_come_from(tree, people):
    goals = [
        Carried(branch.id, branch.parent_id, people[index], branch.points, branch.points)
        for index, branch in enumerate(tree)
    ]
    found = loads(goals)
    whole = sum(goal.weight for goal in goals if goal.parent_id is None)
    assert abs(sum(found.values()) - whole) < Decimal("0.01") * (len(found) + 1)
    assert set(found) <= {goal.person_id for goal in goals}


def test_a_unit_goal_without_tasks_weighs_on_its_own_lead():
    goals = [
        Carried(1, None, 7, Decimal(20), Decimal(40)),
        Carried(2, None, 7, Decimal(30), Decimal(60)),
        Carried(3, 2, 8, Decimal(1), Decimal(0)),
        Carried(4, 2, 9, Decimal(3), Decimal(0)),
    ]
    assert loads(goals) == {7: Decimal("40.00"), 8: Decimal("15.00"), 9: Decimal("45.00")}


def test_a_unit_or_an_indicator_asks_for_a_target():
    for measured in ({"measure_unit": "个"}, {"indicator": "办结率"}):
        with pytest.raises(StandardError, match="还没有写目标值") as caught:
            check_standard(**PRODUCT | measured)
        assert caught.value.field == "target"
        check_standard(**PRODUCT | measured | {"target": Decimal(1)})


@given(st.decimals(0, 10**6, places=2), st.sampled_from(["", " ", "个"]), st.sampled_from(["", "办结率"]))
def test_a_target_that_was_typed_is_read_again(typed, unit, indicator):
    if is_numeric(unit, indicator) or typed != 1:
        assert typed_target(stored_target(typed), unit, indicator) == typed
        assert Decimal(target_text(typed, unit, indicator).removesuffix(unit)) == typed


def test_a_target_nobody_typed_is_none():
    assert typed_target(stored_target(None), "", "") is None
    assert target_text(stored_target(None), "", "") == ""
