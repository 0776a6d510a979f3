"""What is wrong with a workbook, each thing with its place."""

from dataclasses import dataclass

from fivestep_web.workbook.raw import column_index

MAX_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: where, what and how to mend it. *column* is empty when it concerns no single cell."""

    sheet: str
    row: int
    column: str
    heading: str
    message: str
    value: str = ""

    @property
    def cell(self) -> str:
        """Return the address, such as C5; empty when the problem concerns no single cell."""
        return f"{self.column}{self.row}" if self.column else ""


class Findings:
    """Collects the problems of one check."""

    def __init__(self, sheets: list[str]) -> None:
        self._order = {name: index for index, name in enumerate(sheets)}
        self._found: list[Problem] = []

    def add(self, problem: Problem) -> None:
        """Keep one more problem."""
        self._found.append(problem)

    def in_order(self) -> tuple[Problem, ...]:
        """Return the problems by sheet, row and column."""
        return tuple(sorted(self._found, key=self._place))

    def _place(self, problem: Problem) -> tuple[int, str, int, int]:
        order = self._order.get(problem.sheet, len(self._order))
        return order, problem.sheet, problem.row, column_index(problem.column)


def shown(text: str) -> str:
    """Return *text* as a message may quote it: printable and not longer than 40 characters."""
    start = printable(text[: MAX_SHOWN + 1])
    return start if len(start) <= MAX_SHOWN else start[:MAX_SHOWN] + "…"


def printable(text: str) -> str:
    """Return *text* with a box for every character that would not show, or would steer a terminal."""
    return text if text.isprintable() else "".join(each if each.isprintable() else "□" for each in text)
