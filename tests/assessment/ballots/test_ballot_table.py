"""The tables of votes and scoring miss no row and name tests that are there."""

import re

import pytest

from fivestep_web.config import PROJECT

TEXT = (PROJECT / "docs" / "ballots.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
ROWS_OF_7_2 = 14


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_each_test_of_the_tables_exists(path, name):
    assert f"\ndef {name}(" in (PROJECT / path).read_text("utf-8")


def test_no_rule_and_no_example_is_missing_and_each_has_a_test():
    attacks, reading, validity, examples = (
        [line for line in part.splitlines() if line.startswith("| ")][2:]
        for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:5]
    )
    assert [row.split(" | ")[0] for row in attacks] == [f"| B{number}" for number in range(1, 10)]
    assert [row.split(" | ")[0] for row in examples] == [f"| E{number}" for number in range(1, 13)]
    assert len(validity) == ROWS_OF_7_2
    assert all("::test_" in row for row in (*attacks, *reading, *validity, *examples))
