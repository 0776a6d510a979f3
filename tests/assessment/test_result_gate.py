"""The bulletin of results takes its number only for the figures that were confirmed (5.6, ADR 0008)."""

from decimal import Decimal

import pytest
import time_machine

from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.freezing.standing import find as fixed_result
from fivestep_web.assessment.models import RatingTally
from fivestep_web.core.errors import Conflict
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.extensions import db as database
from tests.assessment.commendations import people
from tests.assessment.commendations.people import ISSUE_DAY
from tests.assessment.cycles.plans import CONFIRM_DAY, TALLY_DAY, YEAR, bring_to, make_cast, move

RESULT = DocumentKind.ANNUAL_ASSESSMENT_RESULT


def test_a_draft_of_before_the_results_were_confirmed_is_never_numbered(db):
    cast = make_cast()
    bring_to(cast, CycleState.PUBLICIZING)
    with time_machine.travel(TALLY_DAY, tick=True):
        draft = people.make(cast, RESULT)
    with time_machine.travel(ISSUE_DAY, tick=True), pytest.raises(Conflict, match="结果确定后重新生成"):
        people.approve(cast, draft)
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(cast, CycleState.CONFIRMED)
    with time_machine.travel(ISSUE_DAY, tick=True):
        with pytest.raises(Conflict, match="公示情况已有变化，请重新生成"):
            people.approve(cast, draft)
        issued = people.issue(cast, RESULT)
    assert database.session.get_one(GeneratedDocument, issued).state is DocumentState.ISSUED


def test_figures_that_changed_since_the_draft_are_not_numbered(db):
    cast = make_cast()
    bring_to(cast, CycleState.CONFIRMED)
    with time_machine.travel(ISSUE_DAY, tick=True):
        draft = people.make(cast, RESULT)
        database.session.delete(fixed_result(YEAR))
        database.session.query(RatingTally).update({"score": Decimal(80)})
        database.session.commit()
        with pytest.raises(Conflict, match="考核结果或公示情况已有变化"):
            people.approve(cast, draft)
