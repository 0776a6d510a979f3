"""The today page: what waits for me, each line opening the very form."""

from datetime import date

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from fivestep_web.assessment.ballots.reminders import open_votes
from fivestep_web.assessment.commendations import waiting as commendations
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.queries import find_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.cycles.waiting import find_waiting
from fivestep_web.assessment.daily.achievements.queries import unreported_unit
from fivestep_web.assessment.grades import waiting as grades
from fivestep_web.assessment.publicity import waiting as publicity
from fivestep_web.assessment.publicity.waiting import Line
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission, Role, actor, requires, why_nothing
from fivestep_web.dashboard import queries, step_three
from fivestep_web.keys import queries as keys
from fivestep_web.org.years import find_selected_year

blueprint = Blueprint("dashboard", __name__)

WATCHERS = {Role.MIN, Role.EXD, Role.DEP, Role.OFC}


@blueprint.get("/")
@requires(Permission.SIGNED_IN)
def today() -> ResponseReturnValue:
    me, year, day = actor(), find_selected_year(), clock.today()
    if why := why_nothing(me):
        return render_template("dashboard/no_post.html", day=day, why=why)
    if year is None:
        return render_template("dashboard/today.html", day=day, year=None)
    entries = url_for("ledger.ledger_index") + "/entries"
    may_read = me.may(Permission.LEDGER_READ)
    cycle = find_cycle(year)  # nothing of it waits before the year's plan is begun
    worry_count, worries = queries.worries(me, year, day, entries) if may_read else (0, [])
    return render_template(
        "dashboard/today.html",
        day=day,
        year=year,
        needs_key=keys.needs_key(me),
        keys_to_approve=keys.count_approvable(me),
        votes=open_votes(me, year) if cycle and cycle.state is CycleState.VOTING else [],
        assessment=find_waiting(me, cycle) if cycle else None,
        unreported=unreported_unit(me, year) if cycle else None,
        publicity=_of_results(me, cycle, day) if cycle else [],
        to_sign=queries.to_sign(me, url_for("letters.letter_index")),
        to_mend=queries.to_mend(me, url_for("letters.letter_index")),
        to_decide=queries.to_decide(me, url_for("changes.change_index")),
        to_hand_over=queries.to_hand_over(me, url_for("letters.letter_index")),
        to_admonish=queries.to_admonish(me, url_for("admonitions.admonition_index")),
        knows_admonitions=queries.knows_admonitions(me),
        to_report=queries.to_report(me, year, day, entries),
        to_accept=queries.to_accept(me, year, entries),
        to_review=queries.to_review(me, year),
        step_three=step_three.list_parts(me, year),
        worry_count=worry_count,
        worries=worries,
        worries_url=url_for("ledger.ledger_index", year=year, **queries.worries_address(me)),
        watched=queries.watched(me, year, day) if me.roles & WATCHERS else None,
    )


def _of_results(me: Actor, cycle: AssessmentCycle, day: date) -> list[Line]:
    """Return what waits of publicities, commendations and grades."""
    return [
        *publicity.find_lines(me, cycle, day),
        *commendations.find_lines(me, cycle.year, day),
        *grades.find_lines(me, cycle.year),
    ]
