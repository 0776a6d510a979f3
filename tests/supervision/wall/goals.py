"""Goals as the chart draws them, made up."""

from datetime import date

from fivestep_web.ledger.rules import Signal
from fivestep_web.supervision.wall.rules import Phase, WallGoal

TODAY = date(2026, 6, 10)


def phase(start: date, end: date, name: str = "组织实施", **facts) -> Phase:
    return Phase(name, start, end, **facts)


def goal(number: int = 1, *phases: Phase, **facts) -> WallGoal:
    """Return a goal from January to September, in three phases unless told."""
    phases = phases or (
        phase(date(2026, 1, 5), date(2026, 3, 31), "调研部署", is_reached=True),
        phase(date(2026, 4, 1), date(2026, 6, 30)),
        phase(date(2026, 7, 1), date(2026, 9, 30), "验收总结"),
    )
    return WallGoal(
        **{
            "goal_id": number,
            "entry_id": 100 + number,
            "code": f"M{number:04}",
            "name": f"后进村党组织整顿提升（第{number}片）",
            "is_key": False,
            "is_task": False,
            "topic_id": 1,
            "unit_id": 1,
            "unit": "组织科",
            "person_id": 1,
            "person": "张某甲",
            "leader_id": 7,
            "leader": "谭某甲",
            "deadline": phases[-1].end_on,
            "original_deadline": None,
            "signal": Signal.GREEN,
            "reason": "各项节点按期。",
            "phases": phases,
            **facts,
        }
    )
