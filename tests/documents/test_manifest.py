"""The list in a zip: read back whole, and never a formula."""

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.documents.manifest import Item, as_csv, as_json

FORMULA = ("=", "+", "-", "@", "\t", "＝")
WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\n"), max_size=20)
TEXT = WORDS | st.builds("{}{}".format, st.sampled_from(FORMULA), WORDS)
ITEMS = st.lists(
    st.builds(Item, TEXT, TEXT, st.integers(2000, 2100), TEXT, TEXT, st.integers(0, 10**9), TEXT), max_size=5
)


@given(ITEMS, st.lists(TEXT))
def test_programs_read_back_what_was_listed(items, notes):
    assert json.loads(b"".join(as_json(items, notes))) == {
        "files": [item._asdict() for item in items],
        "notes": notes,
    }


@given(ITEMS, st.lists(TEXT))
def test_no_cell_of_the_table_is_a_formula_and_no_row_is_lost(items, notes):
    rows = list(csv.reader(io.StringIO(b"".join(as_csv(items, notes)).decode("utf-8-sig"), newline="")))
    assert len(rows) == 1 + len(items) + len(notes)
    assert not any(cell.startswith(FORMULA) for row in rows for cell in row)
