"""A year whose results are confirmed, with units and one head to be commended."""

import pytest
import time_machine

from fivestep_web.assessment.cycles.rules import CycleState
from tests.assessment.commendations.people import give_heads
from tests.assessment.cycles.plans import CONFIRM_DAY, bring_to, make_cast
from tests.assessment.publicity.people import Troupe, make_troupe


@pytest.fixture
def troupe(db: None) -> Troupe:
    """Who has a part in it; the member heads the third section."""
    made = make_troupe(make_cast())
    give_heads(made.member)
    bring_to(made.cast, CycleState.CONFIRMED)
    return made


@pytest.fixture
def cast(troupe: Troupe):
    """Be on the day the results were confirmed."""
    with time_machine.travel(CONFIRM_DAY, tick=True):
        yield troupe.cast
