"""A year with those who run its assessment."""

import pytest

from tests.assessment.cycles.plans import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()
