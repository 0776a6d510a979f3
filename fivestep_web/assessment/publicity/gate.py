"""What keeps a year's results from being posted, confirmed and filed, each with its cure (5.6, 5.8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fivestep_web.assessment.cycles import cures, facts, hooks
from fivestep_web.assessment.cycles.guards import named
from fivestep_web.assessment.cycles.hooks import Condition
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove
from fivestep_web.assessment.cycles.queries import list_units
from fivestep_web.assessment.cycles.rules import MOVES, CycleState, Move, Unmet
from fivestep_web.assessment.daily.achievements.queries import list_missing_reports
from fivestep_web.assessment.daily.bulletins.queries import issued_figures
from fivestep_web.assessment.daily.papers import issued_payloads
from fivestep_web.assessment.daily.rules import MONTHS
from fivestep_web.assessment.publicity import lists, policy, queries, services
from fivestep_web.assessment.publicity.models import Objection
from fivestep_web.assessment.publicity.rules import ObjectionKind, PublicityState, Subject
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.kinds import DocumentKind

OF_CYCLE = (Subject.RESULTS, Subject.EXCELLENT)
ORDER = list(CycleState)


@dataclass(frozen=True, slots=True)
class Step:
    """A step towards the filing, and what it demands: *conditions* is empty before it can be looked at."""

    move: Move
    conditions: Sequence[Condition]

    @property
    def unmet_count(self) -> int:
        return sum(len(condition.unmet) for condition in self.conditions)


def for_reader(actor: Actor, conditions: Sequence[Condition]) -> list[Condition]:
    """Return the conditions with the links that the actor may follow."""
    return [
        Condition(condition.label, [cures.for_reader(actor, unmet) for unmet in condition.unmet])
        for condition in conditions
    ]


def steps(cycle: AssessmentCycle) -> list[Step]:
    """Return the steps that are left, the next one first, each with the very conditions its command demands.

    Before the vote is closed there is nothing to look at beyond the next step.
    """
    is_closed = ORDER.index(cycle.state) >= ORDER.index(CycleState.VOTING_CLOSED)
    ahead = [move for move in MOVES if not move.is_backward and _is_ahead(cycle, move)]
    return [
        Step(move, list(facts.conditions(cycle, move)) if is_closed or move.origin is cycle.state else [])
        for move in ahead
    ]


def _is_ahead(cycle: AssessmentCycle, move: Move) -> bool:
    return ORDER.index(move.origin) >= ORDER.index(cycle.state)


def advice(cycle: AssessmentCycle) -> list[Condition]:
    """Return what is worth mending before publication but blocks no step.

    Papers of daily assessment block by way of the total where 日常考核占比 counts them; where it does not,
    the annual sheet lists a missing one as such (R5.3, R5.5: "held or missed").
    """
    is_closed = ORDER.index(cycle.state) >= ORDER.index(CycleState.VOTING_CLOSED)
    return [
        Condition(_("12个月的月通报都已印发"), _bulletin_gaps(cycle)),
        Condition(_("四个季度的点评都已印发"), _review_gaps(cycle)),
        Condition(_("各单位都报了显绩潜绩自评"), _report_gaps(cycle)),
        Condition(_("没有等待答复的个人异议"), _held_gaps(cycle)),
        Condition(_("表彰名额没有并列"), lists.tie_gaps(cycle.year) if is_closed else []),
    ]


def _bulletin_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    issued = issued_figures(cycle.year)
    missing = [str(month) for month in MONTHS if month not in issued]
    if not missing:
        return []
    sentence = _("%(months)s月的月通报没有印发，考核结果里这些月份没有完成率。", months="、".join(missing))
    return [Unmet(sentence, _("去办理月通报"), "bulletins.bulletin_index")]


def _review_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    issued = {payload["quarter"] for payload in issued_payloads(DocumentKind.QUARTERLY_REVIEW, cycle.year)}
    missing = [quarter for quarter in "一二三四" if quarter not in issued]
    if not missing:
        return []
    sentence = _("%(quarters)s季度的点评没有印发，没有开的按缺列出。", quarters="、".join(missing))
    return [Unmet(sentence, _("去办理季点评"), "reviews.review_index")]


def _report_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    units = {unit_id: name for of_series in list_units(cycle).values() for unit_id, name in of_series.items()}
    missing = [units[unit_id] for unit_id in list_missing_reports(cycle.year) if unit_id in units]
    if not missing:
        return []
    sentence = _("%(names)s没有报送自评，评价人看到的是登记的原因。", names=named(missing))
    return [Unmet(sentence, _("查看自评"), "achievements.self_report_index")]


def _held_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    return [_answer(item) for item in queries.list_open(cycle.year) if item.person_id is not None]


def schedule_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Ask for a prepared publicity before results are posted: its period, and who takes objections."""
    if queries.find_publicity(cycle.year, Subject.RESULTS, PublicityState.SCHEDULED):
        return []
    sentence = _("公示的期限、受理部门和电话还没有填。")
    return [Unmet(sentence, _("安排公示"), "publicity.publicity_edit", {"subject": Subject.RESULTS.value})]


