"""Pages of publicity: what blocks it, what is publicized, how it is prepared (domain.md 5.8)."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.cycles.queries import find_cycle, get_cycle
from fivestep_web.assessment.freezing.standing import standing_of
from fivestep_web.assessment.publicity import gate, policy, queries, services
from fivestep_web.assessment.publicity.forms import PublicityForm
from fivestep_web.assessment.publicity.models import Publicity
from fivestep_web.assessment.publicity.rules import PublicityState, Subject
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import NotFound
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work

blueprint = Blueprint("publicity", __name__)


follow(blueprint, "publicity.publicity_index", stays=False)


@blueprint.get("/assessment/<int:year>/gate")
@requires(Permission.RESULT_READ)
def gate_show(year: int) -> ResponseReturnValue:
    cycle, me = get_cycle(year), actor()
    return render_template(
        "publicity/gate_show.html",
        cycle=cycle,
        steps=[replace(step, conditions=gate.for_reader(me, step.conditions)) for step in gate.steps(cycle)],
        advice=gate.for_reader(me, gate.advice(cycle)),
        standing=standing_of(score_year(year)),
    )


@blueprint.get("/assessment/<int:year>/publicities")
@requires(Permission.OBJECTION_FILE)
def publicity_index(year: int) -> ResponseReturnValue:
    found = queries.list_publicities(actor(), year)
    return render_template(
        "publicity/publicity_index.html",
        year=year,
        publicities=[(publicity, queries.last_day(publicity)) for publicity in found],
        subjects=Subject if actor().may(Permission.CYCLE_PREPARE) and find_cycle(year) else (),
    )


@blueprint.get("/assessment/<int:year>/publicities/<int:publicity_id>")
@requires(Permission.OBJECTION_FILE)
def publicity_show(year: int, publicity_id: int) -> ResponseReturnValue:
    publicity = queries.get_publicity(actor(), year, publicity_id)
    return render_template(
        "publicity/publicity_show.html",
        publicity=publicity,
        last_day=queries.last_day(publicity),
        states=[state.label for state in PublicityState if state is not PublicityState.STOPPED],
        is_over=services.is_over(publicity),
        open_count=queries.count_open(publicity),
        may_post=policy.can_post(actor(), publicity),
        today=clock.today(),
    )


@blueprint.post("/assessment/<int:year>/publicities/<int:publicity_id>/post")
@requires(Permission.CYCLE_APPROVE)
def publicity_post(year: int, publicity_id: int) -> ResponseReturnValue:
    with unit_of_work():
        cycle = get_cycle(year, lock=True)
        publicity = queries.get_publicity(actor(), year, publicity_id, lock=True)
        services.post(actor(), cycle, publicity)
    address = url_for(".publicity_show", year=year, publicity_id=publicity_id)
    return htmx.leave(address, _("已开始公示，公示文件正在生成，可在“文档”里下载打印张贴。"))


@blueprint.get("/assessment/<int:year>/publicities/<subject>/edit")
@requires(Permission.CYCLE_PREPARE)
def publicity_edit(year: int, subject: str) -> ResponseReturnValue:
    get_cycle(year)
    chosen = _subject(subject)
    before = queries.find_publicity(year, chosen, *PublicityState)
    given: dict[str, Any] = {}
    if before:
        given = {name: getattr(before, name) for name in services.Terms.__slots__}
    form = PublicityForm(data=given, formdata=None)
    return render_template("publicity/publicity_edit.html", year=year, subject=chosen, form=form)


def _subject(name: str) -> Subject:
    found = next((subject for subject in Subject if subject.value == name), None)
    if found is None:
        raise NotFound(_("没有这种公示。"))
    return found


@blueprint.post("/assessment/<int:year>/publicities/<subject>/edit")
@requires(Permission.CYCLE_PREPARE)
def publicity_schedule(year: int, subject: str) -> ResponseReturnValue:
    get_cycle(year)
    chosen = _subject(subject)
    form = PublicityForm()
    stored: list[Publicity] = []

    def schedule() -> None:
        cycle = get_cycle(year, lock=True)
        stored.append(services.schedule(actor(), cycle, chosen, form.terms()))

    if not carry_out(form, schedule):
        return render_template("publicity/publicity_edit.html", year=year, subject=chosen, form=form), 422
    address = url_for(".publicity_show", year=year, publicity_id=stored[0].id)
    return htmx.leave(address, _("公示已安排，等部长批准后开始。"))
