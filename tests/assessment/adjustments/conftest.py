"""A year whose assessment is planned, in the last days of December."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.assessment.cycles.plans import NOW, Cast, make_cast


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """Be on 28 December 2026 with those who run the assessment."""
    with time_machine.travel(NOW, tick=True):
        yield make_cast()
