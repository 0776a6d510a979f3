"""The text of a letter as a plain mapping: what is shown, signed, hashed and printed (C05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from fivestep_web.audit.rules import plain
from fivestep_web.core import settings
from fivestep_web.documents.dates import chinese_date
from fivestep_web.org import lookups
from fivestep_web.responsibility.books.timetable_rules import completion_mark, period
from fivestep_web.responsibility.changes.content import (
    Changes,
    goal_as_changed,
    milestone_as_changed,
    pending_changes,
)
from fivestep_web.responsibility.goals.rules import target_text
from fivestep_web.responsibility.letters import sources as letter_sources
from fivestep_web.responsibility.letters.differences import Difference
from fivestep_web.responsibility.letters.sources import Known
from fivestep_web.responsibility.models import Goal, Letter, Milestone
from fivestep_web.responsibility.rules import LetterKind, begin_of

OPENING = "为落实{year}年组织工作要点，明确目标、压实责任，甲乙双方签订本责任书。"
CLAUSES = (
    ("二、完成标准和时限", ("以上表所列为准；阶段节点见所附时间表。需要调整的，按变更程序办理并重新签订。",)),
    (
        "三、保障措施",
        (
            "（一）甲方责任：协调解决问题，按时审核验收，随时督导并提出指导性意见。",
            "（二）乙方责任：分解到人，按节点推进，如实报送进展，按月反馈，按季汇报。",
        ),
    ),
    (
        "四、考核与奖惩",
        (
            (
                "完成情况纳入月通报、季点评和年度考核，记入实绩考核档案；结果作为评先评优、晋升职级的重要依据；"
                "实绩考核较差或群众满意度测评较低的，按规定进行诫勉谈话。"
            ),
        ),
    ),
    (
        "五、附则",
        (
            (
                "本责任书一式两份，双方各执一份，自双方签字之日起生效，有效期至{year}年12月31日。"
                "职务变动的，由接任人员承接并办理变更手续。"
            ),
        ),
    ),
)


@dataclass(frozen=True)
class Party:
    """One side of a letter: the body it stands for, and who signs for it."""

    body: str
    name: str
    position: str

    def as_content(self) -> dict[str, str]:
        return {"body": self.body, "name": self.name, "position": self.position}


def title_of(kind: LetterKind, unit: str, year: int) -> str:
    """Return the title of part C05."""
    match kind:
        case LetterKind.DEPARTMENT_UNIT:
            return f"{unit}{year}年度组织工作目标责任书"
        case LetterKind.MINISTER_SECTION_HEAD:
            return f"{unit}{year}年度工作目标责任书"
        case LetterKind.UNIT_MEMBER | LetterKind.SECTION_HEAD_STAFF:
            return f"{unit}{year}年度岗位目标责任书"


def parties(letter: Letter, day: date, positions: Mapping[int, str] | None = None) -> tuple[Party, Party]:
    """Return 甲方 and 乙方 with the posts held on *day* (R2.10: derived, never picked)."""
    if positions is None:
        positions = lookups.positions_on(day, (letter.issuer_id, letter.responsible_id))
    unit = letter.unit.name
    bodies = {
        LetterKind.DEPARTMENT_UNIT: (settings.department_name(), unit),
        LetterKind.UNIT_MEMBER: (unit, ""),
        LetterKind.MINISTER_SECTION_HEAD: ("", ""),
        LetterKind.SECTION_HEAD_STAFF: ("", ""),
    }[letter.kind]
    issuing, responsible = (
        Party(body, person.name, positions.get(person.id, ""))
        for body, person in zip(bodies, (letter.issuer, letter.responsible), strict=True)
    )
    return issuing, responsible


def _goal_rows(letter: Letter, changes: Changes) -> list[dict[str, Any]]:
    goals = ((goal_as_changed(item.goal, changes), item.weight) for item in letter.goals)
    return [
        {
            "code": goal.code,
            "topic": goal.topic.name,
            "name": goal.name,
            "standard": goal.completion_standard,
            "target": target_text(goal.target, goal.measure_unit, goal.indicator),
            "deadline": goal.deadline.isoformat(),
            "weight": format(weight, ".2f"),
            "owner": goal.person.name,
        }
        for goal, weight in goals
    ]


def _schedule(
    goals: Sequence[Goal], changes: Changes, stored: Mapping[int, Sequence[Milestone]]
) -> list[dict[str, Any]]:
    milestones = {
        goal.id: [milestone_as_changed(row, changes) for row in stored[goal.id]]
        for goal in goals
        if goal.id in stored
    }
    schedule: list[dict[str, Any]] = []
    for goal in (goal_as_changed(goal, changes) for goal in goals):
        ended: date | None = None
        for milestone in milestones.get(goal.id, []):
            begin = begin_of(milestone.starts_on, ended, goal.starts_on)
            schedule.append(
                {
                    "code": goal.code,
                    "goal": goal.name,
                    "phase": milestone.name,
                    "mark": completion_mark(milestone.name, milestone.share),
                    "begin": begin.isoformat() if begin else None,
                    "end": milestone.due_on.isoformat(),
                    "owner": goal.person.name,
                }
            )
            ended = milestone.due_on
        if goal.id not in milestones:
            schedule.append(
                {
                    "code": goal.code,
                    "goal": goal.name,
                    "phase": "全程",
                    "mark": goal.completion_standard or f"完成{_target_or_name(goal)}",
                    "begin": goal.starts_on.isoformat() if goal.starts_on else None,
                    "end": goal.deadline.isoformat(),
                    "owner": goal.person.name,
                }
            )
    return schedule


def _target_or_name(goal: Goal) -> str:
    return target_text(goal.target, goal.measure_unit, goal.indicator) or goal.name


def compose(
    letter: Letter, day: date, serial: str | None = None, known: Known | None = None
) -> dict[str, Any]:
    """Return the whole text of *letter* as it would be issued on *day*, in its canonical characters (NFC).

    *serial* is the verification code of the version being issued; a draft has none. *known* is what was read
    for many letters at once.
    """
    known = known or letter_sources.known_of([letter])
    issuing, responsible = parties(letter, day, known.positions)
    changes = pending_changes(letter)
    upper = known.upper_texts.get(letter.upper_id) if letter.upper_id is not None else None
    content = {
        "year": letter.year,
        "kind": letter.kind.value,
        "number": letter.number,
        "version": letter.version,
        "serial": serial,
        "title": letter.title,
        "issued_on": day.isoformat(),
        "issuing": issuing.as_content(),
        "responsible": responsible.as_content(),
        "opening": OPENING.format(year=letter.year),
        "goals": _goal_rows(letter, changes),
        "clauses": [
            {"heading": heading, "paragraphs": [text.format(year=letter.year) for text in paragraphs]}
            for heading, paragraphs in CLAUSES
        ],
        "schedule": _schedule([item.goal for item in letter.goals], changes, known.milestones),
        "change": _change_behind(letter),
        "upper": {"number": upper[0], "content_sha256": upper[1]} if upper else None,
    }
    return cast("dict[str, Any]", plain(content))


def _change_behind(letter: Letter) -> dict[str, str] | None:
    """Return the change order a new version is drawn up by, so that both sides sign it too."""
    order = letter.change_order
    return {"number": order.number, "reason": order.reason} if order else None


def total_weight(content: dict[str, Any]) -> str:
    """Return what the weights of a letter's goals come to: 100, but in a draft still being weighed."""
    total = sum((Decimal(goal["weight"]) for goal in content["goals"]), Decimal(0))
    return format(total.normalize() + Decimal(0), "f")


