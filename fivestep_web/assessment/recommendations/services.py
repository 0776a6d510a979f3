"""Commands on recommendations: draw up, order, describe, send, note the province (R5.17, N13)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date

from flask_babel import gettext as _

from fivestep_web.assessment.commendations import services as commendations
from fivestep_web.assessment.commendations import standing
from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import CommendationState, CommendationStep
from fivestep_web.assessment.recommendations import queries, rules
from fivestep_web.assessment.recommendations.models import (
    Recommendation,
    RecommendationItem,
    RecommendationOpinion,
    RecommendationOrder,
)
from fivestep_web.assessment.recommendations.rules import PaperForm, Result
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


@dataclass(frozen=True, slots=True)
class Facts:
    """What the document says beside its list; *meeting* may be empty."""

    honour: str
    form: PaperForm
    recipient: str
    basis: str
    meeting: str
    way: str
    signatory: str
    contact: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of one person; *deeds* at most 300 characters as typed."""

    sex: str
    birth_month: str
    political_status: str
    main_deeds: str
    deeds: str
    note: str


def create(actor: Actor, year: int, facts: Facts, row_ids: Sequence[int]) -> Recommendation:
    """Draw up a recommendation of commended people, by result; refuses oneself and who is barred."""
    commendations.require_preparer(actor)
    chosen = [row for row in queries.list_free(year) if row.id in set(row_ids)]
    if not chosen or len(chosen) != len(set(row_ids)):
        raise FieldError("rows", _("请从已印发表彰、还没有推荐的人员中选择。"))
    _demand_other(actor, chosen)
    _demand_free(year, chosen)
    made = Recommendation(year=year, opinions=[], orders=[])
    _fill(made, facts)
    order = rules.by_result([Result(row.id, row.score) for row in chosen])
    made.items = [
        RecommendationItem(commendation_id=row_id, sequence=place) for place, row_id in enumerate(order, 1)
    ]
    db.session.add(made)
    db.session.flush()
    names = [row.name for row in chosen]
    record(
        actor,
        "recommendation.drawn_up",
        f"recommendation:{made.id}",
        year=year,
        name=facts.honour,
        names=names,
    )
    return made


def _demand_other(actor: Actor, rows: Iterable[Commendation]) -> None:
    if any(row.person_id == actor.person_id for row in rows):
        raise NotAllowed(_("推荐涉及您本人的，须由他人办理。"))


def _demand_free(year: int, rows: Sequence[Commendation]) -> None:
    facts = standing.facts_of(year, rows)
    barred = [row.name for row in rows if facts[row.id].is_barred]
    if barred:
        raise FieldError("rows", _("%(names)s不符合条件，不能推荐。", names="、".join(barred)))


def _fill(recommendation: Recommendation, facts: Facts) -> None:
    same = [row for row in queries.list_recommendations(recommendation.year) if row.honour == facts.honour]
    if any(row is not recommendation for row in same):
        raise FieldError("honour", _("这一荣誉已有一份推荐，请在那一份里办理。"))
    for field in fields(Facts):
        setattr(recommendation, field.name, getattr(facts, field.name))


def edit(actor: Actor, recommendation: Recommendation, facts: Facts) -> None:
    """Change what the document says beside its list."""
    _demand_open(actor, recommendation)
    _fill(recommendation, facts)
    db.session.flush()
    record(actor, "recommendation.edited", f"recommendation:{recommendation.id}", name=facts.honour)


def describe(actor: Actor, recommendation: Recommendation, item_id: int, said: Description) -> None:
    """Say of another person what the summary and 简要事迹 give."""
    _demand_open(actor, recommendation)
    if fault := rules.deeds_fault(said.deeds):
        raise FieldError("deeds", f"{fault}。")
    item = queries.get_item(recommendation, item_id)
    _demand_other(actor, [item.commendation])
    for field in fields(Description):
        setattr(item, field.name, getattr(said, field.name))
    db.session.flush()
    record(
        actor, "recommendation.described", f"recommendation:{recommendation.id}", name=item.commendation.name
    )


