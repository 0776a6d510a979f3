"""Load the sheets 课题, 目标 and 里程碑; what is signed or closed stays as it is."""

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, Milestone
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.topics.models import Topic, TopicCategory
from fivestep_web.topics.rules import BUILT_IN_CATEGORIES, STATE_LABELS, Tier, TopicState
from fivestep_web.workbook.changes import Changes, Differences, Facts, assign, differing, values_of
from fivestep_web.workbook.checker import CheckResult
from fivestep_web.workbook.load_org import OrgLoader
from fivestep_web.workbook.problems import Problem
from fivestep_web.workbook.rows import AnnualWorkbook, GoalRow, MilestoneRow, TopicRow
from fivestep_web.workbook.words import CATEGORY

FIXED_LETTERS = (
    LetterState.ISSUED,
    LetterState.ACCEPTED,
    LetterState.IN_FORCE,
    LetterState.SETTLED,
    LetterState.ARCHIVED,
)
DECIDED_TOPICS = (TopicState.FINAL, TopicState.IN_FORCE)
ENDED_TOPICS = (
    TopicState.CONCLUDED,
    TopicState.REJECTED,
    TopicState.WITHDRAWN,
    TopicState.NOT_INCLUDED,
    TopicState.TERMINATED,
)


class PlanLoader:
    """Brings topics, goals and milestones to what the file says; *problems* collects refused changes."""

    def __init__(self, result: CheckResult, data: AnnualWorkbook, changes: Changes, org: OrgLoader) -> None:
        self.result, self.data, self.changes, self.org = result, data, changes, org
        self.year = data.settings.year
        self.problems: list[Problem] = []
        self.categories = {row.name: row for row in db.session.scalars(select(TopicCategory))}
        self.topics = {
            row.code: row for row in db.session.scalars(select(Topic).where(Topic.year == self.year))
        }
        self.goals = {row.code: row for row in db.session.scalars(select(Goal).where(Goal.year == self.year))}
        self.signed = self._signed_goals()

    def _signed_goals(self) -> dict[int, str]:
        """Return the number of the letter, issued or signed, that carries a goal."""
        rows = db.session.execute(
            select(LetterGoal.goal_id, Letter.number)
            .join(Letter, Letter.id == LetterGoal.letter_id)
            .where(Letter.year == self.year, Letter.state.in_(FIXED_LETTERS))
        )
        return {row.goal_id: row.number for row in rows}

    def run(self) -> None:
        """Load the three sheets in the order in which they refer to each other."""
        self._add_categories()
        for topic_row in self.data.topics:
            self._load_topic(topic_row)
        db.session.flush()
        self.changes.words.learn("课题", ((row.id, code) for code, row in self.topics.items()))
        self._load_goals()
        assignments.follow_leads(self.year)
        self._load_milestones()

    def _add_categories(self) -> None:
        for position, (code, name) in enumerate(BUILT_IN_CATEGORIES, 1):
            if name not in self.categories:
                category = TopicCategory(code=code, name=name, position=position, is_built_in=True)
                db.session.add(category)
                self.categories[name] = category
        db.session.flush()
        self.changes.words.learn(CATEGORY, ((row.id, name) for name, row in self.categories.items()))

    def _load_topic(self, row: TopicRow) -> None:
        facts: Facts = {
            "name": ("课题名称", row.name),
            "category_id": ("类别", self.categories[row.category].id),
            "tier": ("类型", Tier(row.tier)),
            "lead_unit_id": ("牵头单位编码", self.org.units[row.lead_unit].id),
            "leader_id": ("主管领导工号", self.org.person_id(row.leader)),
            "requirements": ("目标要求", row.requirements),
            "key_points": ("重点", row.key_points),
            "difficulties": ("难点", row.difficulties),
            "measures": ("具体措施", row.measures),
        }
        topic = self.topics.get(row.code)
        if topic is None:
            topic = Topic(year=self.year, code=row.code, state=TopicState.FINAL, **values_of(facts))
            db.session.add(topic)
            self.topics[row.code] = topic
            self.changes.added("课题", row.name)
            return
        facts = self._spoken("课题", facts)
        self._refuse_topic(topic, row, differing(topic, facts))
        if topic.state not in (*DECIDED_TOPICS, *ENDED_TOPICS):
            facts["state"] = ("状态", TopicState.FINAL)
        self.changes.compared("课题", row.name, assign(topic, facts))

    def _spoken(self, sheet: str, facts: Facts) -> Facts:
        """Return the facts whose column the file has; what it does not speak of stays as stored."""
        return {
            attribute: fact for attribute, fact in facts.items() if self.result.has_column(sheet, fact[0])
        }

    def _refuse_topic(self, topic: Topic, row: TopicRow, differences: Differences) -> None:
        """Refuse changes to an ended topic, and of the name that a signed letter quotes."""
        if topic.state in ENDED_TOPICS:
            state = STATE_LABELS[topic.state]
            for heading in differences:
                message = _("课题%(state)s，“%(heading)s”不能再改，请恢复原值", state=state, heading=heading)
                self._refuse("课题", row.row, heading, message, differences)
            return
        if "课题名称" not in differences:
            return
        carried = (goal.id for goal in self.goals.values() if goal.topic_id == topic.id)
        number = next((self.signed[goal_id] for goal_id in carried if goal_id in self.signed), None)
        if number:
            message = _("课题名称已写入责任书%(number)s，不能改，请恢复原值或走变更程序", number=number)
            self._refuse("课题", row.row, "课题名称", message, differences)

    def _load_goals(self) -> None:
        """Load the goals in two passes: a goal's parent may stand below it, and may be new."""
        new = [row for row in self.data.goals if row.code not in self.goals]
        for row in new:
            goal = Goal(year=self.year, code=row.code, **values_of(self._goal_facts(row, None)))
            db.session.add(goal)
            self.goals[row.code] = goal
        db.session.flush()
        self.changes.words.learn("目标", ((row.id, code) for code, row in self.goals.items()))
        added = {row.code for row in new}
        for row in self.data.goals:
            goal = self.goals[row.code]
            parent: Facts = {"parent_id": ("上级目标编号", self.goals[row.parent].id if row.parent else None)}
            if row.code in added:
                assign(goal, parent)
                self.changes.added("目标", row.name)
            else:
                self._change_goal(goal, row, self._spoken("目标", self._goal_facts(row, goal) | parent))

    def _change_goal(self, goal: Goal, row: GoalRow, facts: Facts) -> None:
        differences = differing(goal, facts)
        if goal.id in self.signed:
            for heading in differences:
                message = _(
                    "目标已写入责任书%(number)s，“%(heading)s”不能改，请恢复原值或走变更程序",
                    number=self.signed[goal.id],
                    heading=heading,
                )
                self._refuse("目标", row.row, heading, message, differences)
        self.changes.compared("目标", row.name, assign(goal, facts))

    def _goal_facts(self, row: GoalRow, goal: Goal | None) -> Facts:
        """Return what the row says; without 主管领导工号 the leader in charge of the unit, kept since."""
        unit_id = self.org.units[row.unit].id
        leader_id = self.org.person_id(row.leader)
        if leader_id is None:
            is_kept = goal is not None and goal.unit_id == unit_id
            leader_id = goal.leader_id if goal and is_kept else self.org.leader_id(row.unit)
        return {
            "topic_id": ("课题编号", self.topics[row.topic].id),
            "name": ("目标名称", row.name),
            "unit_id": ("责任单位编码", unit_id),
            "person_id": ("责任人工号", self.org.person_id(row.owner)),
            "leader_id": ("主管领导工号", leader_id),
            "measure_unit": ("计量单位", row.measure_unit),
            "target": ("目标值", row.target),
            "completion_standard": ("完成标准", row.standard),
            "starts_on": ("开始日期", row.start),
            "deadline": ("完成时限", row.deadline),
            "points": ("基本分", row.base_points),
            "scoring_method": ("计分方式", row.method),
            "scoring_parameters": ("计分参数", row.parameters),
        }

    def _load_milestones(self) -> None:
        goal_ids = [self.goals[code].id for code in {row.goal for row in self.data.milestones}]
        stored = {
            (row.goal_id, row.sequence): row
            for row in db.session.scalars(select(Milestone).where(Milestone.goal_id.in_(goal_ids)))
        }
        for row in self.data.milestones:
            goal = self.goals[row.goal]
            facts: Facts = {
                "name": ("阶段名称", row.name),
                "due_on": ("完成时限", row.deadline),
                "share": ("应完成比例", row.ratio),
            }
            label = f"{row.goal} {row.name}"
            milestone = stored.get((goal.id, row.position))
            if milestone is None:
                db.session.add(Milestone(goal_id=goal.id, sequence=row.position, **values_of(facts)))
                self._refuse_milestone(goal, row, {"序号": (None, row.position)})
                self.changes.added("里程碑", label)
                continue
            differences = assign(milestone, self._spoken("里程碑", facts))
            if "完成时限" in differences:  # the begin of a plan goes with the end it was counted back from
                milestone.starts_on = milestone.workdays = None
            self._refuse_milestone(goal, row, differences)
            self.changes.compared("里程碑", label, differences)

    def _refuse_milestone(self, goal: Goal, row: MilestoneRow, differences: Differences) -> None:
        if goal.id not in self.signed:
            return
        number = self.signed[goal.id]
        for heading in differences:
            if heading == "序号":
                message = _(
                    "目标“%(goal)s”已写入责任书%(number)s，不能再加节点，请删去这一行或走变更程序",
                    goal=row.goal,
                    number=number,
                )
            else:
                message = _(
                    "目标“%(goal)s”已写入责任书%(number)s，节点的“%(heading)s”不能改，请恢复原值或走变更程序",
                    goal=row.goal,
                    number=number,
                    heading=heading,
                )
            self._refuse("里程碑", row.row, heading, message, differences)

    def _refuse(self, sheet: str, row: int, heading: str, message: str, differences: Differences) -> None:
        value = self.changes.words.shown(sheet, heading, differences[heading][1])
        self.problems.append(self.result.problem_at(sheet, row, heading, message, value))
