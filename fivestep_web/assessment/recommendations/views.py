"""Pages of recommendation upwards: the year's list, one recommendation with all that goes with it (N13)."""

from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.commendations import policy
from fivestep_web.assessment.commendations.rules import CommendationState
from fivestep_web.assessment.commendations.views import check_year
from fivestep_web.assessment.recommendations import forms, paper, queries, services
from fivestep_web.assessment.recommendations.models import Recommendation
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import htmx
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents

blueprint = Blueprint("recommendations", __name__)
follow(blueprint, "recommendations.recommendation_index")
ONE = "/results/<int:year>/recommendations/<int:recommendation_id>"


@blueprint.get("/results/<int:year>/recommendations")
@requires(Permission.COMMENDATION_READ)
def recommendation_index(year: int) -> ResponseReturnValue:
    check_year(year)
    return render_template(
        "recommendations/recommendation_index.html",
        year=year,
        recommendations=queries.list_recommendations(year),
        free_count=len(queries.list_free(year)),
        may_prepare=policy.can_prepare(actor()),
    )


@blueprint.get("/results/<int:year>/recommendations/new")
@requires(Permission.COMMENDATION_PREPARE)
def recommendation_new(year: int) -> ResponseReturnValue:
    check_year(year)
    return render_template(
        "recommendations/recommendation_new.html", year=year, form=_offer(forms.NewForm(formdata=None), year)
    )


def _offer(form: forms.NewForm, year: int) -> forms.NewForm:
    form.rows.choices = [(row.id, f"{row.name}（{row.post}）") for row in queries.list_free(year)]
    return form


@blueprint.post("/results/<int:year>/recommendations/new")
@requires(Permission.COMMENDATION_PREPARE)
def recommendation_create(year: int) -> ResponseReturnValue:
    check_year(year)
    form = _offer(forms.NewForm(), year)
    made: list[int] = []

    def create() -> None:
        made.append(services.create(actor(), year, form.facts(), form.rows.data).id)

    if carry_out(form, create):
        return _to(year, made[0], _("推荐名单已按考核结果排列，接着填写每人的情况和事迹。"))
    return render_template("recommendations/recommendation_new.html", year=year, form=form), 422


def _to(year: int, recommendation_id: int, message: str) -> ResponseReturnValue:
    address = url_for(".recommendation_show", year=year, recommendation_id=recommendation_id)
    return htmx.leave(address, message)


@blueprint.get(ONE)
@requires(Permission.COMMENDATION_READ)
def recommendation_show(year: int, recommendation_id: int) -> ResponseReturnValue:
    return _show(queries.get_recommendation(year, recommendation_id))


def _show(recommendation: Recommendation, **sent: BaseForm) -> ResponseReturnValue:
    """Show a recommendation; *sent* are refused forms by name."""
    at_city = [
        item
        for item in recommendation.items
        if item.commendation.state is CommendationState.RECOMMENDED_TO_CITY
    ]
    shown: dict[str, BaseForm] = {
        "move": forms.MoveForm(formdata=None).offer(recommendation.items),
        "withdraw": forms.WithdrawForm(formdata=None),
        "opinion": forms.OpinionForm(formdata=None),
        "province": _province_form(recommendation, formdata=None),
        **sent,
    }
    page = render_template(
        "recommendations/recommendation_show.html",
        recommendation=recommendation,
        results={item.id: paper.result_text(item.commendation) for item in recommendation.items},
        described={item.id for item in recommendation.items if paper.is_described(item)},
        at_city=at_city,
        forms=shown,
        sent=set(sent),
        is_open=recommendation.sent_on is None and policy.can_prepare(actor()),
        may_prepare=policy.can_prepare(actor()),
    )
    return page, 422 if sent else 200


def _province_form(recommendation: Recommendation, **given: None) -> forms.ProvinceForm:
    form = forms.ProvinceForm(**given)
    form.items.choices = [(item.id, item.commendation.name) for item in recommendation.items]
    return form


def _act(
    year: int,
    recommendation_id: int,
    named: tuple[str, BaseForm],
    act: Callable[[Recommendation], object],
    message: str,
) -> ResponseReturnValue:
    """Carry out one of the small forms of the page; what was refused stands on the page."""
    name, form = named

    def command() -> None:
        act(queries.get_recommendation(year, recommendation_id, lock=True))

    if carry_out(form, command):
        return _to(year, recommendation_id, message)
    return _show(queries.get_recommendation(year, recommendation_id), **{name: form})


@blueprint.get(f"{ONE}/edit")
@requires(Permission.COMMENDATION_PREPARE)
def recommendation_edit(year: int, recommendation_id: int) -> ResponseReturnValue:
    recommendation = queries.get_recommendation(year, recommendation_id)
    return render_template(
        "recommendations/recommendation_edit.html",
        recommendation=recommendation,
        form=forms.FactsForm.of(recommendation),
    )


