"""The achievements register (R6.3) and the units' self-reports (R5.2) of a year."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.daily.achievements import policy, queries, services
from fivestep_web.assessment.daily.achievements.forms import (
    AchievementForm,
    MissingForm,
    SelfReportForm,
    WithdrawForm,
)
from fivestep_web.assessment.daily.achievements.models import SelfReport
from fivestep_web.assessment.daily.achievements.rules import (
    AchievementKind,
    Level,
    Standing,
    proposed_visible,
)
from fivestep_web.assessment.daily.points.queries import daily_scores
from fivestep_web.assessment.daily.reviews.queries import list_topics
from fivestep_web.assessment.queries import StoredUnit
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out, to_choose
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.queries import get_plan_year

blueprint = Blueprint("achievements", __name__)
follow(blueprint, "achievements.achievement_index")


@blueprint.get("/assessment/<int:year>/achievements")
@requires(Permission.DAILY_READ)
def achievement_index(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    return _index(year)


def _index(
    year: int, status: int = 200, form: WithdrawForm | None = None, failed_id: int = 0
) -> ResponseReturnValue:
    rows = queries.list_achievements(actor(), year)
    forms = {row.id: WithdrawForm(formdata=None) for row in rows if policy.may_register(actor(), row.unit_id)}
    for row_id, one in forms.items():
        one.reason.id = f"reason-{row_id}"
    return render_template(
        "daily/achievement_index.html", year=year, rows=rows, forms=forms, failed=form, failed_id=failed_id
    ), status


def _form(year: int, *, is_sent: bool) -> AchievementForm:
    form = AchievementForm() if is_sent else AchievementForm(formdata=None)
    units = queries.reporting_units(actor(), year)
    own = [(unit.id, unit.name) for unit in units if policy.may_register(actor(), unit.id)]
    form.unit_id.choices = to_choose(own)
    form.topic_id.choices = to_choose((topic.id, topic.name) for topic in list_topics(year))
    return form


@blueprint.get("/assessment/<int:year>/achievements/new")
@requires(Permission.ACHIEVEMENT_REGISTER)
def achievement_new(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    return _new(year, _form(year, is_sent=False))


def _new(year: int, form: AchievementForm, status: int = 200) -> ResponseReturnValue:
    return render_template("daily/achievement_new.html", year=year, form=form), status


@blueprint.post("/assessment/<int:year>/achievements")
@requires(Permission.ACHIEVEMENT_REGISTER)
def achievement_create(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    form = _form(year, is_sent=True)
    if not carry_out(form, lambda: services.register(actor(), year, _entry(form))):
        return _new(year, form, 422)
    return htmx.leave(url_for(".achievement_index", year=year), _("已登记"))


def _entry(form: AchievementForm) -> services.Entry:
    return services.Entry(
        form.unit_id.data, form.topic_id.data, AchievementKind(form.kind.data), Level(form.level.data),
        form.happened_on.data, form.title.data, form.giver.data, form.evidence.data,
    )  # fmt: skip


@blueprint.post("/assessment/<int:year>/achievements/<int:achievement_id>/withdraw")
@requires(Permission.ACHIEVEMENT_REGISTER)
def achievement_withdraw(year: int, achievement_id: int) -> ResponseReturnValue:
    form = WithdrawForm()
    queries.get_achievement(actor(), year, achievement_id)

    def withdraw() -> None:
        services.withdraw(
            actor(), queries.get_achievement(actor(), year, achievement_id), reason=form.reason.data
        )

    if not carry_out(form, withdraw):
        return _index(year, 422, form, achievement_id)
    return htmx.leave(url_for(".achievement_index", year=year), _("已撤销，理由留在登记里"))


@blueprint.get("/assessment/<int:year>/self-reports")
@requires(Permission.DAILY_READ)
def self_report_index(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    return render_template(
        "daily/self_report_index.html",
        year=year,
        units=queries.reporting_units(actor(), year),
        reports=queries.list_self_reports(year),
        missing=queries.list_missing_reports(year),
    )


@blueprint.get("/assessment/<int:year>/self-reports/<code>")
@requires(Permission.DAILY_READ)
def self_report_show(year: int, code: str) -> ResponseReturnValue:
    return _self_report(year, queries.get_unit(actor(), year, code))


def _self_report(
    year: int,
    unit: StoredUnit,
    form: SelfReportForm | None = None,
    status: int = 200,
    missing_form: MissingForm | None = None,
) -> ResponseReturnValue:
    report, is_taking = queries.find_self_report(year, unit.id), services.is_taking(year)
    if form is None and is_taking and policy.may_report(actor(), unit.id):
        form = _report_form(year, unit, report)
    if missing_form is None and is_taking and report is None and policy.may_enter_missing(actor()):
        missing_form = MissingForm(formdata=None)
    return render_template(
        "daily/self_report_show.html",
        year=year,
        unit=unit,
        report=report,
        missing=queries.find_missing_report(year, unit.id),
        is_taking=is_taking,
        form=form,
        missing_form=missing_form,
    ), status


def _report_form(year: int, unit: StoredUnit, report: SelfReport | None) -> SelfReportForm:
    data = (
        {"visible": report.visible, "latent": report.latent, "revision": report.revision}
        if report
        else {"visible": _proposed(year, unit), "latent": "", "revision": 0}
    )
    return SelfReportForm(formdata=None, data=data)


def _proposed(year: int, unit: StoredUnit) -> str:
    """Return the first text of 显绩: the latest issued month and the register."""
    issued = [month for month in daily_scores(year).of(unit.code).months if month.due]
    facts = [achievement.fact for achievement in queries.standing_achievements(year, [unit.id])]
    latest = Standing(issued[-1].month, issued[-1].due or 0, issued[-1].done) if issued else None
    return proposed_visible(facts, latest)


@blueprint.post("/assessment/<int:year>/self-reports/<code>")
@requires(Permission.UNIT_REPORT)
def self_report_update(year: int, code: str) -> ResponseReturnValue:
    unit, form = queries.get_unit(actor(), year, code), SelfReportForm()

    def hand_in() -> None:
        services.hand_in(
            actor(),
            year,
            unit.id,
            visible=form.visible.data,
            latent=form.latent.data,
            revision=form.revision.data,
        )

    if not carry_out(form, hand_in):
        return _self_report(year, unit, form, 422)
    return htmx.leave(url_for(".self_report_show", year=year, code=code), _("自评已报送"))


@blueprint.post("/assessment/<int:year>/self-reports/<code>/missing")
@requires(Permission.CYCLE_RUN)
def missing_report_update(year: int, code: str) -> ResponseReturnValue:
    unit, form = queries.get_unit(actor(), year, code), MissingForm()
    if not carry_out(form, lambda: services.enter_missing(actor(), year, unit.id, reason=form.reason.data)):
        return _self_report(year, unit, status=422, missing_form=form)
    return htmx.leave(url_for(".self_report_index", year=year), _("已登记未报送"))
