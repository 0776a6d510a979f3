"""What changed from one text to another, word by word, pure."""

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# a run of Latin letters or figures is one word, with the point inside a number; so is a run of blanks;
# of anything else, Chinese above all, each character is one
_WORD = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_一-鿿㐀-䶿　-ヿ]+|\s+|.", re.DOTALL)
_CHINESE = re.compile(r"[一-鿿㐀-䶿]")
SHORT = 2  # an unchanged run of at most so many characters between two changes is not worth an island


class Mark(enum.StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, went or came."""

    mark: Mark
    text: str


def words(text: str) -> list[str]:
    """Cut *text* into words; put together again they are the text."""
    return _WORD.findall(text)


def compare(before: str, after: str) -> list[Piece]:
    """Return the pieces that lead from *before* to *after*, what went standing before what came.

    The pieces not added make up *before*, those not removed *after*.
    """
    if not before or not after:
        return list(_joined([(Mark.REMOVED, before), (Mark.ADDED, after)]))
    old, new = words(before), words(after)
    found: list[tuple[Mark, str]] = []
    for name, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if name == "equal":
            found.append((Mark.SAME, "".join(old[i:j])))
        else:
            found += [(Mark.REMOVED, "".join(old[i:j])), (Mark.ADDED, "".join(new[k:m]))]
    return list(_joined(_without_islands(found)))


def _without_islands(found: list[tuple[Mark, str]]) -> Iterator[tuple[Mark, str]]:
    """Let a character or two that happen to be the same between two changes go with these."""
    for place, (mark, text) in enumerate(found):
        is_island = mark is Mark.SAME and len(text) <= SHORT and 0 < place < len(found) - 1
        if is_island and not _CHINESE.search(text) and not text.strip().isalnum():
            yield mark, text  # punctuation and blanks divide phrases
        elif is_island:
            yield Mark.REMOVED, text
            yield Mark.ADDED, text
        else:
            yield mark, text


def _joined(found: Iterable[tuple[Mark, str]]) -> Iterator[Piece]:
    """Put neighbouring pieces together: one removed and one added run between two that stayed."""
    removed = added = ""
    for mark, text in found:
        if mark is Mark.REMOVED:
            removed += text
        elif mark is Mark.ADDED:
            added += text
        elif text:
            yield from _changed(removed, added)
            removed = added = ""
            yield Piece(Mark.SAME, text)
    yield from _changed(removed, added)


def _changed(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece(Mark.REMOVED, removed)
    if added:
        yield Piece(Mark.ADDED, added)


@dataclass(frozen=True)
class Difference:
    """One place where two texts of a letter differ; empty where one of them has nothing."""

    place: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Return the change word by word."""
        return compare(self.before, self.after)
