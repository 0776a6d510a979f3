"""Load the sheets 进展, 评价, 加减分 and 设置."""

from collections import Counter, defaultdict
from decimal import Decimal

from sqlalchemy import delete, insert, select

from fivestep_web.assessment.models import Adjustment, AdjustmentKind, RatingTally
from fivestep_web.assessment.score_settings import GROUP_LABELS, Group
from fivestep_web.core import clock
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import PlanYear, Unit
from fivestep_web.responsibility.models import Goal
from fivestep_web.workbook.changes import Changes, assign
from fivestep_web.workbook.checker import CheckResult
from fivestep_web.workbook.problems import Problem
from fivestep_web.workbook.rows import AnnualWorkbook, ProgressRow

ENDED = (LedgerState.CLOSED, LedgerState.SETTLED, LedgerState.CANCELLED)
SETTING_NAMES = {
    "社会调查权重": "social_weight",
    "群众评价权重": "mass_weight",
    "领导评价权重": "leader_weight",
    "科室互评权重": "peer_weight",
    "评价占比": "evaluation_share",
    "完成情况占比": "completion_share",
    "日常考核占比": "daily_share",
    "领导评价去高去低": "trims_leaders",
    "科室互评去高去低": "trims_peers",
    "单组最少有效票": "min_valid_lines",
    "逾期每工作日扣比例": "late_rate_per_workday",
    "逾期扣减上限": "late_cut_cap",
    "完成分上限": "completion_cap",
    "保留小数": "decimals",
}


class ResultsLoader:
    """Brings progress, ratings, adjustments and settings to what the file says."""

    def __init__(
        self,
        result: CheckResult,
        data: AnnualWorkbook,
        changes: Changes,
        unit_of: dict[str, Unit],
        goals: dict[str, Goal],
    ) -> None:
        self.result, self.data, self.changes = result, data, changes
        self.year = data.settings.year
        self.unit_of, self.goals = unit_of, goals
        self.problems: list[Problem] = []

    def run(self) -> None:
        """Load the sheets; the settings were loaded first, with the year."""
        self._load_progress()
        self._load_ratings()
        self._load_adjustments()

    def _load_progress(self) -> None:
        goal_ids = [goal.id for goal in self.goals.values()]
        stored = {
            (row.goal_id, row.happened_on): row
            for row in db.session.scalars(
                select(ProgressEvent).where(ProgressEvent.goal_id.in_(goal_ids), ProgressEvent.is_imported)
            )
        }
        ended = set(db.session.scalars(select(LedgerEntry.goal_id).where(LedgerEntry.state.in_(ENDED))))
        now = clock.system_now()
        for row in self.data.progress:
            goal = self.goals[row.goal]
            facts = {
                "done": ("累计完成值", row.done),
                "is_not_applicable": ("累计完成值", row.done is None),
                "completed_on": ("完成日期", row.completed_on),
                "note": ("情况说明", row.note),
            }
            for attribute, heading in (("completed_on", "完成日期"), ("note", "情况说明")):
                if not self.result.has_column("进展", heading) and (goal.id, row.day) in stored:
                    del facts[attribute]
            label = f"{row.goal} {row.day}"
            event = stored.get((goal.id, row.day))
            if event is None:
                values = {attribute: value for attribute, (_heading, value) in facts.items()}
                db.session.add(
                    ProgressEvent(
                        goal_id=goal.id, happened_on=row.day, is_imported=True, recorded_at=now, **values
                    )
                )
                self._refuse_ended(goal, row, ended)
                self.changes.added("进展", label)
                continue
            differences = assign(event, facts)
            if differences:
                self._refuse_ended(goal, row, ended)
            self.changes.compared("进展", label, differences)

    def _refuse_ended(self, goal: Goal, row: ProgressRow, ended: set[int]) -> None:
        if goal.id in ended:
            message = f"目标 {row.goal} 的台账已销号或交账，进展不能再改，需要更正请先重新挂账"
            self.problems.append(
                self.result.problem_at("进展", row.row, "累计完成值", message, str(row.done))
            )

    def _load_ratings(self) -> None:
        wanted: dict[Group, Counter[tuple[int, Decimal | None]]] = defaultdict(Counter)
        for row in self.data.ratings:
            wanted[Group(row.group)][self.unit_of[row.unit].id, row.score] += 1
        for group, tally in wanted.items():
            rows = db.session.execute(
                select(RatingTally.unit_id, RatingTally.score, RatingTally.count).where(
                    RatingTally.year == self.year, RatingTally.rater_group == group
                )
            )
            stored = {(unit_id, score): count for unit_id, score, count in rows}
            counts = self.changes.sheet("评价")
            lines = sum(tally.values())
            if stored == dict(tally):
                counts.unchanged += lines
                continue
            if stored:
                counts.changed += lines
            else:
                counts.new += lines
            counts.examples.append(f"{GROUP_LABELS[group]}整组替换为 {lines} 行")
            self._replace_group(group, tally)

    def _replace_group(self, group: Group, tally: Counter[tuple[int, Decimal | None]]) -> None:
        db.session.execute(
            delete(RatingTally).where(RatingTally.year == self.year, RatingTally.rater_group == group)
        )
        ordered = sorted(tally.items(), key=lambda item: (item[0][0], item[0][1] is None, item[0][1] or 0))
        db.session.execute(
            insert(RatingTally),
            [
                {
                    "year": self.year,
                    "rater_group": group,
                    "unit_id": unit_id,
                    "score": score,
                    "count": count,
                }
                for (unit_id, score), count in ordered
            ],
        )

    def _load_adjustments(self) -> None:
        stored = {
            (row.unit_id, row.kind, row.reason): row
            for row in db.session.scalars(select(Adjustment).where(Adjustment.year == self.year))
        }
        for row in self.data.adjustments:
            unit, kind = self.unit_of[row.unit], AdjustmentKind(row.kind)
            adjustment = stored.get((unit.id, kind, row.reason))
            if adjustment is None:
                db.session.add(
                    Adjustment(
                        year=self.year,
                        unit_id=unit.id,
                        kind=kind,
                        points=row.points,
                        reason=row.reason,
                        basis=row.basis,
                    )
                )
                self.changes.added("加减分", row.reason)
                continue
            facts = {"points": ("分值", row.points)}
            if self.result.has_column("加减分", "依据"):
                facts["basis"] = ("依据", row.basis)
            self.changes.compared("加减分", row.reason, assign(adjustment, facts))


def load_settings(data: AnnualWorkbook, changes: Changes) -> PlanYear:
    """Return the plan year with the settings the file gives; those it leaves out stay as stored."""
    year = data.settings.year
    plan_year = db.session.get(PlanYear, year)
    if plan_year is None:
        plan_year = PlanYear(year=year, settings={})
        db.session.add(plan_year)
        changes.added("设置", f"{year}年度")
    given = {
        attribute: _text(getattr(data.settings, attribute))
        for name, attribute in SETTING_NAMES.items()
        if name in data.settings.given
    }
    stored = plan_year.settings
    labels = {attribute: name for name, attribute in SETTING_NAMES.items()}
    for attribute, value in given.items():
        if attribute not in stored:
            changes.added("设置", labels[attribute])
        else:
            differs = {} if stored[attribute] == value else {"值": (stored[attribute], value)}
            changes.compared("设置", labels[attribute], differs)
    if {**stored, **given} != stored:
        plan_year.settings = {**stored, **given}
    db.session.flush()
    return plan_year


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return str(value)
