"""The small department on a working day of January."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from tests.factories.responsibility import DAY, Department, make_department


@pytest.fixture
def january() -> Iterator[None]:
    """Be in the signing window: 12 January 2026, 10:00 in Asia/Shanghai."""
    moment = datetime(DAY.year, DAY.month, DAY.day, 2, 0, tzinfo=UTC)
    with time_machine.travel(moment, tick=True):
        yield


@pytest.fixture
def department(january: None, db: None) -> Department:
    return make_department()
