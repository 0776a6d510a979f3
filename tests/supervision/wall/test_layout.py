from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fivestep_web.ledger.rules import Signal
from fivestep_web.supervision.wall.layout import BAR, TYPE, Band, Row, Scale, lay_out, lay_row, scale_for
from fivestep_web.supervision.wall.links import link
from fivestep_web.supervision.wall.rules import Wait, group_goals
from fivestep_web.supervision.wall.sheets import paginate, stack
from fivestep_web.supervision.wall.texts import width_of
from tests.supervision.wall.goals import TODAY, goal, phase

YEAR = Scale(date(2025, 12, 29), date(2027, 1, 3), 16.0)


def words_of(row: Row) -> list[str]:
    return [each.text for each in row.words]


def test_a_bar_begins_and_ends_with_its_days():
    row = lay_row(goal(1, phase(date(2026, 1, 5), date(2026, 1, 18))), YEAR, TODAY)
    assert [(bar.x, bar.width) for bar in row.bars] == [(16.0, 32.0)]
    assert row.deadline_x == 48.0


def test_every_bar_shows_the_responsible_person_inside_where_there_is_room():
    row = lay_row(goal(), YEAR, TODAY)
    assert words_of(row)[:3] == ["调研部署 张某甲", "组织实施 张某甲", "验收总结 张某甲"]


def test_a_short_bar_has_the_name_beside_it():
    row = lay_row(goal(1, phase(date(2026, 1, 5), date(2026, 1, 11)), deadline=date(2026, 3, 1)), YEAR, TODAY)
    name = row.words[0]
    assert (name.text, name.x) == ("张某甲", row.bars[0].end + 6)


def test_short_bars_that_follow_each_other_share_one_name_below():
    starts = [date(2026, 1, 5) + timedelta(days=7 * week) for week in range(3)]
    short = [phase(day, day + timedelta(days=6)) for day in starts]
    row = lay_row(goal(1, *short, phase(date(2026, 1, 26), date(2026, 9, 30))), YEAR, TODAY)
    assert words_of(row).count("张某甲") == 1
    name = next(each for each in row.words if each.text == "张某甲")
    assert name.y > row.bar_y + BAR
    assert row.under == ((row.bars[0].x, row.bars[2].end),)


def test_the_line_of_today_crosses_no_name_that_can_stand_beside_it():
    near = phase(TODAY - timedelta(days=9), TODAY + timedelta(days=90))
    row = lay_row(goal(1, near), YEAR, TODAY)
    noon = YEAR.noon(TODAY)
    assert row.words[0].text == "组织实施 张某甲"
    assert row.words[0].x > noon


def test_a_moved_date_is_marked_where_it_was_and_points_to_where_it_is():
    late = phase(date(2026, 4, 1), date(2026, 9, 30), original_end_on=date(2026, 8, 30))
    row = lay_row(goal(1, late, original_deadline=date(2026, 8, 30)), YEAR, TODAY)
    assert [(mark.x, mark.to) for mark in row.moved] == [
        (YEAR.after(date(2026, 8, 30)), YEAR.after(date(2026, 9, 30)))
    ]
    assert "原08-30" in words_of(row)
    assert row.bar_y > lay_row(goal(), YEAR, TODAY).bar_y


def test_what_is_overdue_runs_on_to_today():
    over = phase(date(2026, 1, 5), date(2026, 5, 29))
    row = lay_row(goal(1, over, signal=Signal.RED_OVERDUE), YEAR, TODAY)
    assert row.late == (row.deadline_x, YEAR.noon(TODAY))
    assert lay_row(goal(1, over), YEAR, TODAY).late is None


def test_a_bar_that_leaves_the_weeks_drawn_is_open_there():
    summer = scale_for(date(2026, 6, 1), date(2026, 8, 30), 800)
    bars = lay_row(goal(), summer, TODAY).bars
    assert [(bar.is_open_left, bar.is_open_right) for bar in bars] == [(True, False), (False, True)]
    assert bars[0].x == 0
    assert bars[-1].end == summer.end


