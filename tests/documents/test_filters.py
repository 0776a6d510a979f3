"""Values as a template prints them."""

import pytest

from fivestep_web.documents.filters import FILTERS, ordinal


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, "一"),
        (10, "十"),
        (19, "十九"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (115, "一百一十五"),
        (999, "九百九十九"),
    ],
)
def test_headings_count_in_chinese(number, shown):
    assert ordinal(number) == shown


def test_no_two_headings_have_the_same_number():
    assert len({ordinal(number) for number in range(1, 1000)}) == 999


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("完成12个村", "完成12个村。"),
        ("已验收！", "已验收！"),
        ("做到“四个到位”", "做到“四个到位”。"),
        ("部长说：“要抓紧。”", "部长说：“要抓紧。”"),
        ("", "无。"),
        (" \n", "无。"),
    ],
)
def test_a_sentence_ends_once_and_says_so_where_there_is_none(text, shown):
    assert FILTERS["sentence"](text) == shown
