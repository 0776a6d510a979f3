"""Commands of the assessment."""

from decimal import Decimal

from flask_babel import gettext as _

from fivestep_web.assessment import policy
from fivestep_web.assessment.adjustments.policy import demand_points_open
from fivestep_web.assessment.models import ManualPoints
from fivestep_web.assessment.scoring_methods import Method, ScoringError, parse_rule
from fivestep_web.assessment.year_rules import read_year_rules
from fivestep_web.audit import services as audit
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.core.rounding import plain
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal

POINT_PLACES = 2


def give_points(actor: Actor, goal: Goal, *, points: Decimal, reason: str) -> ManualPoints:
    """Store the actor's points for a goal scored by hand, in place of earlier ones.

    *points* run from 0 to the goal's base with at most two decimals. Nobody assesses a goal of the own
    unit or one answered for in person (NotAllowed), nor one that its own rule scores or once the results are
    reviewed (Conflict).
    """
    if actor.person_id is None or not policy.can_give_points(
        actor, unit_id=goal.unit_id, person_id=goal.person_id
    ):
        raise NotAllowed(_("本单位或本人负责的目标不能由自己评定，请由其他有权限的同志评定。"))
    demand_points_open(goal.year)
    _check(goal, points, reason)
    given = db.session.get(ManualPoints, goal.id)
    before = None if given is None else plain(given.points)
    if given is None:
        given = ManualPoints(goal_id=goal.id)
        db.session.add(given)
    given.points, given.reason = points, reason.strip()
    given.assessor_id, given.given_at = actor.person_id, clock.now()
    db.session.flush()
    audit.record(
        actor,
        "goal.points_given",
        f"goal:{goal.id}",
        code=goal.code,
        points=plain(points),
        before=before,
        reason=given.reason,
    )
    return given


def _check(goal: Goal, points: Decimal, reason: str) -> None:
    try:
        texts = read_year_rules(goal.year).rule_of(goal.code, (goal.scoring_method, goal.scoring_parameters))
        rule = parse_rule(*texts)
    except ScoringError as error:
        raise Conflict(str(error)) from error
    if rule.method is not Method.ASSESSOR:
        raise Conflict(
            _("目标%(code)s按“%(method)s”计分，不用人工评定。", code=goal.code, method=rule.method.label)
        )
    if not points.is_finite() or not 0 <= points <= goal.points:
        raise DomainError(_("评定得分应在0到%(base)s分之间。", base=plain(goal.points)))
    if points != round(points, POINT_PLACES):
        raise DomainError(_("评定得分最多两位小数。"))
    if not reason.strip():
        raise DomainError(_("请写明评定理由。"))
