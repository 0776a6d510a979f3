"""Pages of commendation: the hub of a year, its list, one row, and each step (R5.15–R5.17, 5.8)."""

from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.commendations import (
    drawing,
    forms,
    hub,
    paper,
    policy,
    queries,
    rules,
    seats,
    services,
    standing,
)
from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import LINE, CommendationState, CommendationStep
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import htmx
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.forms import BaseForm, carry_out, to_choose
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.org.years import list_years

blueprint = Blueprint("commendations", __name__)
follow(blueprint, "commendations.hub_show")


def check_year(year: int) -> None:
    """Refuse a year that is not planned as if the page were not there."""
    if year not in list_years():
        raise NotFound(_("没有%(year)s年度。", year=year))


@blueprint.get("/results/<int:year>/use")
@requires(Permission.COMMENDATION_READ)
def hub_show(year: int) -> ResponseReturnValue:
    check_year(year)
    return render_template("commendations/hub_show.html", year=year, parts=hub.parts(actor(), year))


@blueprint.get("/results/<int:year>/commendations")
@requires(Permission.COMMENDATION_READ)
def commendation_index(year: int) -> ResponseReturnValue:
    check_year(year)
    return _index(year)


def _index(year: int, sent: forms.PickForm | None = None) -> ResponseReturnValue:
    """Show the list; *sent* is a form that was refused, its boxes still ticked."""
    rows, me = queries.list_rows(year), actor()
    facts = standing.facts_of(year, rows)
    limits, used = seats.seats(year), seats.taken(rows)
    page = render_template(
        "commendations/commendation_index.html",
        year=year,
        groups=[
            (state, by_merit([row for row in rows if row.state is state])) for state in CommendationState
        ],
        marks={row.id: _mark(row.state, facts[row.id]) for row in rows},
        limits=[
            (seats.label_of(key), used[key], limit)
            for key, limit in limits.items()
            if limit is not None or used[key]
        ],
        form=sent or forms.PickForm(formdata=None).offer([]),
        decide_form=sent if isinstance(sent, forms.DecideForm) else forms.DecideForm(formdata=None).offer([]),
        chosen=set(sent.rows.data or ()) if sent else None,
        may_prepare=policy.can_prepare(me),
        may_decide=policy.can_decide(me),
        fixed={row.id for row in rows if policy.is_own(me, row)},
    )
    return page, 422 if sent else 200


def by_merit(rows: list[Commendation]) -> list[Commendation]:
    """Return rows as one compares them: units by rank, then each pool's persons from the highest figure."""
    pools = [*Pool, None]
    people = [row for row in rows if not row.is_unit]
    people.sort(key=lambda row: (pools.index(row.pool), row.score is None, -(row.score or 0)))
    return [*(row for row in rows if row.is_unit), *people]


NEXT = {
    CommendationState.CANDIDATE: CommendationStep.NOMINATE,
    CommendationState.NOMINATED: CommendationStep.PUBLICIZE,
    CommendationState.PUBLICIZING: CommendationStep.DECIDE,
    CommendationState.DECIDED: CommendationStep.ISSUE,
    CommendationState.ISSUED: CommendationStep.TO_CITY,
}


def _mark(state: CommendationState, facts: rules.Facts) -> str:
    """Return what keeps a row from its next step; empty for nothing."""
    step = NEXT.get(state)
    return rules.fault(step, state, facts) if step else ""


@blueprint.post("/results/<int:year>/commendations/draw")
@requires(Permission.COMMENDATION_PREPARE)
def commendation_draw(year: int) -> ResponseReturnValue:
    check_year(year)
    with unit_of_work():
        count = drawing.draw_up(actor(), year)
    return _back(year, _("已按考核结果列出%(count)s个建议对象，请核对后提名。", count=count))


def _back(year: int, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for(".commendation_index", year=year), message)


