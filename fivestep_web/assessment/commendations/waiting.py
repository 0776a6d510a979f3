"""What of a year's commendation waits for the actor today."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.assessment.commendations import policy
from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import CommendationState
from fivestep_web.assessment.publicity.models import Publicity
from fivestep_web.assessment.publicity.rules import last_day
from fivestep_web.assessment.publicity.waiting import Line
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar

_S = CommendationState
HOME = "commendations.commendation_index"


def find_lines(actor: Actor, year: int, today: date) -> list[Line]:
    """Return what the actor has to do next, at most one line, by one statement for who has a part in it."""
    prepares, decides = policy.can_prepare(actor), policy.can_decide(actor)
    if not (prepares or decides):
        return []
    counts = _ready(year, today)
    if decides and counts.get(_S.PUBLICIZING):
        sentence = _("%(count)s个表彰对象公示期满，等您决定。", count=counts[_S.PUBLICIZING])
        return [Line(sentence, _("去决定"), HOME, {}, is_task=True)]
    if prepares and counts.get(_S.DECIDED):
        sentence = _("%(count)s个表彰对象已经决定，等您生成表彰文件。", count=counts[_S.DECIDED])
        return [Line(sentence, _("去生成"), HOME, {}, is_task=True)]
    if prepares and counts.get(_S.CANDIDATE):
        sentence = _("%(count)s个表彰建议对象等您核对、提名。", count=counts[_S.CANDIDATE])
        return [Line(sentence, _("去提名"), HOME, {}, is_task=True)]
    return []


def _ready(year: int, today: date) -> dict[CommendationState, int]:
    """Count the rows that somebody can take on today; those still publicized only once that is over."""
    query = (
        select(Commendation.state, Publicity.posted_on, Publicity.workdays, func.count())
        .outerjoin(Publicity, Publicity.id == Commendation.publicity_id)
        .where(Commendation.year == year, Commendation.state.in_((_S.CANDIDATE, _S.PUBLICIZING, _S.DECIDED)))
        .group_by(Commendation.state, Publicity.posted_on, Publicity.workdays)
    )
    found: dict[CommendationState, int] = {}
    for state, posted_on, workdays, count in db.session.execute(query):
        is_over = posted_on is not None and today > last_day(get_calendar(), posted_on, workdays)
        if state is not _S.PUBLICIZING or is_over:
            found[state] = found.get(state, 0) + count
    return found
