"""What is typed into a bulletin; what may be is decided by rules and services."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from fivestep_web.assessment.daily.bulletins import rules
from fivestep_web.assessment.daily.bulletins.rules import Consultation, Figures, Parts
from fivestep_web.assessment.daily.forms import LONG, NOTE, MoveForm

MOST = 10_000
COUNT = NumberRange(min=0, max=MOST, message=_l("请填0到10000之间的整数。"))


class PartsForm(MoveForm):
    """The clerk's parts; a field for each key topic and late goal is added by `parts_form`."""

    praised_units = TextAreaField(
        _l("完成较好的单位"),
        [Optional(), LONG],
        description=_l("每行一个单位，写作“单位：事实”"),
        render_kw={"rows": 5},
    )
    held_on = DateField(_l("联合会商日期"), [Optional()], description=_l("没有召开的不填"))
    raised = IntegerField(_l("会商提出的问题"), [Optional(), COUNT])
    solved = IntegerField(_l("其中已解决"), [Optional(), COUNT])
    notices_sent = IntegerField(_l("本月发出的督办单"), [Optional(), COUNT])
    notices_answered = IntegerField(_l("其中已答复"), [Optional(), COUNT])
    requirements = TextAreaField(
        _l("下月工作要求"),
        [Optional(), LONG],
        description=_l("每行一段；不写的，印“无”"),
        render_kw={"rows": 5},
    )
    figures: Figures

    def validate_praised_units(self, field: Any) -> None:
        """Refuse lines that name no unit of the bulletin."""
        names = [unit.name for unit in self.figures.units]
        _pairs, faults = rules.read_praised(field.data or "", names)
        if faults:
            raise ValidationError(" ".join(faults))

    @property
    def topic_fields(self) -> Sequence[Any]:
        """Return the fields of the key topics."""
        return [self[_topic(topic.topic_id)] for topic in self.figures.key_topics]

    @property
    def reason_fields(self) -> Sequence[Any]:
        """Return the fields of the late goals."""
        return [self[_reason(goal.goal_id)] for goal in self.figures.late_goals]

    def parts(self) -> Parts:
        """Return what was typed; a progress left as it was computed follows the figures."""
        topics = {topic.topic_id: _text(self[_topic(topic.topic_id)]) for topic in self.figures.key_topics}
        computed = {topic.topic_id: topic.progress for topic in self.figures.key_topics}
        reasons = {goal.goal_id: _text(self[_reason(goal.goal_id)]) for goal in self.figures.late_goals}
        named = {goal.goal_id: goal.reason for goal in self.figures.late_goals}
        praised, _faults = rules.read_praised(
            self.praised_units.data or "", [unit.name for unit in self.figures.units]
        )
        held: date | None = self.held_on.data
        return Parts(
            key_topics={key: text for key, text in topics.items() if text and text != computed[key]},
            praised_units=praised,
            reasons={key: text for key, text in reasons.items() if text and text != named[key]},
            requirements=self.requirements.data or "",
            consultation=Consultation(held.isoformat(), self.raised.data or 0, self.solved.data or 0)
            if held
            else None,
            notices_sent=self.notices_sent.data or 0,
            notices_answered=self.notices_answered.data or 0,
        )


def _topic(topic_id: int) -> str:
    return f"topic_{topic_id}"


def _reason(goal_id: int) -> str:
    return f"reason_{goal_id}"


def _text(field: Any) -> str:
    return (field.data or "").strip()


def parts_form(figures: Figures, parts: Parts | None = None, **data: Any) -> PartsForm:
    """Return the form of a bulletin with these figures, filled with *parts* or with what was sent."""
    fields: dict[str, Any] = {"figures": figures}
    for topic in figures.key_topics:
        fields[_topic(topic.topic_id)] = TextAreaField(topic.name, [Optional(), NOTE], render_kw={"rows": 2})
    for goal in figures.late_goals:
        fields[_reason(goal.goal_id)] = StringField(f"{goal.unit}：{goal.goal}", [Optional(), NOTE])
    made: PartsForm = type("MonthPartsForm", (PartsForm,), fields)(
        **({} if parts is None else {"formdata": None, "data": {**_filled(figures, parts), **data}})
    )
    return made


def _filled(figures: Figures, parts: Parts) -> dict[str, Any]:
    held = parts.consultation
    filled: dict[str, Any] = {
        "praised_units": "\n".join(f"{unit}：{facts}" for unit, facts in parts.praised_units),
        "requirements": parts.requirements,
        "notices_sent": parts.notices_sent,
        "notices_answered": parts.notices_answered,
    }
    if held:
        filled |= {
            "held_on": date.fromisoformat(held.held_on),
            "raised": held.raised,
            "solved": held.solved,
        }
    for topic in figures.key_topics:
        filled[_topic(topic.topic_id)] = parts.key_topics.get(topic.topic_id, topic.progress)
    for goal in figures.late_goals:
        filled[_reason(goal.goal_id)] = parts.reasons.get(goal.goal_id, goal.reason)
    return filled
