"""The table of faults names tests that are there."""

import re

import pytest

from fivestep_web.config import PROJECT

NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (PROJECT / "docs" / "faults.md").read_text("utf-8"))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_each_test_of_the_table_exists(path, name):
    assert f"\ndef {name}(" in (PROJECT / path).read_text("utf-8")


def test_each_fault_has_a_test():
    rows = (PROJECT / "docs" / "faults.md").read_text("utf-8").splitlines()
    faults = [row for row in rows if row.startswith("| ") and not row.startswith(("| ---", "| 故障"))]
    assert len(faults) > 15
    assert all("::test_" in row for row in faults)
