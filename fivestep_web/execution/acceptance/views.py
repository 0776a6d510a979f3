"""A phase: handed in with evidence, accepted or sent back; the list of what waits for acceptance."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.execution.acceptance import page, policy, queries, services, waiting
from fivestep_web.execution.acceptance.forms import AcceptForm, SendBackForm, SubmitForm
from fivestep_web.execution.acceptance.links import links_for
from fivestep_web.execution.acceptance.rules import CAN_HAND_IN, OUTCOME_LABELS
from fivestep_web.execution.evidence import queries as evidence_queries
from fivestep_web.execution.evidence.taking import let_files_in, take
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility.models import Milestone
from fivestep_web.responsibility.rules import MilestoneState

blueprint = Blueprint("acceptance", __name__)
let_files_in(blueprint, "milestone_submit", "milestone_files")


@blueprint.get("/milestones")
@requires(Permission.LEDGER_READ)
def milestone_index() -> ResponseReturnValue:
    year = find_selected_year()
    return render_template(
        "acceptance/milestone_index.html",
        groups=waiting.list_groups(actor(), year) if year else [],
        today=clock.today(),
    )


@blueprint.get("/milestones/<int:milestone_id>")
@requires(Permission.LEDGER_READ)
def milestone_show(milestone_id: int) -> ResponseReturnValue:
    return _show(queries.get_milestone(actor(), milestone_id))


def _show(milestone: Milestone, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    """Show a phase with the forms the actor may fill in now; *forms* are those just refused."""
    goal = milestone.goal
    history = queries.list_submissions(milestone.id)
    may_hand_in = policy.may_hand_in(actor(), goal)
    is_open = may_hand_in and milestone.state in CAN_HAND_IN
    line = next(item for item in page.list_phases(goal) if item.id == milestone.id)
    context: dict[str, Any] = {
        "milestone": milestone,
        "line": line,
        "steps": page.steps(line.state),
        "links": links_for(actor(), milestone),
        "history": history,
        "outcomes": OUTCOME_LABELS,
        "files": evidence_queries.of_submissions([item.id for item in history]),
        "chosen": evidence_queries.chosen_for_phase(milestone.id) if may_hand_in else [],
        "submit_form": forms.get("submit") or (_submit_form(milestone, fresh=True) if is_open else None),
        "accept_form": None,
        "send_back_form": None,
    }
    if policy.can_accept(actor(), goal, history[0] if history else None):
        fresh = {"formdata": None, "revision": milestone.revision}
        context["accept_form"] = forms.get("accept") or AcceptForm(**fresh)
        context["send_back_form"] = forms.get("send_back") or SendBackForm(**fresh)
        context["is_sent_back"] = "send_back" in forms
    return render_template("acceptance/milestone_show.html", **context), status


def _submit_form(milestone: Milestone, *, fresh: bool = False) -> SubmitForm:
    form = SubmitForm(formdata=None, revision=milestone.revision) if fresh else SubmitForm()
    if milestone.state is not MilestoneState.SENT_BACK:
        del form.answer
    return form


@blueprint.post("/milestones/<int:milestone_id>/files")
@requires(Permission.PROGRESS_REPORT)
def milestone_files(milestone_id: int) -> ResponseReturnValue:
    milestone = queries.get_milestone(actor(), milestone_id)
    form = _submit_form(milestone)
    if not form.uploads:
        form.files.errors = [_("请先选择照片或文件。")]
        return _show(milestone, 422, submit=form)
    if not take(form, actor(), milestone.goal, phase=milestone):
        return _show(queries.get_milestone(actor(), milestone_id), 422, submit=form)
    return htmx.leave(url_for(".milestone_show", milestone_id=milestone_id), _("材料已存，还没有提交验收"))


@blueprint.post("/milestones/<int:milestone_id>/submit")
@requires(Permission.PROGRESS_REPORT)
def milestone_submit(milestone_id: int) -> ResponseReturnValue:
    milestone = queries.get_milestone(actor(), milestone_id)
    form = _submit_form(milestone)

    def submit() -> None:
        shown = queries.get_milestone(actor(), milestone_id, lock=True, revision=form.revision.data)
        answer = form.answer.data if "answer" in form else ""
        services.submit(actor(), shown, note=form.note.data, answer=answer or "")

    if take(form, actor(), milestone.goal, phase=milestone) and carry_out(form, submit):
        message = _("已提交验收，完成日期按今天计，请等验收")
        return htmx.leave(url_for(".milestone_show", milestone_id=milestone_id), message)
    return _show(queries.get_milestone(actor(), milestone_id), 422, submit=form)


@blueprint.post("/milestones/<int:milestone_id>/accept")
@requires(Permission.MILESTONE_ACCEPT)
def milestone_accept(milestone_id: int) -> ResponseReturnValue:
    form = AcceptForm()

    def accept() -> None:
        milestone = queries.get_milestone(actor(), milestone_id, lock=True, revision=form.revision.data)
        services.accept(actor(), milestone, note=form.note.data or "")

    if carry_out(form, accept):
        return htmx.leave(url_for(".milestone_show", milestone_id=milestone_id), _("验收通过"))
    return _show(queries.get_milestone(actor(), milestone_id), 422, accept=form)


@blueprint.post("/milestones/<int:milestone_id>/send-back")
@requires(Permission.MILESTONE_ACCEPT)
def milestone_send_back(milestone_id: int) -> ResponseReturnValue:
    form = SendBackForm()

    def send_back() -> None:
        milestone = queries.get_milestone(actor(), milestone_id, lock=True, revision=form.revision.data)
        services.send_back(actor(), milestone, reason=form.reason.data)

    if carry_out(form, send_back):
        return htmx.leave(url_for(".milestone_show", milestone_id=milestone_id), _("已退回整改"))
    return _show(queries.get_milestone(actor(), milestone_id), 422, send_back=form)