@blueprint.post(f"{ONE}/edit")
@requires(Permission.COMMENDATION_PREPARE)
def recommendation_update(year: int, recommendation_id: int) -> ResponseReturnValue:
    recommendation, form = queries.get_recommendation(year, recommendation_id), forms.FactsForm()

    def edit() -> None:
        services.edit(actor(), queries.get_recommendation(year, recommendation_id, lock=True), form.facts())

    if carry_out(form, edit):
        return _to(year, recommendation_id, _("已保存。"))
    page = render_template(
        "recommendations/recommendation_edit.html", recommendation=recommendation, form=form
    )
    return page, 422


@blueprint.get(f"{ONE}/people/<int:item_id>")
@requires(Permission.COMMENDATION_PREPARE)
def item_edit(year: int, recommendation_id: int, item_id: int) -> ResponseReturnValue:
    return _item(year, recommendation_id, item_id)


def _item(
    year: int, recommendation_id: int, item_id: int, sent: forms.DescribeForm | None = None
) -> ResponseReturnValue:
    recommendation = queries.get_recommendation(year, recommendation_id)
    item = queries.get_item(recommendation, item_id)
    page = render_template(
        "recommendations/item_edit.html",
        recommendation=recommendation,
        item=item,
        form=sent or forms.DescribeForm.of(item),
    )
    return page, 422 if sent else 200


@blueprint.post(f"{ONE}/people/<int:item_id>")
@requires(Permission.COMMENDATION_PREPARE)
def item_describe(year: int, recommendation_id: int, item_id: int) -> ResponseReturnValue:
    queries.get_item(queries.get_recommendation(year, recommendation_id), item_id)
    form = forms.DescribeForm()

    def describe() -> None:
        recommendation = queries.get_recommendation(year, recommendation_id, lock=True)
        services.describe(actor(), recommendation, item_id, form.description())

    if carry_out(form, describe):
        return _to(year, recommendation_id, _("情况和事迹已保存。"))
    return _item(year, recommendation_id, item_id, form)


@blueprint.post(f"{ONE}/order")
@requires(Permission.COMMENDATION_PREPARE)
def order_change(year: int, recommendation_id: int) -> ResponseReturnValue:
    form = forms.MoveForm().offer(queries.get_recommendation(year, recommendation_id).items)

    def move(recommendation: Recommendation) -> None:
        moved, place = int(form.item.data), int(form.place.data)
        wanted = [item.id for item in recommendation.items if item.id != moved]
        wanted.insert(place - 1, moved)
        services.reorder(actor(), recommendation, wanted, reason=form.reason.data)

    return _act(year, recommendation_id, ("move", form), move, _("推荐顺序已调整，理由已记录。"))


@blueprint.post(f"{ONE}/withdraw")
@requires(Permission.COMMENDATION_PREPARE)
def item_withdraw(year: int, recommendation_id: int) -> ResponseReturnValue:
    form = forms.WithdrawForm()

    def withdraw(recommendation: Recommendation) -> None:
        services.withdraw(actor(), recommendation, form.item_id.data, reason=form.reason.data)

    return _act(year, recommendation_id, ("withdraw", form), withdraw, _("已撤下，理由已记录。"))


@blueprint.post(f"{ONE}/opinions")
@requires(Permission.COMMENDATION_PREPARE)
def opinion_add(year: int, recommendation_id: int) -> ResponseReturnValue:
    form = forms.OpinionForm()

    def add(recommendation: Recommendation) -> None:
        services.add_opinion(
            actor(),
            recommendation,
            organ=form.organ.data,
            given_on=form.given_on.data,
            opinion=form.opinion.data,
        )

    return _act(year, recommendation_id, ("opinion", form), add, _("意见已登记。"))


@blueprint.post(f"{ONE}/province")
@requires(Permission.COMMENDATION_PREPARE)
def province_note(year: int, recommendation_id: int) -> ResponseReturnValue:
    form = _province_form(queries.get_recommendation(year, recommendation_id))

    def note(recommendation: Recommendation) -> None:
        services.note_province(
            actor(), recommendation, form.items.data, told_on=form.told_on.data, reference=form.reference.data
        )

    return _act(year, recommendation_id, ("province", form), note, _("已登记推荐到省。"))


@blueprint.post(f"{ONE}/document")
@requires(Permission.COMMENDATION_PREPARE)
def document_request(year: int, recommendation_id: int) -> ResponseReturnValue:
    with unit_of_work():
        wanted = paper.request(queries.get_recommendation(year, recommendation_id))
        asked = documents.request_documents(actor(), year, [wanted], wanted.title)
    return htmx.leave(url_for("documents.document_index", year=year, kind=paper.KIND.value), asked.sentence)
