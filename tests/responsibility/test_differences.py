"""Word-by-word differences: nothing is lost, and what changed is no larger than it has to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.responsibility.letters.differences import Mark, Piece, compare, words

TEXTS = st.text(alphabet="后进村整顿20 5.%，。ab验收\n", max_size=40)


@given(TEXTS)
def test_words_put_together_are_the_text(text):
    assert "".join(words(text)) == text


@given(TEXTS, TEXTS)
def test_the_pieces_make_up_both_texts(before, after):
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.REMOVED) == after
    assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert all(piece.mark is Mark.SAME for piece in compare(text, text) if text)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("20个村", "25个村", [("removed", "20"), ("added", "25"), ("same", "个村")]),
        (
            "完成率98.5%",
            "完成率99%",
            [("same", "完成率"), ("removed", "98.5"), ("added", "99"), ("same", "%")],
        ),
        ("PDF文件", "OFD文件", [("removed", "PDF"), ("added", "OFD"), ("same", "文件")]),
        ("2026年11月30日", "2026年12月5日", None),
        ("", "新写", [("added", "新写")]),
        ("不要了", "", [("removed", "不要了")]),
    ],
)
def test_numbers_and_latin_words_change_as_a_whole(before, after, pieces):
    found = compare(before, after)
    if pieces is not None:
        assert found == [Piece(Mark(mark), text) for mark, text in pieces]
    assert {piece.text for piece in found}.isdisjoint({"2", "0", "5", "P", "D", "F"})