def reorder(actor: Actor, recommendation: Recommendation, wanted: Sequence[int], *, reason: str) -> None:
    """Put the people in another order than by result, with the reason (R5.17); *wanted* are ids of lines.

    Nobody on the list does so.
    """
    _demand_open(actor, recommendation)
    _demand_other(actor, (item.commendation for item in recommendation.items))
    before = [item.id for item in recommendation.items]
    if fault := rules.order_fault(before, wanted, reason):
        raise FieldError("reason", f"{fault}。")
    for item in recommendation.items:
        item.sequence = list(wanted).index(item.id) + 1
    ordered = sorted(recommendation.items, key=lambda item: item.sequence)
    names = "、".join(item.commendation.name for item in ordered)
    recommendation.orders.append(
        RecommendationOrder(names=names, reason=reason.strip(), at=clock.now(), by_id=actor.person_id)
    )
    db.session.flush()
    record(
        actor, "recommendation.reordered", f"recommendation:{recommendation.id}",
        names=[item.commendation.name for item in ordered], reason=reason.strip(),
    )  # fmt: skip


def withdraw(actor: Actor, recommendation: Recommendation, item_id: int, *, reason: str) -> None:
    """Take a person off the recommendation before it is sent, with the reason."""
    _demand_open(actor, recommendation)
    if not reason.strip():
        raise FieldError("reason", _("请写明理由。"))
    item = queries.get_item(recommendation, item_id)
    if len(recommendation.items) == 1:
        raise FieldError("reason", _("推荐名单至少应有一人。"))
    name = item.commendation.name
    recommendation.items.remove(item)
    for place, left in enumerate(recommendation.items, 1):
        left.sequence = place
    db.session.flush()
    record(
        actor,
        "recommendation.withdrawn",
        f"recommendation:{recommendation.id}",
        name=name,
        reason=reason.strip(),
    )


def add_opinion(
    actor: Actor, recommendation: Recommendation, *, organ: str, given_on: date, opinion: str
) -> None:
    """Record what a competent organ answered (N13)."""
    _demand_open(actor, recommendation)
    if given_on > clock.today():
        raise FieldError("given_on", _("回复日期不能晚于今天。"))
    recommendation.opinions.append(RecommendationOpinion(organ=organ, given_on=given_on, opinion=opinion))
    db.session.flush()
    record(actor, "recommendation.opinion_added", f"recommendation:{recommendation.id}", name=organ)


def _demand_open(actor: Actor, recommendation: Recommendation) -> None:
    commendations.require_preparer(actor)
    if recommendation.sent_on is not None:
        raise Conflict(_("已经上报，内容不再变动。"))


def send(actor: Actor, year: int, subject: str, issued_on: date) -> None:
    """Take the people along when the document to the city is issued."""
    recommendation = queries.get_recommendation(year, int(subject.partition(":")[2]), lock=True)
    recommendation.sent_on = issued_on
    for item in recommendation.items:
        commendations.advance(actor, item.commendation, CommendationStep.TO_CITY, note=recommendation.honour)


def note_province(
    actor: Actor, recommendation: Recommendation, item_ids: Sequence[int], *, told_on: date, reference: str
) -> None:
    """Record that the city recommended people to the province: the county itself writes to the city only."""
    commendations.require_preparer(actor)
    if not item_ids:
        raise FieldError("items", _("请选择市里已经推荐到省的人员。"))
    if told_on > clock.today():
        raise FieldError("told_on", _("日期不能晚于今天。"))
    if recommendation.sent_on is not None and told_on < recommendation.sent_on:
        raise FieldError("told_on", _("日期不能早于上报市里的日期。"))
    for item_id in item_ids:
        item = queries.get_item(recommendation, item_id)
        if item.commendation.state is not CommendationState.RECOMMENDED_TO_CITY:
            raise FieldError("items", _("%(name)s还没有推荐到市。", name=item.commendation.name))
        commendations.advance(
            actor, item.commendation, CommendationStep.TO_PROVINCE, note=f"{told_on:%Y-%m-%d} {reference}"
        )
