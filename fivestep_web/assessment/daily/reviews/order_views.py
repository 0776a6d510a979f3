"""Corrective orders given at a quarter's review (R3.13)."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.daily import moves
from fivestep_web.assessment.daily.reviews import orders, page, queries
from fivestep_web.assessment.daily.reviews.forms import OrderForm
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out, choices, to_choose
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.supervision.people import in_post

blueprint = Blueprint("review_orders", __name__)
follow(blueprint, "reviews.review_index")


def _offered(review: QuarterlyReview, form: OrderForm) -> OrderForm:
    goals = orders.list_goals(review)
    form.goal_id.choices = to_choose((goal.id, f"{goal.unit.name}：{goal.name}") for goal in goals)
    form.person_id.choices = choices([("", _("目标责任人")), *in_post()])
    return form


@blueprint.get("/assessment/<int:year>/reviews/<int:quarter>/orders/new")
@requires(Permission.BULLETIN_PREPARE)
def order_new(year: int, quarter: int) -> ResponseReturnValue:
    review = queries.get_review(actor(), year, quarter)
    moves.require_open(actor(), review)
    return _new(review, _offered(review, OrderForm(formdata=None)))


def _new(review: QuarterlyReview, form: OrderForm, status: int = 200) -> ResponseReturnValue:
    name = page.quarter_name(review.quarter)
    return render_template("daily/review_order_new.html", review=review, name=name, form=form), status


@blueprint.post("/assessment/<int:year>/reviews/<int:quarter>/orders")
@requires(Permission.BULLETIN_PREPARE)
def order_create(year: int, quarter: int) -> ResponseReturnValue:
    form = _offered(queries.get_review(actor(), year, quarter), OrderForm())

    def create() -> None:
        review = queries.get_review(actor(), year, quarter, lock=True)
        wanted = orders.Wanted(
            form.goal_id.data, form.reason.data, form.what.data, form.due_on.data, form.person_id.data
        )
        orders.place(actor(), review, wanted)

    if not carry_out(form, create):
        return _new(queries.get_review(actor(), year, quarter), form, 422)
    url = url_for("reviews.review_show", year=year, quarter=quarter, _anchor="orders")
    return htmx.leave(url, _("已下达，等责任人报告落实情况"))
