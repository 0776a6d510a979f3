"""What tests of documents share."""

import pytest

from fivestep_web.core import settings as instance
from tests.documents.numbering import TODAY
from tests.factories.org import PlanYearFactory


@pytest.fixture
def december(db):
    """Set the day, the agency codes and the year that numbers are taken in."""
    instance.put("rehearsal_date", TODAY.isoformat())
    for name, code in (("decision", "青组发"), ("bulletin", "青组通"), ("report", "青组字")):
        instance.put(f"agency_code_{name}", code)
    PlanYearFactory(year=2026)
