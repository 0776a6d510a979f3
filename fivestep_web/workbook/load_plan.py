"""Load the sheets 课题, 目标 and 里程碑; what is signed stays as it is."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, Milestone
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.topics.models import Topic, TopicCategory
from fivestep_web.topics.rules import BUILT_IN_CATEGORIES, Tier, TopicState
from fivestep_web.workbook.changes import Changes, assign
from fivestep_web.workbook.checker import CheckResult
from fivestep_web.workbook.problems import Problem
from fivestep_web.workbook.rows import AnnualWorkbook, GoalRow, MilestoneRow, TopicRow

FIXED = (
    LetterState.ISSUED,
    LetterState.ACCEPTED,
    LetterState.IN_FORCE,
    LetterState.SETTLED,
    LetterState.ARCHIVED,
)


class PlanLoader:
    """Brings topics, goals and milestones to what the file says; *problems* collects refused changes."""

    def __init__(
        self,
        result: CheckResult,
        data: AnnualWorkbook,
        changes: Changes,
        unit_of: dict[str, Unit],
        person_id_of: Callable[[str], int | None],
    ) -> None:
        self.result, self.data, self.changes = result, data, changes
        self.year = data.settings.year
        self.unit_of, self.person_id_of = unit_of, person_id_of
        self.problems: list[Problem] = []
        self.categories = {row.name: row for row in db.session.scalars(select(TopicCategory))}
        self.topics = {
            row.code: row for row in db.session.scalars(select(Topic).where(Topic.year == self.year))
        }
        self.goals = {row.code: row for row in db.session.scalars(select(Goal).where(Goal.year == self.year))}
        self.signed = self._signed_goals()

    def _signed_goals(self) -> dict[int, str]:
        rows = db.session.execute(
            select(LetterGoal.goal_id, Letter.number)
            .join(Letter, Letter.id == LetterGoal.letter_id)
            .where(Letter.year == self.year, Letter.state.in_(FIXED))
        )
        return {goal_id: number for goal_id, number in rows}

    def run(self) -> None:
        """Load the three sheets in the order in which they refer to each other."""
        self._add_categories()
        for topic_row in self.data.topics:
            self._load_topic(topic_row)
        db.session.flush()
        for goal_row in self.data.goals:
            self._load_goal(goal_row)
        db.session.flush()
        for goal_row in self.data.goals:
            self._set_parent(goal_row)
        db.session.flush()
        self._load_milestones()

    def _add_categories(self) -> None:
        for position, (code, name) in enumerate(BUILT_IN_CATEGORIES, 1):
            if name not in self.categories:
                category = TopicCategory(code=code, name=name, position=position, is_built_in=True)
                db.session.add(category)
                self.categories[name] = category
        db.session.flush()

    def _load_topic(self, row: TopicRow) -> None:
        facts: dict[str, tuple[str, Any]] = {
            "name": ("课题名称", row.name),
            "category_id": ("类别", self.categories[row.category].id),
            "tier": ("类型", Tier(row.tier)),
            "lead_unit_id": ("牵头单位编码", self.unit_of[row.lead_unit].id),
            "leader_id": ("主管领导工号", self.person_id_of(row.leader)),
        }
        for attribute, heading in (
            ("requirements", "目标要求"),
            ("key_points", "重点"),
            ("difficulties", "难点"),
            ("measures", "具体措施"),
        ):
            if self.result.has_column("课题", heading):
                facts[attribute] = (heading, getattr(row, attribute))
        topic = self.topics.get(row.code)
        if topic is None:
            values = {attribute: value for attribute, (_heading, value) in facts.items()}
            topic = Topic(year=self.year, code=row.code, state=TopicState.FINAL, **values)
            db.session.add(topic)
            self.topics[row.code] = topic
            self.changes.added("课题", row.name)
            return
        self._refuse_topic(topic, row)
        self.changes.compared("课题", row.name, assign(topic, facts))

    def _refuse_topic(self, topic: Topic, row: TopicRow) -> None:
        """A signed letter quotes its topic's name: changing it is a change order's business."""
        if topic.name == row.name:
            return
        signed = next(
            (
                self.signed[goal.id]
                for goal in self.goals.values()
                if goal.topic_id == topic.id and goal.id in self.signed
            ),
            None,
        )
        if signed:
            self._refuse(
                "课题", row.row, "课题名称", f"课题名称已写入责任书 {signed}，不能改，请走变更程序", row.name
            )

    def _load_goal(self, row: GoalRow) -> None:
        facts = self._goal_facts(row)
        goal = self.goals.get(row.code)
        if goal is None:
            values = {attribute: value for attribute, (_heading, value) in facts.items()}
            goal = Goal(year=self.year, code=row.code, **values)
            db.session.add(goal)
            self.goals[row.code] = goal
            self.changes.added("目标", row.name)
            return
        if goal.id in self.signed:
            for attribute, (heading, value) in facts.items():
                if getattr(goal, attribute) != value:
                    message = f"目标已写入责任书 {self.signed[goal.id]}，“{heading}”不能改，请走变更程序"
                    self._refuse("目标", row.row, heading, message, str(value))
        self.changes.compared("目标", row.name, assign(goal, facts))

    def _goal_facts(self, row: GoalRow) -> dict[str, tuple[str, Any]]:
        unit = self.unit_of[row.unit]
        facts: dict[str, tuple[str, Any]] = {
            "topic_id": ("课题编号", self.topics[row.topic].id),
            "name": ("目标名称", row.name),
            "unit_id": ("责任单位编码", unit.id),
            "person_id": ("责任人工号", self.person_id_of(row.owner)),
            "deadline": ("完成时限", row.deadline),
        }
        leader = self.person_id_of(row.leader)
        if row.code not in self.goals and leader is None:
            leader = next(item for item in unit.periods if item.valid_to is None).leader_id
        optional = {
            "leader_id": ("主管领导工号", leader),
            "measure_unit": ("计量单位", row.measure_unit),
            "target": ("目标值", row.target),
            "completion_standard": ("完成标准", row.standard),
            "starts_on": ("开始日期", row.start),
            "points": ("基本分", row.base_points),
            "scoring_method": ("计分方式", row.method),
            "scoring_parameters": ("计分参数", row.parameters),
        }
        for attribute, (heading, value) in optional.items():
            if row.code not in self.goals or self.result.has_column("目标", heading):
                facts[attribute] = (heading, value)
        return facts

    def _set_parent(self, row: GoalRow) -> None:
        if not self.result.has_column("目标", "上级目标编号"):
            return
        goal = self.goals[row.code]
        parent_id = self.goals[row.parent].id if row.parent else None
        if goal.parent_id == parent_id:
            return
        if goal.id in self.signed:
            message = f"目标已写入责任书 {self.signed[goal.id]}，“上级目标编号”不能改，请走变更程序"
            self._refuse("目标", row.row, "上级目标编号", message, row.parent)
        goal.parent_id = parent_id

    def _load_milestones(self) -> None:
        goal_ids = [goal.id for goal in self.goals.values()]
        stored = {
            (row.goal_id, row.sequence): row
            for row in db.session.scalars(select(Milestone).where(Milestone.goal_id.in_(goal_ids)))
        }
        for row in self.data.milestones:
            goal = self.goals[row.goal]
            milestone = stored.get((goal.id, row.position))
            facts: dict[str, tuple[str, Any]] = {
                "name": ("阶段名称", row.name),
                "due_on": ("完成时限", row.deadline),
            }
            if milestone is None or self.result.has_column("里程碑", "应完成比例"):
                facts["share"] = ("应完成比例", row.ratio)
            label = f"{row.goal} {row.name}"
            if milestone is None:
                values = {attribute: value for attribute, (_heading, value) in facts.items()}
                db.session.add(Milestone(goal_id=goal.id, sequence=row.position, **values))
                self._refuse_milestone(goal, row, {"序号": ("", row.position)})
                self.changes.added("里程碑", label)
                continue
            differences = assign(milestone, facts)
            self._refuse_milestone(goal, row, differences)
            self.changes.compared("里程碑", label, differences)

    def _refuse_milestone(
        self, goal: Goal, row: MilestoneRow, differences: dict[str, tuple[Any, Any]]
    ) -> None:
        if goal.id not in self.signed:
            return
        for heading, (_old, new) in differences.items():
            message = (
                f"目标 {row.goal} 已写入责任书 {self.signed[goal.id]}，节点“{heading}”不能改，请走变更程序"
            )
            self._refuse("里程碑", row.row, heading, message, str(new))

    def _refuse(self, sheet: str, row: int, heading: str, message: str, value: str) -> None:
        self.problems.append(self.result.problem_at(sheet, row, heading, message, value))
