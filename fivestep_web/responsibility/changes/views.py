"""Change orders (变更单): asked for, listed, decided on."""

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import NotAllowed, Refusal
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility.changes import handover, outcome
from fivestep_web.responsibility.changes import policy as change_policy
from fivestep_web.responsibility.changes import queries as change_queries
from fivestep_web.responsibility.changes import services as change_services
from fivestep_web.responsibility.changes.checks import ItemError
from fivestep_web.responsibility.changes.forms import DecisionForm, RefusalForm
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.changes.page import HandoverSheet, ReassignSheet, Sheet, mark, sheet_of
from fivestep_web.responsibility.letters import queries, version_queries
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import (
    CHANGE_LABELS,
    CHANGE_STATE_LABELS,
    STATE_LABELS,
    ChangeState,
)

blueprint = Blueprint("changes", __name__)

READERS = (Permission.LETTER_READ, Permission.LETTER_SIGN_RESPONSIBLE, Permission.LETTER_SIGN_ISSUING)
SHOW = "responsibility/change_show.html"
LINE = (ChangeState.PROPOSED, ChangeState.APPROVED, ChangeState.IN_FORCE)


@blueprint.get("/changes")
@requires(*READERS)
def change_index() -> ResponseReturnValue:
    year = find_selected_year()
    filters = {"state": request.args.get("state", ""), "mine": request.args.get("mine") == "1"}
    state, mine = str(filters["state"]), bool(filters["mine"])
    orders = change_queries.list_orders(actor(), year, state=state, mine=mine) if year else []
    counts = change_queries.count_states(actor(), year) if year else {}
    return htmx.render(
        "responsibility/change_index.html",
        "responsibility/_change_rows.html",
        orders=orders,
        filters=filters,
        counts=[(label, counts[item]) for item, label in CHANGE_STATE_LABELS.items() if item in counts],
        affected=handover.list_affected(actor()) if actor().may(Permission.CHANGE_REQUEST) else [],
        states=list(CHANGE_STATE_LABELS.items()),
        state_labels=CHANGE_STATE_LABELS,
        kind_labels=CHANGE_LABELS,
    )


def _changeable(letter_id: int, *, lock: bool = False) -> Letter:
    letter = queries.get_letter(actor(), letter_id, lock=lock)
    if not change_policy.can_request(actor(), letter):
        raise NotAllowed(_("这份责任书的变更不由您申请"))
    return letter


@blueprint.get("/letters/<int:letter_id>/changes/new")
@requires(Permission.CHANGE_REQUEST)
def change_new(letter_id: int) -> ResponseReturnValue:
    letter = _changeable(letter_id)
    sheet = sheet_of(request.args.get("kind", ""), letter)
    return render_template(sheet.template, letter=letter, sheet=sheet, order=None)


@blueprint.post("/letters/<int:letter_id>/changes/new")
@requires(Permission.CHANGE_REQUEST)
def change_create(letter_id: int) -> ResponseReturnValue:
    sheet = sheet_of(request.form.get("kind", ""), _changeable(letter_id))
    made: list[ChangeOrder] = []

    def propose() -> None:
        letter = queries.get_letter(actor(), letter_id, lock=True)
        made.append(change_services.propose(actor(), letter, sheet.proposal()))

    if not _carry_out_sheet(sheet, propose):
        return render_template(sheet.template, letter=_changeable(letter_id), sheet=sheet, order=None), 422
    return htmx.leave(url_for(".change_show", order_id=made[0].id), _("变更已提出，等待批准"))


def _carry_out_sheet(sheet: Sheet | HandoverSheet | ReassignSheet, command: Callable[[], object]) -> bool:
    """Run *command*; a refusal about one cell stands there."""

    def marked() -> None:
        try:
            command()
        except ItemError as error:
            refused.append(error)
            raise

    refused: list[ItemError] = []
    is_done = carry_out(sheet.form, marked, shown=Refusal)
    for error in refused:
        mark(sheet.form, error)
    return is_done


