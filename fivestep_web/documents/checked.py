"""A finished Word file beside what it was made from, as the checks of part D look at it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import Element, W, WordFile, own_text, text_of


@dataclass(frozen=True)
class Checked:
    """A file with what it was made from."""

    file: WordFile
    kind: DocumentKind
    payload: Mapping[str, Any]

    def styled(self, style: str) -> Sequence[Element]:
        """Return the paragraphs of *style*."""
        return self.file.styled.get(style, ())

    def lines(self) -> Iterator[str]:
        """Yield the text of each paragraph outside tables, and each row of a table, `|` between its cells."""
        for block in self.file.document.find(f"{W}body"):
            if block.tag == f"{W}tbl":
                yield from ("|".join(row) for row in table_rows(block))
            else:
                yield own_text(block)


def table_rows(table: Element) -> Iterator[list[str]]:
    """Yield the cells' texts of each row of *table*, without line breaks."""
    for row in table.iter(f"{W}tr"):
        yield [text_of(cell).replace("\n", "") for cell in row.iter(f"{W}tc")]