def count_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return the objections to the count that nobody has answered."""
    return [_answer(item) for item in queries.list_open(cycle.year) if item.kind is ObjectionKind.COUNT]


def _answer(objection: Objection) -> Unmet:
    sentence = _("关于%(about)s的%(kind)s还没有答复。", about=objection.about, kind=objection.kind.label)
    values = {"objection_id": objection.id}

    def opens_to(reader: Actor) -> bool:
        return policy.can_read(reader, objection)

    return Unmet(sentence, _("查看异议"), "objections.objection_show", values, opens_to)


def open_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return the objections to a unit's result or to the whole that nobody has answered (5.6).

    One about a person holds that person alone (N8): see queries.held_people.
    """
    return [_answer(item) for item in queries.list_open(cycle.year) if item.person_id is None]


def period_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return the publicities whose period still runs or has not begun."""
    gaps = []
    for publicity in queries.list_running(cycle.year):
        ends_on = queries.last_day(publicity)
        if publicity.subject in OF_CYCLE and ends_on and not services.is_over(publicity):
            sentence = _(
                "%(subject)s公示%(days)s个工作日，到%(last)s为止，期满后才能确定结果。",
                subject=publicity.subject.label,
                days=publicity.workdays,
                last=f"{ends_on.year}年{ends_on.month}月{ends_on.day}日",
            )
            values = {"publicity_id": publicity.id}
            gaps.append(Unmet(sentence, _("查看公示"), "publicity.publicity_show", values))
    waiting = queries.find_publicity(cycle.year, Subject.EXCELLENT, PublicityState.SCHEDULED)
    if waiting:
        values = {"publicity_id": waiting.id}
        sentence = _("优秀等次人员的公示已安排，还没有开始。")
        gaps.append(Unmet(sentence, _("查看公示"), "publicity.publicity_show", values))
    return gaps


def _post_results(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    del move
    publicity = queries.find_publicity(cycle.year, Subject.RESULTS, PublicityState.SCHEDULED)
    if publicity is None:
        raise Conflict(schedule_gaps(cycle)[0].sentence)
    services.start(actor, publicity)


def _stop_results(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Stop what is publicized of results that are reviewed anew, also where its period has ended."""
    del move
    for publicity in queries.list_posted(cycle.year):
        if publicity.subject in OF_CYCLE:
            services.stop(actor, publicity)


def _end_results(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    del actor, move
    services.end_due(cycle.year)


def attach() -> None:
    """Bind publicities and objections to the life of the assessment cycle."""
    hooks.require(CycleState.PUBLICIZING, schedule_gaps, label=_l("公示已经安排"))
    hooks.require(CycleState.PUBLICIZING, count_gaps, label=_l("没有未答复的计票异议"))
    hooks.require(CycleState.CONFIRMED, period_gaps, label=_l("公示期满"))
    hooks.require(CycleState.CONFIRMED, open_gaps, label=_l("对单位、对整体的异议都已答复"))
    hooks.require(CycleState.FILED, open_gaps, label=_l("对单位、对整体的异议都已答复"))
    hooks.on_state(CycleState.PUBLICIZING, _post_results)
    hooks.on_state(CycleState.REVIEWED, _stop_results)
    hooks.on_state(CycleState.CONFIRMED, _end_results)