def printed_goals(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the goals of a letter's text with their dates as paper has them: 2026年3月31日."""
    return [
        {**goal, "sequence": sequence, "deadline": chinese_date(date.fromisoformat(goal["deadline"]))}
        for sequence, goal in enumerate(content["goals"], 1)
    ]


def printed_schedule(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the phases of a letter's text by goal, their time as paper has it: 1月30日—3月4日."""
    goals: dict[str, dict[str, Any]] = {}
    for row in content["schedule"]:
        entry = goals.setdefault(row["code"], {"goal": row["goal"], "phases": []})
        entry["phases"].append(
            {
                "sequence": len(entry["phases"]) + 1,
                "phase": row["phase"],
                "completion_mark": row["mark"],
                "period": period(_day(row["begin"]), date.fromisoformat(row["end"])),
                "responsible_person": row["owner"],
            }
        )
    return list(goals.values())


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Return what changed from one text of a letter to another, for whoever read only the first (S3)."""
    old, new = _lines(before), _lines(after)
    return [
        Difference(place, old.get(place, ""), new.get(place, ""))
        for place in [*new, *(place for place in old if place not in new)]
        if old.get(place, "") != new.get(place, "")
    ]


def _lines(content: dict[str, Any]) -> dict[str, str]:
    """Return a text as lines by their place, as a person would point at them."""
    lines = {"标题": content["title"], "编号": content["number"], "开头": content["opening"]}
    for side, name in (("issuing", "甲方"), ("responsible", "乙方")):
        lines[name] = " ".join(filter(None, (content[side][key] for key in ("body", "position", "name"))))
    for goal in printed_goals(content):
        labels = {"name": "名称", "standard": "完成标准", "target": "目标值", "deadline": "完成时限"}
        labels |= {"weight": "权重", "owner": "责任人", "topic": "课题"}
        lines |= {f"目标 {goal['code']} {label}": goal[key] for key, label in labels.items()}
    for clause in content["clauses"]:
        lines[clause["heading"]] = "\n".join(clause["paragraphs"])
    for entry in printed_schedule(content):
        for phase in entry["phases"]:
            facts = (phase[key] for key in ("phase", "completion_mark", "period", "responsible_person"))
            lines[f"阶段 {entry['goal']} {phase['sequence']}"] = " ".join(facts)
    return lines
