"""诫勉: who waits for what, a case's cover, its contents by asking (which is logged), and each step."""

from collections.abc import Callable

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.admonitions import forms, opening, page, queries, services
from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.policy import Turn
from fivestep_web.assessment.admonitions.rules import Source, Step
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import NotFound
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.downloads import WORD, attached
from fivestep_web.org.queries import person_choices
from fivestep_web.org.years import find_selected_year, get_selected_year

blueprint = Blueprint("admonitions", __name__)

Act = Callable[[Admonition], object]


@blueprint.get("/admonitions")
@requires(Permission.SIGNED_IN)
def admonition_index() -> ResponseReturnValue:
    """List what the reader may know of; to everybody else the page is the same, whatever there is."""
    me, year = actor(), find_selected_year()
    cases = queries.list_cases(me, year) if year else []
    return render_template(
        "admonitions/admonition_index.html",
        year=year,
        waiting=[(case, note) for case, note in queries.list_current(me, clock.today()) if note],
        rows=[(case, page.waits_for(case)) for case in cases],
        entries=queries.list_entries(me, year) if year else [],
        reads_all=me.may(Permission.ADMONITION_READ),
        keeps_entries=me.may(Permission.ADMONITION_ENTRY),
        can_open=me.may(Permission.ADMONITION_PROPOSE),
    )


@blueprint.get("/admonitions/new")
@requires(Permission.ADMONITION_PROPOSE)
def admonition_new() -> ResponseReturnValue:
    form = forms.OpenForm(formdata=None).offer(person_choices())
    return render_template("admonitions/admonition_new.html", form=form, year=get_selected_year())


@blueprint.post("/admonitions/new")
@requires(Permission.ADMONITION_PROPOSE)
def admonition_create() -> ResponseReturnValue:
    year, form = get_selected_year(), forms.OpenForm().offer(person_choices())
    made: list[int] = []

    def command() -> None:
        source, person_id = Source(form.source.data), int(form.person_id.data)
        made.append(opening.open_case(actor(), year, person_id, source, form.reason.data).id)

    if carry_out(form, command):
        return htmx.leave(url_for(".admonition_show", case_id=made[0]), _("已列为建议对象，接着提出诫勉建议"))
    return render_template("admonitions/admonition_new.html", form=form, year=year), 422


@blueprint.post("/admonitions/candidates")
@requires(Permission.ADMONITION_PROPOSE)
def candidate_take_up() -> ResponseReturnValue:
    form = forms.TakeUpForm()
    if not form.validate():
        raise NotFound(_("没有这一页。"))
    with unit_of_work():
        case_id = opening.take_up(actor(), form.year.data, form.person_id.data).id
    return htmx.leave(url_for(".admonition_show", case_id=case_id), _("已列为建议对象，接着提出诫勉建议"))


@blueprint.get("/admonitions/<int:case_id>")
@requires(Permission.SIGNED_IN)
def admonition_show(case_id: int) -> ResponseReturnValue:
    case = queries.get_case(actor(), case_id)
    return render_template("admonitions/admonition_show.html", **page.summary(actor(), case))


@blueprint.post("/admonitions/<int:case_id>/read")
@requires(Permission.SIGNED_IN)
def admonition_read(case_id: int) -> ResponseReturnValue:
    return _contents(case_id)


def _contents(case_id: int, status: int = 200, **sent: BaseForm) -> ResponseReturnValue:
    """Show all that the reader is given, and log it; *sent* are forms to be mended, by their turn."""
    with unit_of_work():
        services.note_reading(actor(), queries.get_case(actor(), case_id))
    context = page.contents(actor(), queries.get_case(actor(), case_id), sent)
    return render_template("admonitions/admonition_contents.html", **context), status


def _step(case_id: int, turn: Turn, act: Callable[[BaseForm], Act], message: str) -> ResponseReturnValue:
    """Carry out a step with the form of its turn; what was refused stands on the page of the contents."""
    form = page.form_of(actor(), turn, queries.get_case(actor(), case_id), is_sent=True)

    def command() -> None:
        act(form)(queries.get_case(actor(), case_id, lock=True))

    if carry_out(form, command):
        return htmx.leave(url_for(".admonition_show", case_id=case_id), message)
    return _contents(case_id, 422, **{turn.value: form})


