"""A year whose results are publicized, and those who object and answer."""

import pytest
import time_machine

from fivestep_web.assessment.cycles.rules import CycleState
from tests.assessment.cycles.plans import TALLY_DAY, Cast, bring_to, make_cast
from tests.assessment.publicity.people import Troupe, make_troupe


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def troupe(cast: Cast) -> Troupe:
    """Who objects, receives and answers, in a year whose results were posted on 5 January 2027."""
    made = make_troupe(cast)
    bring_to(cast, CycleState.PUBLICIZING)
    return made


@pytest.fixture
def posting_day():
    """Be on the day the results were posted."""
    with time_machine.travel(TALLY_DAY, tick=True) as traveller:
        yield traveller