@st.composite
def goals(draw):
    day = date(2026, 1, 5) + timedelta(days=draw(st.integers(0, 60)))
    phases = []
    for length in draw(st.lists(st.integers(1, 60), min_size=1, max_size=6)):
        end = day + timedelta(days=length - 1)
        original = draw(st.none() | st.integers(-20, 20).map(lambda n, end=end: end + timedelta(days=n)))
        phases.append(
            phase(day, end, draw(st.sampled_from(["调研", "组织实施推进落实", ""])), original_end_on=original)
        )
        day = end + timedelta(days=draw(st.integers(1, 9)))
    return goal(
        1,
        *phases,
        person=draw(st.sampled_from(["张某甲", "欧阳某某甲乙"])),
        signal=draw(st.sampled_from(Signal)),
    )


@settings(max_examples=150)
@given(goals(), st.sampled_from([14.0, 20.0, 45.0]), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_no_words_overlap_or_run_out_of_the_drawing(drawn, week, today):
    scale = Scale(YEAR.first, YEAR.last, week)
    row = lay_row(drawn, scale, today)
    assert not row.bars or any(drawn.person in each.text for each in row.words)
    lanes: dict[float, list[tuple[float, float]]] = {}
    for each in row.words:
        width = width_of(each.text, each.size)
        assert each.x >= 0
        assert each.x + width <= scale.width
        assert each.y <= row.height
        lane = row.bar_y if row.bar_y <= each.y <= row.bar_y + BAR else each.y
        lanes.setdefault(lane, []).append((each.x, each.x + width))
    for stretches in lanes.values():
        assert all(a[1] <= b[0] for a, b in pairwise(sorted(stretches)))
    outside = [each for each in row.words if each.size == TYPE and not inside(each, row)]
    beside = [(each.x, each.x + width_of(each.text, TYPE)) for each in outside if each.y <= row.bar_y + BAR]
    assert all(end <= bar.x or start >= bar.end for start, end in beside for bar in row.bars)


def inside(words, row) -> bool:
    end = words.x + width_of(words.text, TYPE)
    return any(bar.x <= words.x and end <= bar.end for bar in row.bars)


def test_pages_repeat_the_leader_and_never_end_with_a_bare_one():
    items = lay_out(group_goals([goal(n) for n in range(1, 30)], {7: "副部长"}), YEAR, TODAY)
    pages = paginate(items, 200)
    assert sum(len(page.rows) for page in pages) == 29
    assert all(page.height <= 200 for page in pages)
    bands = [page.items[0][1] for page in pages]
    assert all(isinstance(band, Band) for band in bands)
    assert [band.is_continued for band in bands] == [False] + [True] * (len(pages) - 1)
    assert not any(isinstance(page.items[-1][1], Band) for page in pages)
    assert all(page.units[0].name == "组织科" for page in pages)


def waiting_sheet():
    first = goal(1, phase(date(2026, 1, 5), date(2026, 3, 31)))
    second = goal(2, phase(date(2026, 2, 2), date(2026, 9, 30)))
    third = goal(3, phase(date(2026, 6, 1), date(2026, 9, 30)))
    return stack(lay_out(group_goals([first, second, third], {7: ""}), YEAR, TODAY))


def test_a_goal_that_waits_is_joined_to_its_predecessor_by_right_angles():
    lines = link(waiting_sheet(), [Wait(3, 1)], {}, YEAR).lines
    (line,) = lines
    assert line.points[0][0] == YEAR.after(date(2026, 3, 31))
    assert line.points[-1][0] == YEAR.at(date(2026, 6, 1))
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(line.points))


def test_a_predecessor_that_is_not_on_the_page_is_named_by_its_code():
    links = link(waiting_sheet(), [Wait(3, 9)], {9: "M0009"}, YEAR)
    assert [each.text for each in links.words] == ["前置M0009"]


def test_a_goal_planned_before_its_predecessor_ends_is_joined_all_the_same():
    (line,) = link(waiting_sheet(), [Wait(2, 1)], {}, YEAR).lines
    assert line.points[-1][0] == YEAR.at(date(2026, 2, 2))
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(line.points))
