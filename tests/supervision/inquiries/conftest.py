from collections.abc import Iterator

import pytest
import time_machine

from tests.factories.ledger import County, make_county

ASKED_ON = "2026-04-30 10:00+08:00"  # the Thursday of domain.md 5.5's example


@pytest.fixture
def county(db: None) -> Iterator[County]:
    """Be on Thursday 30 April 2026 in a county with one section."""
    with time_machine.travel(ASKED_ON, tick=True):
        yield make_county()
