"""What keeps a year's results from being posted, confirmed and filed, each with its cure (5.6, 5.8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from fivestep_web.assessment.cycles import facts, hooks
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove
from fivestep_web.assessment.cycles.rules import CycleState, Unmet, find_move
from fivestep_web.assessment.publicity import lists, queries, services
from fivestep_web.assessment.publicity.models import Objection
from fivestep_web.assessment.publicity.rules import ObjectionKind, PublicityState, Subject
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor

OF_CYCLE = (Subject.RESULTS, Subject.EXCELLENT)
ORDER = list(CycleState)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at before publication, and what is wrong with it; nothing where it is in order."""

    label: str
    unmet: Sequence[Unmet]


def checks(cycle: AssessmentCycle) -> list[Check]:
    """Return what is looked at before the results are posted (item 7), in the order of the cycle's life."""
    is_closed = ORDER.index(cycle.state) >= ORDER.index(CycleState.VOTING_CLOSED)
    return [
        Check(_("评价已经截止"), [] if is_closed else [_still(cycle)]),
        Check(
            _("各组都有结果，或部长已决定不计"), _step_gaps(cycle, CycleState.TALLIED) if is_closed else []
        ),
        Check(_("各单位都有总分，人工评定已完成"), _total_gaps(cycle) if is_closed else []),
        Check(_("名额并列已决定"), lists.tie_gaps(cycle.year) if is_closed else []),
        Check(_("结果已经审核"), _review_gaps(cycle)),
        Check(_("没有未答复的计票异议"), count_gaps(cycle)),
        Check(_("公示已经安排"), schedule_gaps(cycle)),
    ]


def _still(cycle: AssessmentCycle) -> Unmet:
    sentence = _("考核在“%(state)s”，评价截止以后才能汇总。", state=cycle.state.label)
    return Unmet(sentence, _("到考核方案"), "cycles.cycle_show")


def _step_gaps(cycle: AssessmentCycle, target: CycleState) -> list[Unmet]:
    """Return what the step to *target* lacks while the cycle stands before it; nothing afterwards."""
    move = find_move(cycle.state, target)
    return facts.gaps(cycle, move) if move else []


def _total_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    return facts.total_gaps(cycle)


def _review_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    if ORDER.index(cycle.state) >= ORDER.index(CycleState.REVIEWED):
        return []
    return [Unmet(_("部务会议的审核意见还没有登记。"), _("到考核方案"), "cycles.cycle_show")]


def schedule_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Ask for a prepared publicity before results are posted: its period, and who takes objections."""
    states = (PublicityState.SCHEDULED, *queries.POSTED)
    if queries.find_publicity(cycle.year, Subject.RESULTS, *states):
        return []
    sentence = _("公示的期限、受理部门和电话还没有填。")
    return [Unmet(sentence, _("安排公示"), "publicity.publicity_edit", {"subject": Subject.RESULTS.value})]


def count_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return the objections to the count that nobody has answered."""
    return [_answer(item) for item in queries.list_open(cycle.year) if item.kind is ObjectionKind.COUNT]


def _answer(objection: Objection) -> Unmet:
    sentence = _("关于%(about)s的%(kind)s还没有答复。", about=objection.about, kind=objection.kind.label)
    return Unmet(sentence, _("查看异议"), "objections.objection_show", {"objection_id": objection.id})


def open_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return every objection that nobody has answered: while one is open nothing is settled (N8)."""
    return [_answer(objection) for objection in queries.list_open(cycle.year)]


def confirm_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return what keeps publicized results from being confirmed: a period that runs, open objections."""
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
    return [*gaps, *open_gaps(cycle)]


def _post_results(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    del move
    publicity = queries.find_publicity(cycle.year, Subject.RESULTS, PublicityState.SCHEDULED)
    if publicity is None:
        raise Conflict(schedule_gaps(cycle)[0].sentence)
    services.start(actor, publicity)


def _stop_results(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Stop what is publicized of results that are reviewed anew."""
    del move
    for publicity in queries.list_running(cycle.year):
        if publicity.subject in OF_CYCLE:
            services.stop(actor, publicity)


def _end_results(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    del actor, move
    services.end_due(cycle.year)


def attach() -> None:
    """Bind publicities and objections to the life of the assessment cycle."""
    hooks.require(CycleState.PUBLICIZING, schedule_gaps)
    hooks.require(CycleState.PUBLICIZING, count_gaps)
    hooks.require(CycleState.CONFIRMED, confirm_gaps)
    hooks.require(CycleState.FILED, open_gaps)
    hooks.on_state(CycleState.PUBLICIZING, _post_results)
    hooks.on_state(CycleState.REVIEWED, _stop_results)
    hooks.on_state(CycleState.CONFIRMED, _end_results)
