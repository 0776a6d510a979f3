import pytest

from tests.workbook.builders import sheets
from tests.workbook.loading import load


@pytest.fixture
def small(db):
    """The small workbook, loaded."""
    load(sheets())
