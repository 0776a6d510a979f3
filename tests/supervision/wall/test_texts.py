from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.supervision.wall.texts import ELLIPSIS, cut, width_of, wrap

WORDS = st.text(alphabet="组织科ABc0-（）“”，。 ", max_size=40)


def test_a_bracket_that_fits_the_next_line_is_not_torn():
    assert wrap("督查督办与会议服务（办公室）", 12 * 12, 12, 2) == ("督查督办与会议服务", "（办公室）")
    assert wrap("后进村整顿（办公室和各乡镇共同办理）", 12 * 12, 12, 2)[0] == "后进村整顿（办公室和各乡"


def test_a_chinese_sign_is_as_wide_as_high_and_a_figure_a_little_over_half():
    assert width_of("组织科", 12) == 36
    assert 24 < width_of("11-28", 10) < 32


def test_brackets_stay_with_their_words():
    assert wrap("后进村整顿（组织科）", 72, 12, 2) == ("后进村整顿", "（组织科）")
    assert wrap("党员教育中心，", 72, 12, 2) == ("党员教育中", "心，")


@given(WORDS, st.integers(24, 200), st.integers(1, 3))
def test_lines_fit_and_lose_nothing_but_at_the_end(text, width, most):
    lines = wrap(text, width, 12, most)
    assert len(lines) <= most
    assert all(width_of(line, 12) <= width for line in lines)
    shown = "".join(lines).replace(" ", "")
    whole = text.replace(" ", "")
    assert shown == whole or whole.startswith(shown.removesuffix(ELLIPSIS))


def test_what_has_no_room_at_all_is_left_out():
    assert cut("组织科", 12, 12) == ""
