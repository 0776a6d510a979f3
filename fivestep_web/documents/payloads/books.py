"""C03 and C04: task books and timetables."""

from typing import Literal, TypedDict

from fivestep_web.documents.payloads.common import Common, Letterhead


class TaskGoal(TypedDict):
    """A row of the task book."""

    sequence: int
    category: str
    goal: str
    standard: str
    deadline: str
    responsible_unit: str
    responsible_person: str
    leader_in_charge: str


class TaskTopic(TypedDict):
    """A topic with its goals, in the order of the book."""

    topic: str
    tier: str  # 常规, 重点 or 特色
    goals: list[TaskGoal]


class TaskBook(Common):
    """C03 任务书, of the system with its covering notice, of one unit or of one person without.

    With a letterhead `title` is that of the notice (关于印发《…》的通知), else it equals `book_title`.
    """

    scope: Literal["system", "unit", "person"]
    letterhead: Letterhead | None
    book_title: str  # 2026年组织工作任务书
    as_of_date: str  # 截至日期
    goal_count: int
    topics: list[TaskTopic]
    compiled_by: str  # 编制单位
    reviewed_by: str  # 审核人 (position)


class TimetablePhase(TypedDict):
    """A row of the timetable: one phase of a goal (R6.1)."""

    phase: str
    completion_mark: str
    period: str  # 1月30日—3月4日
    weeks: str  # 第5—10周, ISO weeks
    week_end: str  # last working day of the week in which the phase ends, "3月6日", or 无工作日


class TimetableGoal(TypedDict):
    """A goal with its phases; its own cells are merged over them."""

    sequence: int
    category: str
    goal: str
    deadline: str
    responsible_unit: str
    responsible_person: str
    leader_in_charge: str
    phases: list[TimetablePhase]


class Timetable(Common):
    """C04 时间表; head and title as in the task book."""

    scope: Literal["system", "unit", "person"]
    letterhead: Letterhead | None
    book_title: str  # 2026年组织工作时间表
    as_of_date: str
    goal_count: int
    phase_count: int
    calendar_note: str | None  # 2027年节假日安排未发布…; None while every year in it is known
    goals: list[TimetableGoal]
    compiled_by: str
    reviewed_by: str
