"""Break long titles by sense (GB/T 9704 7.3.1): balanced lines, never inside a word."""

import re
from itertools import combinations, pairwise
from typing import Final

LINE_CHARACTERS: Final = 20
MAX_LINES: Final = 3  # beyond that Word wraps by itself
_UNITS: Final = 2  # half-width characters count half
_WIDE_FROM: Final = 0x2000
# A token is kept whole; a particle stays with the word before it, a number with its measure.
_TOKENS = re.compile(
    r"20\d\d年度?(?:\d{1,2}月份?)?|第[一二三四]季度|[A-Za-z0-9.]+"
    r"|中共|关于|印发|表彰|予以|通报表扬|通报表彰|通报|决定|通知|请示|报告|和|对"
    r"|组织工作|组织系统|先进集体|先进个人|先进单位|工作目标|目标责任书|岗位目标|年度|责任书|任务书|时间表"
    r"|实绩考核|年度考核|结果|建议名单|诫勉谈话|名单|组织部|委员会|党委"
    r"|[^\d]"
)
_STICK_BACK = "的》」）)】”’，。、：；！？,.:;!?们"
_STICK_FORWARD = "《（(【“‘「〔"


def title_lines(title: str) -> str:
    """Return *title* with line feeds where its lines break; one that has some keeps them."""
    if "\n" in title or _width(title) <= LINE_CHARACTERS * _UNITS:
        return title
    words = _words(title)
    needed = -(-_width(title) // (LINE_CHARACTERS * _UNITS))
    for count in range(needed, MAX_LINES + 1):
        lines = _best_split(words, count)
        if lines:
            return "\n".join(lines)
    return title


def _width(text: str) -> int:
    return sum(_UNITS if ord(character) >= _WIDE_FROM else 1 for character in text)


def _words(title: str) -> list[str]:
    words: list[str] = []
    for token in _TOKENS.findall(title):
        if words and (token in _STICK_BACK or words[-1][-1] in _STICK_FORWARD):
            words[-1] += token
        else:
            words.append(token)
    return words


def _best_split(words: list[str], count: int) -> list[str]:
    best: list[str] = []
    best_cost = float("inf")
    for cuts in combinations(range(1, len(words)), count - 1):
        edges = (0, *cuts, len(words))
        lines = ["".join(words[start:end]) for start, end in pairwise(edges)]
        widths = [_width(line) for line in lines]
        if max(widths) > LINE_CHARACTERS * _UNITS:
            continue
        loose = sum(_is_loose(words[cut - 1], words[cut]) for cut in cuts)
        cost = (max(widths) - min(widths)) + loose * 8
        if cost < best_cost:
            best, best_cost = lines, cost
    return best


def _is_loose(before: str, after: str) -> bool:
    """Tell whether a break here may cut a word that the list does not know."""
    return len(before) == 1 and len(after) == 1
