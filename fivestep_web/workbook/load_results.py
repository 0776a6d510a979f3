"""Load the sheets 进展, 评价, 加减分 and 设置."""

from collections import Counter, defaultdict
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from fivestep_web.assessment.models import (
    STANDING,
    Adjustment,
    AdjustmentKind,
    AdjustmentState,
    RatingTally,
)
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core import clock
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import PlanYear
from fivestep_web.workbook.changes import Changes, Differences, Facts, assign, values_of
from fivestep_web.workbook.checker import CheckResult
from fivestep_web.workbook.closed import ClosedYear
from fivestep_web.workbook.load_org import OrgLoader
from fivestep_web.workbook.load_plan import PlanLoader
from fivestep_web.workbook.problems import Problem
from fivestep_web.workbook.rows import AdjustmentRow, AnnualWorkbook, ProgressRow
from fivestep_web.workbook.settings import FIELDS
from fivestep_web.workbook.words import plain

ENDED = (LedgerState.CLOSED, LedgerState.SETTLED, LedgerState.CANCELLED)


class ResultsLoader:
    """Brings progress, ratings, adjustments and settings to what the file says."""

    def __init__(
        self,
        result: CheckResult,
        data: AnnualWorkbook,
        changes: Changes,
        org: OrgLoader,
        plan: PlanLoader,
        *,
        closed: ClosedYear,
    ) -> None:
        self.result, self.data, self.changes = result, data, changes
        self.year = data.settings.year
        self.units, self.goals = org.units, plan.goals
        self.closed = closed
        self.problems: list[Problem] = []

    def run(self) -> None:
        """Load the sheets; the settings were loaded first, with the year."""
        self._load_progress()
        self._load_ratings()
        self._load_adjustments()

    def _load_progress(self) -> None:
        goal_ids = [self.goals[code].id for code in {row.goal for row in self.data.progress}]
        stored = {
            (row.goal_id, row.happened_on): row
            for row in db.session.scalars(
                select(ProgressEvent).where(ProgressEvent.goal_id.in_(goal_ids), ProgressEvent.is_imported)
            )
        }
        ended = set(
            db.session.scalars(
                select(LedgerEntry.goal_id).where(
                    LedgerEntry.goal_id.in_(goal_ids), LedgerEntry.state.in_(ENDED)
                )
            )
        )
        now = clock.system_now()
        for row in self.data.progress:
            goal = self.goals[row.goal]
            label = f"{row.goal} {row.day}"
            facts: Facts = {
                "done": ("累计完成值", row.done),
                "completed_on": ("完成日期", row.completed_on),
                "note": ("情况说明", row.note),
            }
            event = stored.get((goal.id, row.day))
            if event is None:
                event = ProgressEvent(
                    goal_id=goal.id,
                    happened_on=row.day,
                    is_imported=True,
                    recorded_at=now,
                    **values_of(facts),
                )
                db.session.add(event)
                differences: Differences = {"累计完成值": (None, row.done)}
                self.changes.added("进展", label)
            else:
                differences = assign(event, self._spoken("进展", facts))
                self.changes.compared("进展", label, differences)
            event.is_not_applicable = event.done is None
            if goal.id in ended:
                self._refuse_ended(row, differences)

    def _spoken(self, sheet: str, facts: Facts) -> Facts:
        """Return the facts whose column the file has; what it does not speak of stays as stored."""
        return {
            attribute: fact for attribute, fact in facts.items() if self.result.has_column(sheet, fact[0])
        }

    def _refuse_ended(self, row: ProgressRow, differences: Differences) -> None:
        for heading, (_old, new) in differences.items():
            message = _(
                "目标“%(goal)s”已销号、撤账或交账，进展不能再改，请恢复原值；需要更正的先重新挂账",
                goal=row.goal,
            )
            value = self.changes.words.shown("进展", heading, new)
            self.problems.append(self.result.problem_at("进展", row.row, heading, message, value))

    def _load_ratings(self) -> None:
        wanted: dict[Group, Counter[tuple[int, Decimal | None]]] = defaultdict(Counter)
        first: dict[Group, int] = {}
        for row in self.data.ratings:
            wanted[Group(row.group)][self.units[row.unit].id, row.score] += 1
            first.setdefault(Group(row.group), row.row)
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
            differing = {unit_id for (unit_id, _score), _count in stored.items() ^ tally.items()}
            self.closed.refuse_ratings(first[group], group, differing)
            if stored:
                counts.changed += lines
            else:
                counts.new += lines
            told = {"group": group.label, "lines": lines}
            counts.tell(
                _("%(group)s整组替换为 %(lines)s 行", **told)
                if stored
                else _("%(group)s %(lines)s 行", **told)
            )
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
        rows = db.session.scalars(select(Adjustment).where(Adjustment.year == self.year)).all()
        stored = {_key(row): row for row in rows if row.state in STANDING}
        refused = {_key(row) for row in rows if row.state is AdjustmentState.REFUSED}
        for row in self.data.adjustments:
            unit, kind = self.units[row.unit], AdjustmentKind(row.kind)
            key = unit.id, kind, row.reason
            adjustment = stored.get(key)
            if adjustment is None and key in refused:
                self.closed.refuse_refused(row.row, row.reason)
                continue
            if adjustment is None:
                self._add_adjustment(row, unit.id)
                continue
            facts = self._spoken("加减分", {"points": ("分值", row.points), "basis": ("依据", row.basis)})
            refuse = self.closed.refuse_adjustment if adjustment.is_imported else self.closed.refuse_other
            differences = assign(adjustment, facts)
            for heading, (_old, new) in differences.items():
                refuse(row.row, heading, self.changes.words.shown("加减分", heading, new))
            self.changes.compared("加减分", row.reason, differences)

    def _add_adjustment(self, row: AdjustmentRow, unit_id: int) -> None:
        db.session.add(
            Adjustment(
                year=self.year,
                unit_id=unit_id,
                kind=AdjustmentKind(row.kind),
                points=row.points,
                reason=row.reason,
                basis=row.basis,
                state=AdjustmentState.APPROVED,
                is_imported=True,
            )
        )
        self.changes.added("加减分", row.reason)
        self.closed.refuse_adjustment(row.row, "事由", row.reason)


def _key(adjustment: Adjustment) -> tuple[int, AdjustmentKind, str]:
    """Return what tells additions and deductions of a year apart."""
    return adjustment.unit_id, adjustment.kind, adjustment.reason


def load_settings(data: AnnualWorkbook, changes: Changes, closed: ClosedYear) -> PlanYear:
    """Return the plan year with the settings the file gives; those it leaves out stay as stored."""
    year = data.settings.year
    plan_year = db.session.get(PlanYear, year)
    if plan_year is None:
        plan_year = PlanYear(year=year, settings={})
        db.session.add(plan_year)
        changes.added("设置", _("%(year)s年度", year=year))
    given = {
        attribute: plain(getattr(data.settings, attribute))
        for name, attribute in FIELDS.items()
        if name in data.settings.given
    }
    stored = plan_year.settings
    labels = {attribute: name for name, attribute in FIELDS.items()}
    for attribute, value in given.items():
        if attribute not in stored:
            changes.added("设置", labels[attribute])
        else:
            differs = {} if stored[attribute] == value else {"值": (stored[attribute], value)}
            changes.compared("设置", labels[attribute], differs)
        if stored.get(attribute) != value:
            name = labels[attribute]
            closed.refuse_setting(data.settings.given[name], name, changes.words.shown("设置", "值", value))
    if {**stored, **given} != stored:
        plan_year.settings = {**stored, **given}
    db.session.flush()
    return plan_year
