"""Pages of objections: file, receive, answer, follow the own ones (N8)."""

from dataclasses import asdict

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.cycles.queries import find_cycle, get_cycle
from fivestep_web.assessment.publicity import deadlines, objection_services, policy, queries
from fivestep_web.assessment.publicity.filing import Matter, list_matters
from fivestep_web.assessment.publicity.forms import AnswerForm, DeadlinesForm, ObjectionForm
from fivestep_web.assessment.publicity.models import Objection
from fivestep_web.assessment.publicity.rules import OPEN, ObjectionState, time_left
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import Conflict
from fivestep_web.core.forms import carry_out, to_choose
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work

blueprint = Blueprint("objections", __name__)


follow(blueprint, "objections.objection_index", stays=False)


@blueprint.get("/assessment/<int:year>/objections")
@requires(Permission.OBJECTION_FILE)
def objection_index(year: int) -> ResponseReturnValue:
    today = clock.today()
    found = queries.list_objections(actor(), year)
    return render_template(
        "publicity/objection_index.html",
        year=year,
        objections=[(objection, _left(objection)) for objection in found],
        sees_all=policy.sees_all(actor()),
        cycle=find_cycle(year),
        deadlines=deadlines.read(),
        today=today,
    )


def _left(objection: Objection) -> str:
    if objection.decide_by is None or objection.state not in OPEN:
        return ""
    return time_left(clock.today(), objection.decide_by)


@blueprint.get("/assessment/<int:year>/objections/new")
@requires(Permission.OBJECTION_FILE)
def objection_new(year: int) -> ResponseReturnValue:
    matters = list_matters(actor(), get_cycle(year), clock.today())
    form = _form(matters, ObjectionForm(formdata=None, matter=request.args.get("matter")))
    return render_template("publicity/objection_new.html", year=year, form=form, matters=matters)


def _form(matters: list[Matter], form: ObjectionForm) -> ObjectionForm:
    form.matter.choices = to_choose((matter.key, matter.label) for matter in matters)
    if not actor().may(Permission.OBJECTION_RECEIVE):
        del form.objector, form.filed_on
    return form


@blueprint.post("/assessment/<int:year>/objections")
@requires(Permission.OBJECTION_FILE)
def objection_file(year: int) -> ResponseReturnValue:
    matters = list_matters(actor(), get_cycle(year), clock.today())
    form = _form(matters, ObjectionForm())
    stored: list[Objection] = []

    def file() -> None:
        cycle = get_cycle(year, lock=True)
        stored.append(objection_services.file(actor(), cycle, form.filing()))

    if not carry_out(form, file):
        page = render_template("publicity/objection_new.html", year=year, form=form, matters=matters)
        return page, 422
    address = url_for(".objection_show", year=year, objection_id=stored[0].id)
    return htmx.leave(address, _("异议已登记，办理情况随时可在这里查看。"))


@blueprint.get("/assessment/<int:year>/objections/<int:objection_id>")
@requires(Permission.OBJECTION_FILE)
def objection_show(year: int, objection_id: int) -> ResponseReturnValue:
    return _page(queries.get_objection(actor(), year, objection_id))


def _page(objection: Objection, refused: AnswerForm | None = None) -> ResponseReturnValue:
    me = actor()
    handles = me.may(Permission.OBJECTION_HANDLE) and objection.state is not ObjectionState.FILED
    why_not = ""
    if handles:
        preparers = queries.preparers(get_cycle(objection.year))
        why_not = policy.why_not_answer(me, objection, preparers)
    page = render_template(
        "publicity/objection_show.html",
        objection=objection,
        left=_left(objection),
        is_open=objection.state in OPEN,
        sees_all=policy.sees_all(me),
        may_receive=policy.can_receive(me, objection),
        may_answer=handles and not why_not,
        why_not=why_not,
        form=refused or AnswerForm(formdata=None, revision=objection.revision),
    )
    return page, 422 if refused else 200


@blueprint.post("/assessment/<int:year>/objections/<int:objection_id>/receive")
@requires(Permission.OBJECTION_RECEIVE)
def objection_receive(year: int, objection_id: int) -> ResponseReturnValue:
    with unit_of_work():
        objection = queries.get_objection(actor(), year, objection_id, lock=True)
        objection_services.receive(actor(), objection)
    address = url_for(".objection_show", year=year, objection_id=objection_id)
    return htmx.leave(address, _("异议已受理，由另一名没有参与结果形成的人答复。"))


@blueprint.post("/assessment/<int:year>/objections/<int:objection_id>/answer")
@requires(Permission.OBJECTION_HANDLE)
def objection_answer(year: int, objection_id: int) -> ResponseReturnValue:
    queries.get_objection(actor(), year, objection_id)
    form = AnswerForm()

    def answer() -> None:
        cycle = get_cycle(year, lock=True)
        objection = queries.get_objection(actor(), year, objection_id, lock=True)
        if objection.revision != form.revision.data:
            raise Conflict(_("这件异议刚被别人办理过，请刷新后再办。"))
        objection_services.answer(
            actor(),
            cycle,
            objection,
            outcome=form.chosen(),
            text=form.answer.data,
            reason=form.reason.data,
        )

    if not carry_out(form, answer):
        return _page(queries.get_objection(actor(), year, objection_id), form)
    address = url_for(".objection_show", year=year, objection_id=objection_id)
    return htmx.leave(address, _("异议已答复，异议人可以看到结论和答复。"))


@blueprint.get("/assessment/<int:year>/objections/deadlines")
@requires(Permission.CYCLE_APPROVE)
def deadline_edit(year: int) -> ResponseReturnValue:
    form = DeadlinesForm(formdata=None, data=asdict(deadlines.read()))
    return render_template("publicity/deadline_edit.html", year=year, form=form)


@blueprint.post("/assessment/<int:year>/objections/deadlines")
@requires(Permission.CYCLE_APPROVE)
def deadline_update(year: int) -> ResponseReturnValue:
    form = DeadlinesForm()
    if not carry_out(form, lambda: deadlines.change(actor(), form.wanted())):
        return render_template("publicity/deadline_edit.html", year=year, form=form), 422
    return htmx.leave(url_for(".objection_index", year=year), _("异议期限已改，以后受理和答复的按新期限算。"))
