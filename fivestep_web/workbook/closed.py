"""What of a year's assessment a workbook may no longer change, and the sentences that say so."""

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment.adjustments.policy import is_open
from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.cycles.models import CycleUnit
from fivestep_web.assessment.cycles.queries import find_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.score_settings import Group
from fivestep_web.extensions import db
from fivestep_web.workbook.checker import CheckResult
from fivestep_web.workbook.problems import Problem

ORDER = list(CycleState)


def _voted_units(cycle_id: int) -> dict[Group, frozenset[int]]:
    """Return the units of the series each group has a vote on."""
    query = (
        select(Poll.rater_group, CycleUnit.unit_id)
        .join(CycleUnit, (CycleUnit.cycle_id == Poll.cycle_id) & (CycleUnit.series == Poll.series))
        .where(Poll.cycle_id == cycle_id)
    )
    found: dict[Group, set[int]] = {}
    for group, unit_id in db.session.execute(query):
        found.setdefault(group, set()).add(unit_id)
    return {group: frozenset(units) for group, units in found.items()}


class ClosedYear:
    """The refusals of one load.

    Settings stand from the opening of the cycle on, ratings from the tally on and wherever votes are held,
    additions and deductions from the review of the results on.
    """

    def __init__(self, result: CheckResult, year: int) -> None:
        cycle = find_cycle(year, lock=True)
        self.result = result
        self.reached = ORDER.index(cycle.state) if cycle else 0
        self.are_adjustments_open = cycle is None or is_open(cycle)
        self.voted_units = _voted_units(cycle.id) if cycle else {}
        self.problems: list[Problem] = []

    def refuse_setting(self, row: int, name: str, value: str) -> None:
        """Refuse another value of a rule that is frozen."""
        if self._is_past(CycleState.OPEN):
            message = _(
                "考核已经启动，“%(name)s”不能改，请恢复原值；要改规则，请在考核方案里另立新版本", name=name
            )
            self._add("设置", row, "值", message, value)

    def refuse_ratings(self, row: int, group: Group, unit_ids: Iterable[int]) -> None:
        """Refuse other ratings of a group that is tallied, or of units it votes on within the system."""
        message = ""
        if self._is_past(CycleState.TALLIED):
            message = _("考核已经汇总，“%(group)s”的评价不能再改，请恢复原来的各行", group=group.label)
        elif not self.voted_units.get(group, frozenset()).isdisjoint(unit_ids):
            message = _(
                "“%(group)s”在系统内投票、计票，不能用工作簿代替，请删去这一组的各行", group=group.label
            )
        if message:
            self._add("评价", row, "评价组", message, group.label)

    def refuse_adjustment(self, row: int, heading: str, value: str) -> None:
        """Refuse an addition or deduction that is new or changed once results are reviewed."""
        if not self.are_adjustments_open:
            message = _("考核结果已经审核，加减分不能再改，请恢复原值或删去这一行")
            self._add("加减分", row, heading, message, value)

    def refuse_other(self, row: int, heading: str, value: str) -> None:
        """Refuse to change what was proposed on the page: the department meeting decides on it."""
        message = _("这项加减分已在“加减分”页提出，由部务会议决定，请恢复原值或删去这一行")
        self._add("加减分", row, heading, message, value)

    def refuse_refused(self, row: int, reason: str) -> None:
        """Refuse to bring back what the department meeting refused."""
        message = _("部务会议没有批准这项加减分，请删去这一行；确需再议的，在“加减分”页重新提出")
        self._add("加减分", row, "事由", message, reason)

    def _is_past(self, state: CycleState) -> bool:
        return self.reached >= ORDER.index(state)

    def _add(self, sheet: str, row: int, heading: str, message: str, value: str) -> None:
        self.problems.append(self.result.problem_at(sheet, row, heading, message, value))
