"""Pages of the year's terms, of ties, of the summary meeting, and the reference list for promotion."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.commendations import (
    forms,
    policy,
    promotion,
    queries,
    ties,
    year_services,
)
from fivestep_web.assessment.commendations.models import MeetingState
from fivestep_web.assessment.commendations.views import blueprint, check_year
from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires


@blueprint.get("/results/<int:year>/commendations/terms")
@requires(Permission.COMMENDATION_READ)
def terms_edit(year: int) -> ResponseReturnValue:
    check_year(year)
    return _terms(year, forms.TermsForm.of(queries.find_terms(year)))


def _terms(year: int, form: forms.TermsForm) -> ResponseReturnValue:
    page = render_template(
        "commendations/terms_edit.html", year=year, form=form, may_prepare=policy.can_prepare(actor())
    )
    return page, 422 if form.errors else 200


@blueprint.post("/results/<int:year>/commendations/terms")
@requires(Permission.COMMENDATION_PREPARE)
def terms_update(year: int) -> ResponseReturnValue:
    check_year(year)
    form = forms.TermsForm()
    if carry_out(form, lambda: year_services.save_terms(actor(), year, form.terms())):
        return htmx.leave(url_for(".hub_show", year=year), _("依据和名额已保存。"))
    return _terms(year, form)


@blueprint.get("/results/<int:year>/commendations/ties")
@requires(Permission.COMMENDATION_READ)
def tie_index(year: int) -> ResponseReturnValue:
    check_year(year)
    return _ties(year)


def _ties(year: int, pool: str = "", sent: forms.TieForm | None = None) -> ResponseReturnValue:
    shown = [
        (tie, sent if sent and tie.pool.value == pool else _tie_form(tie)) for tie in ties.list_open(year)
    ]
    page = render_template(
        "commendations/tie_index.html", year=year, ties=shown, may_prepare=policy.can_prepare(actor())
    )
    return page, 422 if sent else 200


def _tie_form(tie: ties.Tie, *, is_sent: bool = False) -> forms.TieForm:
    given: dict[str, Any] = {}
    if not is_sent:
        decided = tie.decision
        known = {"met_on": decided.met_on, "reason": decided.reason} if decided else {}
        given = {"formdata": None, "data": known | {"chosen": list(tie.chosen)}}
    form = forms.TieForm(**given, prefix=f"{tie.pool.value}-")
    form.chosen.choices = [(row.person_id, f"{row.person}（{row.post}）") for row in tie.people]
    return form


@blueprint.post("/results/<int:year>/commendations/ties/<pool>")
@requires(Permission.COMMENDATION_PREPARE)
def tie_decide(year: int, pool: str) -> ResponseReturnValue:
    check_year(year)
    form = _tie_form(ties.get(year, pool), is_sent=True)

    def decide() -> None:
        ties.decide(actor(), year, pool, form.chosen.data, met_on=form.met_on.data, reason=form.reason.data)

    if carry_out(form, decide):
        return htmx.leave(url_for(".tie_index", year=year), _("部务会议的决定已登记，名单按它列出。"))
    return _ties(year, pool, form)


@blueprint.get("/results/<int:year>/meeting")
@requires(Permission.COMMENDATION_READ)
def meeting_show(year: int) -> ResponseReturnValue:
    check_year(year)
    return _meeting(year, forms.HeldForm(formdata=None))


def _meeting(year: int, form: forms.HeldForm) -> ResponseReturnValue:
    meeting = queries.find_meeting(year)
    page = render_template(
        "commendations/meeting_show.html",
        year=year,
        meeting=meeting,
        states=[state.label for state in MeetingState],
        form=form,
        rows=queries.list_rows(year, queries.ISSUED),
        may_prepare=policy.can_prepare(actor()),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/results/<int:year>/meeting/edit")
@requires(Permission.COMMENDATION_PREPARE)
def meeting_edit(year: int) -> ResponseReturnValue:
    check_year(year)
    form = forms.MeetingForm.of(queries.find_meeting(year))
    return render_template("commendations/meeting_edit.html", year=year, form=form)


@blueprint.post("/results/<int:year>/meeting/edit")
@requires(Permission.COMMENDATION_PREPARE)
def meeting_plan(year: int) -> ResponseReturnValue:
    check_year(year)
    form = forms.MeetingForm()
    if carry_out(form, lambda: year_services.plan_meeting(actor(), year, form.plan())):
        return htmx.leave(url_for(".meeting_show", year=year), _("会议安排已保存，可打印会议通知和议程。"))
    return render_template("commendations/meeting_edit.html", year=year, form=form), 422


@blueprint.post("/results/<int:year>/meeting/held")
@requires(Permission.COMMENDATION_PREPARE)
def meeting_hold(year: int) -> ResponseReturnValue:
    check_year(year)
    form = forms.HeldForm()

    def hold() -> None:
        year_services.hold_meeting(actor(), year, attended=form.attended.data, notes=form.notes.data or "")

    if carry_out(form, hold):
        return htmx.leave(url_for(".meeting_show", year=year), _("会议已登记召开。"))
    return _meeting(year, form)


@blueprint.get("/results/<int:year>/promotion")
@requires(Permission.PERSON_FILE_READ)
def promotion_index(year: int) -> ResponseReturnValue:
    check_year(year)
    rows = promotion.list_reference(year)
    return render_template(
        "commendations/promotion_index.html",
        year=year,
        rows=rows,
        reasons=promotion.bar_reasons(actor(), year),
    )
