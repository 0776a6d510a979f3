"""Step 5 考核: results by series, why a unit has its score, candidates, an assessor's points."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment import policy, queries, services
from fivestep_web.assessment.adjustments.policy import are_points_open
from fivestep_web.assessment.admonitions import queries as admonitions
from fivestep_web.assessment.admonitions.opening import untaken
from fivestep_web.assessment.admonitions.triggers import is_settled, triggers
from fivestep_web.assessment.candidates import CandidateKind
from fivestep_web.assessment.daily.points import page as daily_page
from fivestep_web.assessment.daily.reviews.queries import remarks_of_year
from fivestep_web.assessment.eligible import list_proposed, reasons_for
from fivestep_web.assessment.explanation import explain, rule_sentences
from fivestep_web.assessment.export import fingerprint
from fivestep_web.assessment.forms import PointsForm
from fivestep_web.assessment.freezing.standing import standing_of
from fivestep_web.assessment.grades.queries import list_approvals
from fivestep_web.assessment.quotas import excellent_share
from fivestep_web.assessment.result_table import result_tables
from fivestep_web.assessment.scores import UnitScore, YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import DomainError, NotFound
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.rounding import percent, plain
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.years import get_selected_year

blueprint = Blueprint("assessment", __name__)


follow(blueprint, "assessment.assessment_show")
# where the step leads, by the first of these that the actor may see
HOMES = (
    (Permission.RESULT_READ, "assessment.assessment_show"),
    (Permission.ADMONITION_READ, "assessment.admonition_index"),
    (Permission.BULLETIN_READ, "bulletins.bulletin_index"),
    (Permission.DAILY_READ, "reviews.review_index"),
)


@blueprint.get("/assessment")
@requires(*(permission for permission, _endpoint in HOMES))
def assessment_index() -> ResponseReturnValue:
    """Lead to the selected year: its results, or what else of the step the actor may see."""
    endpoint = next(endpoint for permission, endpoint in HOMES if actor().may(permission))
    return redirect(url_for(endpoint, year=get_selected_year()), 303)


@blueprint.get("/assessment/<int:year>")
@requires(Permission.RESULT_READ)
def assessment_show(year: int) -> ResponseReturnValue:
    score = score_year(year)
    return render_template(
        "assessment/assessment_show.html",
        score=score,
        tables=result_tables(score),
        daily=daily_page.series_of(score),
        has_months=daily_page.has_months(score),
        months=daily_page.month_heads(),
        remarks=remarks_of_year(year),
        rules=rule_sentences(score),
        fingerprint=fingerprint(score),
        standing=standing_of(score),
        sees_admonitions=actor().may(Permission.ADMONITION_READ),
    )


@blueprint.get("/assessment/<int:year>/units/<code>")
@requires(Permission.RESULT_READ)
def unit_show(year: int, code: str) -> ResponseReturnValue:
    score = score_year(year)
    return _unit_page(score, get_unit(score, code))


def get_unit(score: YearScore, code: str) -> UnitScore:
    """Return the year's unit of that code; NotFound where it was not assessed."""
    unit = score.find_unit(code)
    if unit is None:
        raise NotFound(_("%(year)s年度没有编码为%(code)s的参评单位。", year=score.year, code=code))
    return unit


def neighbours(score: YearScore, unit: UnitScore) -> tuple[UnitScore | None, UnitScore | None]:
    """Return the units before and after *unit* in its series, by rank."""
    ordered = [each for _label, units in score.series() for each in units if each.kind is unit.kind]
    place = ordered.index(unit)
    return ordered[place - 1] if place else None, ordered[place + 1] if place + 1 < len(ordered) else None