@blueprint.post("/admonitions/<int:case_id>/propose")
@requires(Permission.ADMONITION_PROPOSE)
def admonition_propose(case_id: int) -> ResponseReturnValue:
    def act(form: BaseForm) -> Act:
        proposal = services.Proposal(**forms.values(form))
        return lambda case: services.propose(actor(), case, proposal)

    return _step(case_id, Turn.PROPOSE, act, _("诫勉建议已提出，等部长审批"))


@blueprint.post("/admonitions/<int:case_id>/decide")
@requires(Permission.ADMONITION_APPROVE)
def admonition_decide(case_id: int) -> ResponseReturnValue:
    def act(form: BaseForm) -> Act:
        typed = forms.values(form)
        step = Step(typed.pop("outcome"))
        return lambda case: services.decide(actor(), case, step, **typed)

    return _step(case_id, Turn.DECIDE, act, _("审批意见已保存"))


@blueprint.post("/admonitions/<int:case_id>/notify")
@requires(Permission.ADMONITION_PROPOSE)
def admonition_notify(case_id: int) -> ResponseReturnValue:
    def act(form: BaseForm) -> Act:
        appointment = services.Appointment(**forms.values(form))
        return lambda case: services.notify(actor(), case, appointment)

    return _step(case_id, Turn.NOTIFY, act, _("通知书已编号、送达，本人登录后可以签收"))


@blueprint.post("/admonitions/<int:case_id>/receive")
@requires(Permission.SIGNED_IN)
def admonition_receive(case_id: int) -> ResponseReturnValue:
    form = page.receipt_form(actor(), queries.get_case(actor(), case_id), is_sent=True)

    def command() -> None:
        day = form.received_on.data if "received_on" in form else None
        services.receive(actor(), queries.get_case(actor(), case_id, lock=True), received_on=day)

    if carry_out(form, command):
        return htmx.leave(url_for(".admonition_show", case_id=case_id), _("通知书已签收"))
    return _contents(case_id, 422, receive=form)


@blueprint.post("/admonitions/<int:case_id>/record")
@requires(Permission.ADMONITION_PROPOSE)
def admonition_record(case_id: int) -> ResponseReturnValue:
    def act(form: BaseForm) -> Act:
        talk = services.Record(**forms.values(form))
        return lambda case: services.record_talk(actor(), case, talk)

    return _step(case_id, Turn.RECORD, act, _("谈话记录已保存，请打印记录表由双方签字"))


@blueprint.post("/admonitions/<int:case_id>/sign")
@requires(Permission.ADMONITION_PROPOSE)
def admonition_sign(case_id: int) -> ResponseReturnValue:
    def act(form: BaseForm) -> Act:
        days = forms.values(form)
        return lambda case: services.confirm_signatures(actor(), case, **days)

    return _step(case_id, Turn.SIGN, act, _("双方签字已登记，影响期从谈话之日起计算"))


@blueprint.post("/admonitions/<int:case_id>/rectify")
@requires(Permission.ADMONITION_PROPOSE)
def admonition_rectify(case_id: int) -> ResponseReturnValue:
    def act(form: BaseForm) -> Act:
        note = forms.values(form)["note"]
        return lambda case: services.begin_rectifying(actor(), case, note=note)

    return _step(case_id, Turn.RECTIFY, act, _("已转入整改期，满六个月时会提醒回访"))


@blueprint.post("/admonitions/<int:case_id>/follow-up")
@requires(Permission.ADMONITION_PROPOSE)
def admonition_follow_up(case_id: int) -> ResponseReturnValue:
    def act(form: BaseForm) -> Act:
        typed = forms.values(form)
        finding = services.Finding(**typed | {"is_corrected": typed["is_corrected"] == "yes"})
        return lambda case: services.follow_up(actor(), case, finding)

    return _step(case_id, Turn.FOLLOW_UP, act, _("回访评估已保存，等部长审定"))


@blueprint.post("/admonitions/<int:case_id>/conclude")
@requires(Permission.ADMONITION_APPROVE)
def admonition_conclude(case_id: int) -> ResponseReturnValue:
    def act(form: BaseForm) -> Act:
        typed = forms.values(form)
        return lambda case: services.conclude(actor(), case, Step(typed["outcome"]), note=typed["note"])

    return _step(case_id, Turn.CONCLUDE, act, _("回访结论已审定"))


@blueprint.post("/admonitions/<int:case_id>/files/<int:document_id>")
@requires(Permission.SIGNED_IN)
def admonition_export(case_id: int, document_id: int) -> ResponseReturnValue:
    with unit_of_work():
        file = services.export(actor(), queries.get_case(actor(), case_id), document_id)
    return attached(Response(file.data, mimetype=WORD), file.name)
