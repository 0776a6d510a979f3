"""The quarterly reviews of a year (季点评, R5.5, R5.6): list, one review, each unit's report and remarks."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.daily import moves
from fivestep_web.assessment.daily.forms import MoveForm, ReasonForm
from fivestep_web.assessment.daily.reviews import held, page, policy, queries, services
from fivestep_web.assessment.daily.reviews.forms import (
    MeetingForm,
    RatingsForm,
    RemarkForm,
    ReportForm,
    meeting_form,
    ratings_form,
)
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview
from fivestep_web.assessment.daily.reviews.rules import Parts
from fivestep_web.assessment.daily.steps import PaperPages, add_steps
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import htmx
from fivestep_web.core.errors import Conflict
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.queries import get_plan_year
from fivestep_web.supervision.evaluations.rules import RATING_LABELS

blueprint = Blueprint("reviews", __name__)
follow(blueprint, "reviews.review_index")


@blueprint.get("/assessment/<int:year>/reviews")
@requires(Permission.DAILY_READ)
def review_index(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    return render_template("daily/review_index.html", year=year, lines=page.quarter_lines(actor(), year))


@blueprint.post("/assessment/<int:year>/reviews/<int:quarter>/draft")
@requires(Permission.BULLETIN_PREPARE)
def review_draft(year: int, quarter: int) -> ResponseReturnValue:
    with unit_of_work():
        services.draft(actor(), year, quarter)
    return _leave(year, quarter, _("已启动，各单位可以汇报，领导可以点评"))


def _leave(year: int, quarter: int, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for(".review_show", year=year, quarter=quarter), message)


@blueprint.get("/assessment/<int:year>/reviews/<int:quarter>")
@requires(Permission.DAILY_READ)
def review_show(year: int, quarter: int) -> ResponseReturnValue:
    return _show(queries.get_review(actor(), year, quarter))


def _show(review: QuarterlyReview, status: int = 200, **failed: Any) -> ResponseReturnValue:
    revision = {"revision": review.revision}
    return render_template(
        "daily/review_show.html",
        shown=page.review_page(actor(), review),
        review=review,
        may_edit=moves.can_edit(actor(), review),
        may_review=moves.can_review(actor(), review),
        may_reopen=moves.can_reopen(actor(), review),
        step_form=MoveForm(formdata=None, data=revision),
        reason_form=ReasonForm(formdata=None, data=revision),
        labels=RATING_LABELS,
        failed=failed or None,
    ), status


def _open_review(year: int, quarter: int) -> QuarterlyReview:
    review = queries.get_review(actor(), year, quarter)
    if not review.state.is_open:
        raise Conflict(_("这次点评现在是“%(state)s”，不能修改。", state=review.state.label))
    return review


def _meeting_form(review: QuarterlyReview, *, is_sent: bool) -> MeetingForm:
    parts = held.fill(Parts.from_json(review.parts), review.year, review.quarter)
    return meeting_form(parts, revision=review.revision, is_sent=is_sent)


@blueprint.get("/assessment/<int:year>/reviews/<int:quarter>/edit")
@requires(Permission.BULLETIN_PREPARE)
def review_edit(year: int, quarter: int) -> ResponseReturnValue:
    review = _open_review(year, quarter)
    return _edit(review, _meeting_form(review, is_sent=False))


def _edit(review: QuarterlyReview, form: MeetingForm, status: int = 200) -> ResponseReturnValue:
    name = page.quarter_name(review.quarter)
    return render_template("daily/review_edit.html", review=review, name=name, form=form), status


@blueprint.post("/assessment/<int:year>/reviews/<int:quarter>/edit")
@requires(Permission.BULLETIN_PREPARE)
def review_update(year: int, quarter: int) -> ResponseReturnValue:
    form = _meeting_form(queries.get_review(actor(), year, quarter), is_sent=True)

    def update() -> None:
        review = queries.get_review(actor(), year, quarter, lock=True, revision=form.revision.data)
        services.edit(actor(), review, form.parts(Parts.from_json(review.parts)))

    if not carry_out(form, update):
        return _edit(queries.get_review(actor(), year, quarter), form, 422)
    return _leave(year, quarter, _("已保存"))


def _ratings_form(review: QuarterlyReview, *, is_sent: bool) -> RatingsForm:
    topics = queries.list_topics(review.year)
    ratings = queries.ratings_of(review)
    return ratings_form(topics, ratings, revision=review.revision, is_sent=is_sent)


@blueprint.get("/assessment/<int:year>/reviews/<int:quarter>/ratings")
@requires(Permission.BULLETIN_PREPARE)
def rating_edit(year: int, quarter: int) -> ResponseReturnValue:
    review = _open_review(year, quarter)
    return _rate(review, _ratings_form(review, is_sent=False))


def _rate(review: QuarterlyReview, form: RatingsForm, status: int = 200) -> ResponseReturnValue:
    name = page.quarter_name(review.quarter)
    return render_template("daily/rating_edit.html", review=review, name=name, form=form), status


@blueprint.post("/assessment/<int:year>/reviews/<int:quarter>/ratings")
@requires(Permission.BULLETIN_PREPARE)
def rating_update(year: int, quarter: int) -> ResponseReturnValue:
    form = _ratings_form(queries.get_review(actor(), year, quarter), is_sent=True)

    def update() -> None:
        review = queries.get_review(actor(), year, quarter, lock=True, revision=form.revision.data)
        services.edit(actor(), review, replace(Parts.from_json(review.parts), ratings=form.ratings()))

    if not carry_out(form, update):
        return _rate(queries.get_review(actor(), year, quarter), form, 422)
    return _leave(year, quarter, _("已保存"))


@blueprint.get("/assessment/<int:year>/reviews/<int:quarter>/units/<code>")
@requires(Permission.DAILY_READ)
def review_unit(year: int, quarter: int, code: str) -> ResponseReturnValue:
    return _unit(queries.get_review(actor(), year, quarter), code)


def _unit(
    review: QuarterlyReview,
    code: str,
    status: int = 200,
    *,
    report: ReportForm | None = None,
    remark: RemarkForm | None = None,
) -> ResponseReturnValue:
    unit = queries.get_unit(actor(), review, code)
    reports = queries.list_reports(review)
    line = page.unit_line(unit, reports.get(unit.unit_id), queries.list_remarks(review).get(unit.unit_id, ()))
    previous, following = page.neighbours(queries.visible_units(actor(), review), code)
    own = next((one for one in line.remarks if one.leader_id == actor().person_id), None)
    text = line.report.report if line.report else page.proposed_report(unit)
    said = {"affirmed": own.affirmed, "shortcomings": own.shortcomings, "grade": own.grade} if own else {}
    return render_template(
        "daily/review_unit.html",
        review=review,
        name=page.quarter_name(review.quarter),
        line=line,
        previous=previous,
        following=following,
        report_form=(report or ReportForm(formdata=None, data={"report": text}))
        if policy.can_report(actor(), review, unit.unit_id)
        else None,
        remark_form=(remark or RemarkForm(formdata=None, data=said))
        if policy.can_remark(actor(), review, unit.unit_id)
        else None,
    ), status


def _unit_id(year: int, quarter: int, code: str) -> int:
    return queries.get_unit(actor(), queries.get_review(actor(), year, quarter), code).unit_id


@blueprint.post("/assessment/<int:year>/reviews/<int:quarter>/units/<code>/report")
@requires(Permission.UNIT_REPORT)
def report_update(year: int, quarter: int, code: str) -> ResponseReturnValue:
    unit_id, form = _unit_id(year, quarter, code), ReportForm()

    def report() -> None:
        review = queries.get_review(actor(), year, quarter, lock=True)
        services.report(actor(), review, unit_id, form.report.data)

    if not carry_out(form, report):
        return _unit(queries.get_review(actor(), year, quarter), code, 422, report=form)
    return htmx.leave(url_for(".review_unit", year=year, quarter=quarter, code=code), _("已报送"))


@blueprint.post("/assessment/<int:year>/reviews/<int:quarter>/units/<code>/remark")
@requires(Permission.REMARK_WRITE)
def remark_update(year: int, quarter: int, code: str) -> ResponseReturnValue:
    unit_id, form = _unit_id(year, quarter, code), RemarkForm()

    def remark() -> None:
        services.remark(
            actor(),
            queries.get_review(actor(), year, quarter, lock=True),
            unit_id,
            affirmed=form.affirmed.data,
            shortcomings=form.shortcomings.data,
            grade=form.grade.data,
        )

    if not carry_out(form, remark):
        return _unit(queries.get_review(actor(), year, quarter), code, 422, remark=form)
    return htmx.leave(url_for(".review_unit", year=year, quarter=quarter, code=code), _("点评已保存"))


def _get(year: int, quarter: int, *, lock: bool = False, revision: int | None = None) -> QuarterlyReview:
    return queries.get_review(actor(), year, quarter, lock=lock, revision=revision)


add_steps(
    PaperPages(
        blueprint,
        "/assessment/<int:year>/reviews/<int:quarter>",
        "review",
        commands=services,
        get=_get,
        show=_show,
        leave=_leave,
    )
)