def _pick(year: int, form: forms.PickForm, act: Callable[[], object], message: str) -> ResponseReturnValue:
    form.offer([row.id for row in queries.list_rows(year)])
    return _back(year, message) if carry_out(form, act) else _index(year, form)


@blueprint.post("/results/<int:year>/commendations/nominate")
@requires(Permission.COMMENDATION_PREPARE)
def commendation_nominate(year: int) -> ResponseReturnValue:
    check_year(year)
    form = forms.PickForm()
    return _pick(
        year, form, lambda: services.nominate(actor(), year, form.rows.data), _("已提名，接着安排公示。")
    )


@blueprint.post("/results/<int:year>/commendations/decide")
@requires(Permission.COMMENDATION_DECIDE)
def commendation_decide(year: int) -> ResponseReturnValue:
    check_year(year)
    form = forms.DecideForm()

    def decide() -> None:
        services.decide(actor(), year, form.rows.data, note=form.note.data)

    return _pick(year, form, decide, _("已作出决定，等办公室生成文件。"))


@blueprint.post("/results/<int:year>/commendations/document")
@requires(Permission.COMMENDATION_PREPARE)
def document_request(year: int) -> ResponseReturnValue:
    check_year(year)
    with unit_of_work():
        wanted = paper.requests(year)
        if not wanted:
            raise Conflict(_("名单上还没有人，不能生成文件。"))
        asked = documents.request_documents(actor(), year, wanted, wanted[0].title)
    address = url_for("documents.document_index", year=year, kind=paper.KIND.value)
    return htmx.leave(address, asked.sentence)


@blueprint.get("/results/<int:year>/commendations/new")
@requires(Permission.COMMENDATION_PREPARE)
def commendation_new(year: int) -> ResponseReturnValue:
    check_year(year)
    return render_template(
        "commendations/commendation_new.html", year=year, form=_add_form(year, formdata=None)
    )


@blueprint.post("/results/<int:year>/commendations/new")
@requires(Permission.COMMENDATION_PREPARE)
def commendation_add(year: int) -> ResponseReturnValue:
    check_year(year)
    form = _add_form(year)

    def add() -> None:
        drawing.add(actor(), year, drawing.read_key(form.who.data), reason=form.reason.data)

    if carry_out(form, add):
        return _back(year, _("已列入建议对象。"))
    return render_template("commendations/commendation_new.html", year=year, form=form), 422


def _add_form(year: int, **given: None) -> forms.AddForm:
    form = forms.AddForm(**given)
    form.who.choices = to_choose(drawing.choices(year))
    return form


@blueprint.get("/results/<int:year>/commendations/<int:row_id>")
@requires(Permission.COMMENDATION_READ)
def commendation_show(year: int, row_id: int) -> ResponseReturnValue:
    return _show(year, row_id, forms.RemoveForm(formdata=None))


def _show(year: int, row_id: int, form: BaseForm) -> ResponseReturnValue:
    row = queries.get_row(year, row_id)
    facts = standing.facts_of(year, [row])[row.id]
    may_change = policy.can_prepare(actor()) or policy.can_decide(actor())
    page = render_template(
        "commendations/commendation_show.html",
        row=row,
        mark=_mark(row.state, facts),
        states=[state.label for state in LINE],
        form=form,
        may_remove=may_change and rules.after(CommendationStep.REMOVE, row.state) is not None,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/results/<int:year>/commendations/<int:row_id>/remove")
@requires(Permission.COMMENDATION_PREPARE, Permission.COMMENDATION_DECIDE)
def commendation_remove(year: int, row_id: int) -> ResponseReturnValue:
    queries.get_row(year, row_id)
    form = forms.RemoveForm()

    def remove() -> None:
        services.remove(actor(), queries.get_row(year, row_id, lock=True), reason=form.reason.data)

    if carry_out(form, remove):
        return _back(year, _("已移出名单，理由已记录。"))
    return _show(year, row_id, form)
