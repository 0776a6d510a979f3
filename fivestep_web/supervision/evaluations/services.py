"""Rate a phase: the unit's self-evaluation, the leader's, and the way back (R3.11, R3.12)."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import delete

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar, get_plan_year
from fivestep_web.supervision.evaluations import policy, queries, rules, settings
from fivestep_web.supervision.evaluations.models import StageEvaluation, StageRating
from fivestep_web.supervision.evaluations.rules import EvaluationState, Given, Move, Side


def assess(actor: Actor, evaluation: StageEvaluation, given: Mapping[str, Given]) -> None:
    """Store the unit's self-evaluation, in place of one sent back, and hand it to the leader in charge.

    Raises NotAllowed for another unit's, Conflict in another state, DomainError for a dimension left out.
    """
    if not policy.may_assess(actor, evaluation):
        raise NotAllowed(_("阶段自评由本单位负责人或责任人填写。"))
    state = _next(evaluation, Move.ASSESS)
    year = policy.goal_of(evaluation).year
    get_plan_year(year, lock=True)  # the first rating of a year fixes its dimensions
    entries = _rate(evaluation, Side.UNIT, given)
    evaluation.state, evaluation.reason = state, ""
    evaluation.assessed_by_id, evaluation.assessed_at = actor.person_id, clock.now()
    evaluation.due_on = rules.limit(clock.today(), settings.limits_of(year).leader_workdays, get_calendar())
    db.session.flush()
    record(
        actor, "evaluation.assessed", f"evaluation:{evaluation.id}",
        goal_id=policy.goal_of(evaluation).id, entries=entries,
    )  # fmt: skip


def conclude(actor: Actor, evaluation: StageEvaluation, given: Mapping[str, Given]) -> None:
    """Store the leader's evaluation, which ends the matter; never by who rated for the unit."""
    _require_leader(actor, evaluation)
    state = _next(evaluation, Move.CONCLUDE)
    entries = _rate(evaluation, Side.LEADER, given)
    evaluation.state, evaluation.due_on = state, None
    evaluation.concluded_by_id, evaluation.concluded_at = actor.person_id, clock.now()
    db.session.flush()
    record(
        actor, "evaluation.concluded", f"evaluation:{evaluation.id}",
        goal_id=policy.goal_of(evaluation).id, entries=entries,
    )  # fmt: skip


def send_back(actor: Actor, evaluation: StageEvaluation, *, reason: str) -> None:
    """Have the unit rate again, with the reason and a new limit."""
    _require_leader(actor, evaluation)
    if not reason.strip():
        raise DomainError(_("请写明退回的理由。"))
    evaluation.state = _next(evaluation, Move.RETURN)
    evaluation.reason = reason.strip()
    workdays = settings.limits_of(policy.goal_of(evaluation).year).unit_workdays
    evaluation.due_on = rules.limit(clock.today(), workdays, get_calendar())
    db.session.flush()
    record(actor, "evaluation.returned", f"evaluation:{evaluation.id}", reason=evaluation.reason)


def _require_leader(actor: Actor, evaluation: StageEvaluation) -> None:
    if not policy.may_conclude(actor, evaluation):
        raise NotAllowed(_("阶段评估由主管领导评；责任人和自评人不能评。"))


def _next(evaluation: StageEvaluation, move: Move) -> EvaluationState:
    state = rules.after(evaluation.state, move)
    if state is None:
        raise Conflict(_("这项评估现在是“%(state)s”，请刷新后查看。", state=evaluation.state.label))
    if idle := queries.find_idle_state(policy.goal_of(evaluation).id):
        raise Conflict(_("台账现在是“%(state)s”，这项评估不用再办。", state=idle.label))
    return state


def _rate(evaluation: StageEvaluation, side: Side, given: Mapping[str, Given]) -> list[str]:
    """Store a side's ratings, each with its evidence, and return them as the log tells them."""
    known = settings.dimensions_of(policy.goal_of(evaluation).year)
    names = {key: name for key, (name, _standard) in known.items()}
    if left := rules.missing(names, given):
        raise DomainError(_("请给“%(names)s”评等次并写一句依据。", names="、".join(left)))
    db.session.execute(
        delete(StageRating).where(StageRating.evaluation_id == evaluation.id, StageRating.side == side)
    )
    db.session.add_all(
        StageRating(
            evaluation_id=evaluation.id,
            side=side,
            dimension=key,
            rating=given[key].rating,
            evidence=given[key].evidence.strip(),
        )
        for key in names
    )
    db.session.flush()
    db.session.expire(evaluation, ["ratings"])
    return [f"{name}{given[key].rating.label}：{given[key].evidence.strip()}" for key, name in names.items()]
