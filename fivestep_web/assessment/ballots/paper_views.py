"""Entering paper ballots twice, and the records of visits and discussions (R5.10)."""

from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.ballots import paper, paper_corrections, policy, queries, visits
from fivestep_web.assessment.ballots.entries import (
    PaperEntry,
    control_totals,
    read_entries,
    shown_differences,
)
from fivestep_web.assessment.ballots.forms import PaperCountForm, PaperForm, VisitForm
from fivestep_web.assessment.ballots.models import PaperBatch
from fivestep_web.assessment.ballots.rules import FORMS, VisitKind
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out, to_choose
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work

blueprint = Blueprint("paper", __name__)

SHEET: Final = "ballots/paper_show.html"


@blueprint.get("/assessment/<int:year>/paper")
@requires(Permission.BALLOT_COUNT)
def paper_index(year: int) -> ResponseReturnValue:
    return _index(get_cycle(year), PaperForm(formdata=None))


@blueprint.post("/assessment/<int:year>/paper")
@requires(Permission.BALLOT_COUNT)
def paper_create(year: int) -> ResponseReturnValue:
    form = _offer(PaperForm(), get_cycle(year))

    def open_batch() -> None:
        cycle = get_cycle(year, lock=True)
        paper.open_batch(
            actor(), cycle, form.roster_id.data, issued=form.issued.data, returned=form.returned.data
        )

    if carry_out(form, open_batch):
        return htmx.leave(url_for(".paper_index", year=year), _("已登记，请两名同志各录一遍。"))
    return _index(get_cycle(year), form), 422


@blueprint.get("/assessment/<int:year>/paper/<int:batch_id>")
@requires(Permission.BALLOT_COUNT)
def paper_show(year: int, batch_id: int) -> ResponseReturnValue:
    batch = paper.get_batch(get_cycle(year), batch_id)
    return _sheet(batch, request.args.get("number", type=int))


@blueprint.post("/assessment/<int:year>/paper/<int:batch_id>")
@requires(Permission.BALLOT_COUNT)
def paper_enter(year: int, batch_id: int) -> ResponseReturnValue:
    """Take one ballot and go on to the next that this clerk has not entered."""
    number = request.form.get("number", 0, type=int)
    with unit_of_work():
        batch = _held(year, batch_id)
        entry = read_entries(FORMS[batch.poll.rater_group], paper.offered(batch), request.form)
        if not entry.faults:
            paper.enter(actor(), batch, number, entry.marks)
    if entry.faults:
        return _sheet(paper.get_batch(get_cycle(year), batch_id), number, entry), 422
    return htmx.leave(
        url_for(".paper_show", year=year, batch_id=batch_id), _("第%(number)s张已录入。", number=number)
    )


@blueprint.get("/assessment/<int:year>/paper/<int:batch_id>/edit")
@requires(Permission.BALLOT_COUNT)
def paper_edit(year: int, batch_id: int) -> ResponseReturnValue:
    batch = paper.get_batch(get_cycle(year), batch_id)
    return _correction(batch, PaperCountForm(formdata=None, obj=batch))


@blueprint.post("/assessment/<int:year>/paper/<int:batch_id>/edit")
@requires(Permission.BALLOT_COUNT)
def paper_update(year: int, batch_id: int) -> ResponseReturnValue:
    form = PaperCountForm()

    def correct() -> None:
        paper_corrections.correct_batch(
            actor(), _held(year, batch_id), issued=form.issued.data, returned=form.returned.data
        )

    if carry_out(form, correct):
        return htmx.leave(url_for(".paper_index", year=year), _("份数已更正。"))
    return _correction(paper.get_batch(get_cycle(year), batch_id), form), 422


@blueprint.post("/assessment/<int:year>/paper/<int:batch_id>/entries/<int:entry>/release")
@requires(Permission.BALLOT_COUNT)
def paper_release(year: int, batch_id: int, entry: int) -> ResponseReturnValue:
    with unit_of_work():
        paper_corrections.release_entry(actor(), _held(year, batch_id), entry)
    return htmx.leave(url_for(".paper_index", year=year), _("已收回，请另一名同志从第1张录起。"))


