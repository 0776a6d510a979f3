"""Inquiries and guiding opinions (质询, R4.6, R4.7): list, one inquiry with its history, a new one."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import NotAllowed
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.execution.reach import get_goal
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import get_selected_year
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.extensions import policy as extension_policy
from fivestep_web.supervision.extensions.queries import extended, list_of_item
from fivestep_web.supervision.inquiries import extending, page, payloads, policy, queries, services
from fivestep_web.supervision.inquiries.forms import FORMS, InquiryForm, StepForm
from fivestep_web.supervision.inquiries.models import Inquiry
from fivestep_web.supervision.inquiries.queries import OPEN, OVERDUE, Filter
from fivestep_web.supervision.inquiries.rules import STATE_LABELS, InquiryKind, Move

blueprint = Blueprint("inquiries", __name__)

STATES = [
    (OPEN, "未办结"),
    (OVERDUE, "逾期未答复"),
    *((state.value, label) for state, label in STATE_LABELS.items()),
]
KINDS = [(kind.value, kind.label) for kind in InquiryKind]


@blueprint.get("/inquiries")
@requires(Permission.LEDGER_READ)
def inquiry_index() -> ResponseReturnValue:
    year, state, kind = get_selected_year(), request.args.get("state", ""), request.args.get("kind", "")
    wanted = Filter(
        year,
        state if state in dict(STATES) else "",
        request.args.get("unit_id", type=int),
        InquiryKind(kind) if kind in dict(KINDS) else None,
    )
    number = max(0, request.args.get("page", 0, type=int))
    shown = page.index_page(actor(), wanted, number, clock.today())

    def address(turned: int) -> str:
        values: dict[str, Any] = {
            "state": wanted.state or None,
            "unit_id": wanted.unit_id,
            "kind": wanted.kind,
        }
        return url_for(".inquiry_index", year=year, page=turned or None, **values)

    return render_template(
        "inquiries/inquiry_index.html",
        wanted=wanted,
        shown=shown,
        states=STATES,
        kinds=KINDS,
        units=unit_choices(),
        previous_url=address(number - 1) if number else None,
        next_url=address(number + 1) if shown.has_more else None,
    )


@blueprint.get("/goals/<int:goal_id>/inquiries/new")
@requires(Permission.INQUIRY_RAISE)
def inquiry_new(goal_id: int) -> ResponseReturnValue:
    goal = get_goal(actor(), goal_id)
    return _new(goal, InquiryForm(formdata=None, data={"due_on": services.default_due(goal.year)}))


def _new(goal: Goal, form: InquiryForm, status: int = 200) -> ResponseReturnValue:
    if not policy.may_raise(actor(), goal):
        raise NotAllowed(_("质询和指导性意见由主管领导、常务副部长、部长提出。"))
    return render_template(
        "inquiries/inquiry_new.html",
        goal=goal,
        form=form,
        due_on=services.default_due(goal.year),
        inquiries=queries.of_goal(goal.id),
    ), status


@blueprint.post("/goals/<int:goal_id>/inquiries")
@requires(Permission.INQUIRY_RAISE)
def inquiry_create(goal_id: int) -> ResponseReturnValue:
    goal, form = get_goal(actor(), goal_id), InquiryForm()
    made: list[int] = []

    def create() -> None:
        kind = InquiryKind(form.kind.data)
        found = services.raise_inquiry(
            actor(), goal_id=goal_id, kind=kind, text=form.text.data, due_on=form.due_on.data
        )
        made.append(found.id)

    if not carry_out(form, create):
        return _new(goal, form, 422)
    return htmx.leave(url_for(".inquiry_show", inquiry_id=made[0]), _("已发出，等单位签收、答复"))


@blueprint.get("/inquiries/<int:inquiry_id>")
@requires(Permission.LEDGER_READ)
def inquiry_show(inquiry_id: int) -> ResponseReturnValue:
    return _show(queries.get_inquiry(actor(), inquiry_id))


def _show(
    inquiry: Inquiry, status: int = 200, failed: Move | None = None, sent: StepForm | None = None
) -> ResponseReturnValue:
    default_due = services.default_due(inquiry.goal.year)

    def form_of(move: Move) -> StepForm:
        if move is failed and sent is not None:
            return sent
        return FORMS[move](formdata=None, data={"revision": inquiry.revision, "due_on": default_due})

    moves = policy.can(actor(), inquiry)
    return render_template(
        "inquiries/inquiry_show.html",
        inquiry=inquiry,
        line=page.line_of(inquiry),
        states=page.state_line(inquiry),
        receipts=page.receipt_note(inquiry),
        is_unread=page.is_unread(actor(), inquiry),
        forms={move.value: form_of(move) for move in Move if move in moves},
        failed=failed.value if failed else "",
        may_urge=policy.can_urge(actor(), inquiry),
        urges=queries.urges_of([inquiry.id]).get(inquiry.id, 0),
        moved=extended(extending.KIND, [inquiry.id]).get(inquiry.id),
        extensions=list_of_item(actor(), extending.KIND, inquiry.id),
        may_extend=inquiry.state.is_with_unit
        and extension_policy.can_ask(actor(), extending.item_of(inquiry)),
    ), status


def _step(inquiry_id: int, move: Move, message: str) -> ResponseReturnValue:
    """Take a step with the inquiry as it was shown."""
    form = FORMS[move]()
    queries.get_inquiry(actor(), inquiry_id)

    def take() -> None:
        found = queries.get_inquiry(actor(), inquiry_id, lock=True, revision=form.revision.data)
        values = {name: form[name].data for name in ("text", "due_on") if name in form}
        services.step(actor(), found, move, **{**values, "text": values.get("text") or ""})

    if not carry_out(form, take):
        return _show(queries.get_inquiry(actor(), inquiry_id), 422, move, form)
    return htmx.leave(url_for(".inquiry_show", inquiry_id=inquiry_id), message)


@blueprint.post("/inquiries/<int:inquiry_id>/acknowledge")
@requires(Permission.INQUIRY_ANSWER)
def inquiry_acknowledge(inquiry_id: int) -> ResponseReturnValue:
    return _step(inquiry_id, Move.ACKNOWLEDGE, _("已签收，请在时限内答复或落实"))


@blueprint.post("/inquiries/<int:inquiry_id>/answer")
@requires(Permission.INQUIRY_ANSWER)
def inquiry_answer(inquiry_id: int) -> ResponseReturnValue:
    return _step(inquiry_id, Move.ANSWER, _("已答复，等领导审阅"))


@blueprint.post("/inquiries/<int:inquiry_id>/rectify")
@requires(Permission.INQUIRY_ANSWER)
def inquiry_rectify(inquiry_id: int) -> ResponseReturnValue:
    return _step(inquiry_id, Move.RECTIFY, _("已报告落实情况，等领导审阅"))


@blueprint.post("/inquiries/<int:inquiry_id>/ask-again")
@requires(Permission.INQUIRY_RAISE)
def inquiry_ask_again(inquiry_id: int) -> ResponseReturnValue:
    return _step(inquiry_id, Move.ASK_AGAIN, _("已再次质询，重新计算答复时限"))


@blueprint.post("/inquiries/<int:inquiry_id>/guide")
@requires(Permission.INQUIRY_RAISE)
def inquiry_guide(inquiry_id: int) -> ResponseReturnValue:
    return _step(inquiry_id, Move.GUIDE, _("指导性意见已提出，等单位落实"))


@blueprint.post("/inquiries/<int:inquiry_id>/close")
@requires(Permission.INQUIRY_RAISE)
def inquiry_close(inquiry_id: int) -> ResponseReturnValue:
    return _step(inquiry_id, Move.CLOSE, _("已办结"))


@blueprint.post("/inquiries/<int:inquiry_id>/read")
@requires(Permission.LEDGER_READ)
def inquiry_read(inquiry_id: int) -> ResponseReturnValue:
    with unit_of_work():
        services.note_opened(actor(), queries.get_inquiry(actor(), inquiry_id, lock=True))
    return htmx.leave(url_for(".inquiry_show", inquiry_id=inquiry_id), _("已阅"))


@blueprint.post("/inquiries/<int:inquiry_id>/urge")
@requires(Permission.INQUIRY_URGE)
def inquiry_urge(inquiry_id: int) -> ResponseReturnValue:
    with unit_of_work():
        found = queries.get_inquiry(actor(), inquiry_id, lock=True)
        count = services.urge(actor(), found)
    return htmx.leave(
        url_for(".inquiry_show", inquiry_id=inquiry_id), _("已催办，共%(count)s次", count=count)
    )


@blueprint.post("/inquiries/<int:inquiry_id>/paper")
@requires(Permission.LEDGER_READ)
def inquiry_paper(inquiry_id: int) -> ResponseReturnValue:
    if not actor().may(Permission.DOCUMENT_READ):
        raise NotAllowed(_("您的岗位不能看文档。"))
    with unit_of_work():
        inquiry = queries.get_inquiry(actor(), inquiry_id)
        wanted = payloads.inquiry_request(inquiry.id)
        documents.request_documents(actor(), inquiry.goal.year, [wanted], wanted.title)
    return htmx.leave(url_for(".inquiry_show", inquiry_id=inquiry_id), _("Word 稿正在生成，稍后刷新查看"))
