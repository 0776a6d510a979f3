from collections.abc import Iterator

import pytest
import time_machine

from tests.factories.ledger import County, make_county


@pytest.fixture
def county(db: None) -> Iterator[County]:
    """Be on Friday 9 October 2026 in a county with one section."""
    with time_machine.travel("2026-10-09 10:00+08:00", tick=True):
        yield make_county()
