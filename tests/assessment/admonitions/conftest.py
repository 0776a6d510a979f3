"""The people around a case."""

import pytest

from tests.assessment.admonitions.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Return the accounts of a small department and a township."""
    del db
    return make_cast()
