"""The office's side of a vote: codes, how it runs, reminders, the count (R5.10–R5.13)."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Final

from flask import Blueprint, Response, abort, current_app, render_template, request, stream_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.ballots import (
    counting,
    coverage,
    issuing,
    policy,
    queries,
    reminders,
    verification,
)
from fivestep_web.assessment.ballots.codes import in_groups, typed_form
from fivestep_web.assessment.ballots.issuing import Slips
from fivestep_web.assessment.ballots.results import sheet_of
from fivestep_web.assessment.ballots.voting_views import door_of
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.group_results import check_validity
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core import htmx
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.qr import picture

blueprint = Blueprint("polls", __name__)

PAGE: Final = "ballots/poll_index.html"
FRAGMENT: Final = "ballots/_coverage.html"


@dataclass(frozen=True)
class PrintedSlip:
    """One slip on the sheet: for whom, the code in both forms."""

    name: str
    typed: str
    address: str
    picture: str


@blueprint.get("/assessment/<int:year>/polls")
@requires(Permission.BALLOT_READ)
def poll_index(year: int) -> ResponseReturnValue:
    cycle = get_cycle(year)
    parts = coverage.parts_of(cycle)
    may_issue = policy.can_manage(actor()) and cycle.state in issuing.ISSUING
    return htmx.render(
        PAGE,
        FRAGMENT,
        cycle=cycle,
        parts=parts,
        replaceable=list(coverage.replaceable(parts)) if may_issue else [],
        may_manage=policy.can_manage(actor()),
        may_count=policy.can_count(actor()),
        may_issue=may_issue,
        is_voting=cycle.state is CycleState.VOTING,
    )


@blueprint.post("/assessment/<int:year>/codes")
@requires(Permission.BALLOT_MANAGE)
def codes_issue(year: int) -> ResponseReturnValue:
    """Make codes and answer with the sheet to print: it is sent this once and kept nowhere (B3)."""
    try:
        group, series = Group(request.form.get("group", "")), Series(request.form.get("series", ""))
    except ValueError:
        abort(400)
    with unit_of_work():
        cycle = get_cycle(year, lock=True)
        made = issuing.issue(actor(), cycle, group, series)
    return _print_sheet(get_cycle(year), made)


@blueprint.post("/assessment/<int:year>/batches/<int:batch_id>/replace")
@requires(Permission.BALLOT_MANAGE)
def codes_replace(year: int, batch_id: int) -> ResponseReturnValue:
    """Revoke what is unused of a batch and answer with the sheet of the new codes."""
    with unit_of_work():
        cycle = get_cycle(year, lock=True)
        made = issuing.replace(actor(), cycle, batch_id)
    return _print_sheet(get_cycle(year), made)


@blueprint.post("/assessment/<int:year>/polls/<int:poll_id>/remind")
@requires(Permission.BALLOT_MANAGE)
def poll_remind(year: int, poll_id: int) -> ResponseReturnValue:
    with unit_of_work():
        reminders.remind(actor(), get_cycle(year), poll_id)
    return htmx.leave(url_for(".poll_index", year=year), _("已提醒全组，提醒显示在各人的“今天”页。"))


@blueprint.get("/assessment/<int:year>/count")
@requires(Permission.BALLOT_READ)
def count_show(year: int) -> ResponseReturnValue:
    cycle = get_cycle(year)
    polls = queries.list_polls(cycle.id)
    settings = queries.judging_settings(cycle, polls)
    waiting = [poll for poll in polls if poll.sealed_at is not None and poll.counted_at is None]
    firsts = {poll.first_counter_id for poll in waiting}
    return render_template(
        "ballots/count_show.html",
        cycle=cycle,
        counted=[
            (poll, count, check_validity(count, settings[poll.rule_version])[1])
            for poll in polls
            if poll.counted_at is not None and (count := counting.vote_count(poll))
        ],
        waiting=waiting,
        faults=list(verification.faults_of(waiting)),
        is_swept=all(poll.swept_at is not None for poll in waiting),
        is_mine=firsts == {actor().person_id},
        is_second=bool(firsts - {None, actor().person_id}),
        is_confirmed=bool(firsts - {None}),
        may_count=policy.can_count(actor()) and cycle.state is CycleState.VOTING_CLOSED,
        may_read=actor().may(Permission.RESULT_READ),
    )


@blueprint.post("/assessment/<int:year>/count")
@requires(Permission.BALLOT_COUNT)
def count_confirm(year: int) -> ResponseReturnValue:
    with unit_of_work():
        is_done = counting.confirm(actor(), get_cycle(year, lock=True))
    done, waits = _("计票完成。"), _("已确认，等待另一名计票人确认。")
    return htmx.leave(url_for(".count_show", year=year), done if is_done else waits)


@blueprint.post("/assessment/<int:year>/count/take-back")
@requires(Permission.BALLOT_COUNT)
def count_take_back(year: int) -> ResponseReturnValue:
    with unit_of_work():
        counting.take_back(actor(), get_cycle(year, lock=True))
    return htmx.leave(url_for(".count_show", year=year), _("已退回，更正后由两人重新确认。"))


@blueprint.get("/assessment/<int:year>/polls/<int:poll_id>")
@requires(Permission.RESULT_READ)
def poll_show(year: int, poll_id: int) -> ResponseReturnValue:
    """Show the count sheet; before the seal and the count there is nothing to see, for anybody (B7)."""
    cycle = get_cycle(year)
    poll = next((poll for poll in queries.list_polls(cycle.id) if poll.id == poll_id), None)
    if poll is None or poll.counted_at is None:
        raise NotFound(_("这一组还没有计票，任何人看不到结果。"))
    sheet = sheet_of(poll, queries.judging_settings(cycle, [poll])[poll.rule_version])
    return render_template("ballots/poll_show.html", cycle=cycle, sheet=sheet)


def _print_sheet(cycle: AssessmentCycle, made: Sequence[Slips]) -> Response:
    base: str = current_app.config["FIVESTEP"].base_url
    door = door_of(made[0].group)
    page = stream_template(
        "ballots/slip_sheet.html",
        cycle=cycle,
        group=made[0].group,
        series=made[0].series,
        entry=f"{base}/{door}",
        count=sum(len(slips.codes) for slips in made),
        slips=_slips(made, f"{base}/{door}"),
    )
    return Response(page, mimetype="text/html")


def _slips(made: Sequence[Slips], entry: str) -> Iterator[PrintedSlip]:
    """Yield the slips of each row in random order, each picture made when it is sent."""
    for slips in made:
        for code in SystemRandom().sample(slips.codes, len(slips.codes)):
            address = f"{entry}/{code}"
            data = base64.b64encode(picture(address)).decode()
            yield PrintedSlip(slips.name, in_groups(typed_form(code)), entry, f"data:image/png;base64,{data}")