@blueprint.get("/changes/<int:order_id>")
@requires(*READERS)
def change_show(order_id: int) -> ResponseReturnValue:
    return _page(order_id)


def _page(order_id: int, status: int = 200, **forms: object) -> ResponseReturnValue:
    order, letter = change_queries.get_order(actor(), order_id)
    context = {
        "order": order,
        "letter": letter,
        "drawn_up": version_queries.list_drawn_up(actor(), order),
        "objections": outcome.list_objections(actor(), order, letter),
        "ending": outcome.find_ending(order),
        "items": change_queries.list_items(order),
        "can": change_policy.order_actions(actor(), order, letter),
        "state": CHANGE_STATE_LABELS[order.state],
        "states": [CHANGE_STATE_LABELS[item] for item in _line(order)],
        "kind": CHANGE_LABELS[order.kind],
        "letter_states": STATE_LABELS,
        "decision": DecisionForm(formdata=None),
        "refusal": RefusalForm(formdata=None),
    }
    return render_template(SHOW, **context | forms), status


def _line(order: ChangeOrder) -> tuple[ChangeState, ...]:
    return LINE if order.state in LINE else (ChangeState.PROPOSED, order.state)


@blueprint.get("/changes/<int:order_id>/edit")
@requires(Permission.CHANGE_REQUEST)
def change_edit(order_id: int) -> ResponseReturnValue:
    order, letter = change_queries.get_order(actor(), order_id)
    if not change_policy.can_edit(actor(), order, letter):
        raise NotAllowed(_("这份变更单现在不能由您修改"))
    sheet = sheet_of(order.kind, letter, order)
    return render_template(sheet.template, letter=letter, sheet=sheet, order=order)


@blueprint.post("/changes/<int:order_id>/edit")
@requires(Permission.CHANGE_REQUEST)
def change_update(order_id: int) -> ResponseReturnValue:
    order, letter = change_queries.get_order(actor(), order_id)
    sheet = sheet_of(order.kind, letter, order)

    def revise() -> None:
        held, fixed = change_queries.get_order(actor(), order_id, lock=True)
        revision = sheet.form.revision.data or 0
        change_services.revise(actor(), held, fixed, sheet.proposal(), revision=revision)

    if not _carry_out_sheet(sheet, revise):
        order, letter = change_queries.get_order(actor(), order_id)
        return render_template(sheet.template, letter=letter, sheet=sheet, order=order), 422
    return htmx.leave(url_for(".change_show", order_id=order_id), _("变更内容已修改，等待批准"))


@blueprint.post("/changes/<int:order_id>/approve")
@requires(Permission.CHANGE_APPROVE)
def change_approve(order_id: int) -> ResponseReturnValue:
    form = DecisionForm()

    def approve() -> None:
        order, letter = change_queries.get_order(actor(), order_id, lock=True)
        change_services.approve(actor(), order, letter, form.note.data or "")

    if not carry_out(form, approve):
        return _page(order_id, 422, decision=form)
    return htmx.leave(url_for(".change_show", order_id=order_id), _("变更已批准，新责任书等待双方签署"))


@blueprint.post("/changes/<int:order_id>/refuse")
@requires(Permission.CHANGE_APPROVE)
def change_refuse(order_id: int) -> ResponseReturnValue:
    form = RefusalForm()

    def refuse() -> None:
        order, letter = change_queries.get_order(actor(), order_id, lock=True)
        change_services.refuse(actor(), order, letter, form.reason.data)

    if not carry_out(form, refuse):
        return _page(order_id, 422, refusal=form)
    return htmx.leave(url_for(".change_show", order_id=order_id), _("变更未批准，原责任书继续有效"))


@blueprint.post("/changes/<int:order_id>/withdraw")
@requires(Permission.CHANGE_REQUEST)
def change_withdraw(order_id: int) -> ResponseReturnValue:
    with unit_of_work():
        order, letter = change_queries.get_order(actor(), order_id, lock=True)
        change_services.withdraw(actor(), order, letter)
    return htmx.leave(url_for(".change_show", order_id=order_id), _("变更已撤回，原责任书继续有效"))
