from collections.abc import Iterator

import pytest
import time_machine

from tests.factories.ledger import County, make_county

TODAY = "2026-01-12 10:00+08:00"


@pytest.fixture
def county(db: None) -> Iterator[County]:
    """Be on Monday 12 January 2026, before any letter is signed, in a county with one section."""
    with time_machine.travel(TODAY, tick=True):
        yield make_county()