@blueprint.post("/assessment/<int:year>/paper/<int:batch_id>/withdraw")
@requires(Permission.BALLOT_COUNT)
def paper_withdraw(year: int, batch_id: int) -> ResponseReturnValue:
    with unit_of_work():
        paper_corrections.withdraw_batch(actor(), _held(year, batch_id))
    return htmx.leave(url_for(".paper_index", year=year), _("已撤销登记。"))


@blueprint.get("/assessment/<int:year>/visits")
@requires(Permission.BALLOT_READ)
def visit_index(year: int) -> ResponseReturnValue:
    return _visits(get_cycle(year), VisitForm(formdata=None))


@blueprint.post("/assessment/<int:year>/visits")
@requires(Permission.BALLOT_MANAGE)
def visit_create(year: int) -> ResponseReturnValue:
    form = VisitForm()

    def record() -> None:
        visits.record_visit(
            actor(),
            get_cycle(year, lock=True),
            kind=VisitKind(form.kind.data),
            held_on=form.held_on.data,
            place=form.place.data,
            participants=form.participants.data,
            attendance=form.attendance.data,
            findings=form.findings.data,
        )

    if carry_out(form, record):
        return htmx.leave(url_for(".visit_index", year=year), _("已登记。"))
    return _visits(get_cycle(year), form), 422


def _held(year: int, batch_id: int) -> PaperBatch:
    """Return a batch to change: no count is confirmed beside it."""
    return paper.get_batch(get_cycle(year, lock=True), batch_id, lock=True)


def _offer(form: PaperForm, cycle: AssessmentCycle) -> PaperForm:
    form.roster_id.choices = to_choose(paper.registrable(cycle))
    return form


def _index(cycle: AssessmentCycle, form: PaperForm) -> str:
    polls = [poll.id for poll in queries.list_polls(cycle.id)]
    batches = paper.list_batches(polls)
    found = paper.entries_of([batch.id for batch in batches])
    rows = [
        (batch, paper.progress_of(batch, found[batch.id]), paper.is_open(batch.poll)) for batch in batches
    ]
    return render_template(
        "ballots/paper_index.html",
        cycle=cycle,
        rows=rows,
        form=_offer(form, cycle),
        may_register=cycle.state in paper.TAKING,
    )


def _sheet(batch: PaperBatch, number: int | None, entry: PaperEntry | None = None) -> str:
    form, units = FORMS[batch.poll.rater_group], paper.offered(batch)
    found = paper.entries_of([batch.id])[batch.id]
    own = paper.entry_of(actor(), batch)
    missing = [each for each in range(1, batch.returned + 1) if each not in found[own]]
    number = number if number and 1 <= number <= batch.returned else (missing[0] if missing else None)
    context: dict[str, Any] = {"is_whole": all(len(each) == batch.returned for each in found.values())}
    if number is not None and entry is None:
        entry = PaperEntry.of(form, units, found[own].get(number, {}))
    return render_template(
        SHEET,
        batch=batch,
        form=form,
        number=number,
        entry=entry,
        own=own,
        entered={each: len(found[each]) for each in found},
        totals=control_totals(form, found) if context["is_whole"] else [],
        differences=shown_differences(form, dict(units), found) if context["is_whole"] else [],
        is_settled=paper.is_settled(batch, found),
        is_open=paper.is_open(batch.poll),
        **context,
    )


def _correction(batch: PaperBatch, form: PaperCountForm) -> str:
    found = paper.entries_of([batch.id])[batch.id]
    clerks = ((paper.FIRST, batch.first_clerk), (paper.SECOND, batch.second_clerk))
    return render_template(
        "ballots/paper_edit.html",
        batch=batch,
        form=form,
        clerks=[(entry, clerk.name, len(found[entry])) for entry, clerk in clerks if clerk is not None],
        is_open=paper.is_open(batch.poll),
    )


def _visits(cycle: AssessmentCycle, form: VisitForm) -> str:
    return render_template(
        "ballots/visit_index.html",
        cycle=cycle,
        visits=visits.list_visits(cycle.id),
        form=form,
        may_record=policy.can_manage(actor()) and cycle.state in visits.TAKING,
        is_closed=cycle.state is CycleState.VOTING_CLOSED,
    )
