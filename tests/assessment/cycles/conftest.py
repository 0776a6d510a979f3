"""A year whose assessment is to be planned, in the last days of December."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.assessment.cycles.plans import NOW, Cast, make_cast


@pytest.fixture
def december() -> Iterator[None]:
    """Be on 28 December 2026 in the morning."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def cast(december: None, db: None) -> Cast:
    return make_cast()
