"""The names behind the numbers in the log: features above the log tell them, its page reads them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final

Namer = Callable[[Collection[int]], Mapping[int, str]]
Names = Mapping[str, Mapping[int, str]]

KINDS: Final = {
    "deputy_id": "person",
    "goal_id": "goal",
    "goals": "goal",
    "head_id": "person",
    "holding": "holding",
    "leader_id": "person",
    "left_out": "unit",
    "letter_id": "letter",
    "parent": "unit",
    "parent_id": "unit",
    "person": "person",
    "person_id": "person",
    "replaces": "letter",
    "successor_id": "person",
    "taken_in": "unit",
    "unit": "unit",
    "unit_id": "unit",
    "users": "user",
}
_namers: dict[str, Namer] = {}


def add(kind: str, namer: Namer) -> None:
    """Let *namer* tell the names of things of this kind; it is asked once a page."""
    _namers[kind] = namer


def find(details: Iterable[Mapping[str, object]], subjects: Iterable[str] = ()) -> Names:
    """Return the names of the things that facts and subjects speak of, one question for each kind."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for detail in details:
        for kind, number in _numbers(detail):
            wanted[kind].add(number)
    for subject in subjects:
        kind, _colon, text = subject.partition(":")
        if text.isdecimal():
            wanted[kind].add(int(text))
    return {kind: _namers[kind](numbers) for kind, numbers in wanted.items() if kind in _namers}


def told(detail: Mapping[str, object], names: Names) -> dict[str, object]:
    """Return the facts with names where they have numbers; a number nobody knows stays."""
    return {fact: _told(value, names, KINDS.get(fact)) for fact, value in detail.items()}


def _told(value: object, names: Names, kind: str | None) -> object:
    if isinstance(value, dict):
        return told(value, names)
    if isinstance(value, list):
        return [_told(item, names, kind) for item in value]
    if kind is not None and isinstance(value, int) and not isinstance(value, bool):
        return names.get(kind, {}).get(value, value)
    return value


def _numbers(detail: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    for fact, value in detail.items():
        if isinstance(value, dict):
            yield from _numbers(value)
            continue
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                yield from _numbers(item)
        if fact in KINDS:
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, int) and not isinstance(item, bool):
                    yield KINDS[fact], item