def _unit_page(
    score: YearScore, unit: UnitScore, *, form: PointsForm | None = None, goal_id: int | None = None
) -> ResponseReturnValue:
    """Render 为什么是这个分; with *form* the answer to points that were refused for *goal_id*."""
    previous, following = neighbours(score, unit)
    page = render_template(
        "assessment/unit_show.html",
        score=score,
        why=explain(score, unit),
        standing=standing_of(score),
        remarks=remarks_of_year(score.year),
        previous=previous,
        following=following,
        forms=_point_forms(score, unit, form, goal_id),
    )
    return page, 422 if form is not None else 200


def _point_forms(
    score: YearScore, unit: UnitScore, refused: PointsForm | None, refused_id: int | None
) -> dict[int, PointsForm]:
    """Return a form for each goal and task of the unit that this actor may assess by hand."""
    tasks = (task for person in score.people if person.unit_id == unit.id for task in person.tasks)
    is_open = are_points_open(score.year)
    forms: dict[int, PointsForm] = {}
    for goal in (*unit.goals, *tasks):
        may = policy.can_give_points(actor(), unit_id=goal.unit_id, person_id=goal.person_id)
        is_refused = refused is not None and goal.id == refused_id
        if not (goal.is_assessed_by_hand and may and (is_open or is_refused)):
            continue
        given: dict[str, Any] = (
            {"points": goal.given.points, "reason": goal.given.reason} if goal.given else {}
        )
        forms[goal.id] = refused if is_refused and refused else PointsForm(formdata=None, data=given)
        if not is_refused:
            for field in (forms[goal.id].points, forms[goal.id].reason):
                field.id = f"{field.name}-{goal.id}"
    return forms


@blueprint.post("/assessment/<int:year>/goals/<int:goal_id>/points")
@requires(Permission.MANUAL_POINTS)
def points_give(year: int, goal_id: int) -> ResponseReturnValue:
    form = PointsForm()
    with unit_of_work():
        goal = queries.get_goal(goal_id, year)
        code = goal.unit.code
        if form.validate():
            try:
                services.give_points(actor(), goal, points=form.points.data, reason=form.reason.data)
            except DomainError as refusal:
                form.points.errors = [refusal.message]
    if form.errors:
        score = score_year(year)
        return _unit_page(score, get_unit(score, code), form=form, goal_id=goal_id)
    address = url_for(".unit_show", year=year, code=code)
    return htmx.leave(f"{address}#goal-{goal_id}", _("评定得分已保存，总分已重新计算。"))


@blueprint.get("/results/<int:year>")
@requires(Permission.COMMENDATION_READ)
def result_index(year: int) -> ResponseReturnValue:
    score = score_year(year)
    rows, raised = list_proposed(score), list_approvals(year)
    return render_template(
        "assessment/result_index.html",
        score=score,
        units=[row for row in rows if row.kind is CandidateKind.ADVANCED_UNIT],
        people=[row for row in rows if row.kind is CandidateKind.ADVANCED_PERSON and not row.is_barred],
        barred=[row for row in rows if row.is_barred],
        bar_reasons=reasons_for(actor(), year, clock.today()),
        sees_admonitions=actor().may(Permission.ADMONITION_READ),
        pools=[
            (pool.label, size, percent(excellent_share(score.settings, approval_recorded=pool in raised)))
            for pool, size in score.pool_sizes.items()
        ],
    )


@blueprint.get("/results/<int:year>/admonitions")
@requires(Permission.SIGNED_IN)
def admonition_index(year: int) -> ResponseReturnValue:
    """Show whom the thresholds name; hidden from everybody else as if it were not there."""
    me = actor()
    policy.require_admonition_reader(me)
    score = score_year(year)
    return render_template(
        "assessment/admonition_index.html",
        score=score,
        rows=untaken(me, triggers(score), admonitions.list_of_year(year)),
        is_settled=is_settled(year),
        can_take_up=me.may(Permission.ADMONITION_PROPOSE),
        sees_results=me.may(Permission.RESULT_READ),
        total_below=plain(score.settings.admonition_total_below),
        satisfaction_below=percent(score.settings.admonition_satisfaction_below),
    )
