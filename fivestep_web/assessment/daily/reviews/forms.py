"""What is typed into a quarterly review; what may be is decided by rules and services."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from fivestep_web.assessment.daily.forms import LONG, NOTE, MoveForm
from fivestep_web.assessment.daily.reviews.rules import Parts, StageRating
from fivestep_web.core.forms import BaseForm, choices, id_or_none
from fivestep_web.supervision.evaluations.rules import RATING_LABELS, Rating

SHORT: Final = Length(max=200, message=_l("不超过200字，请精简。"))
ASPECTS: Final = (("running", _l("工作运行")), ("results", _l("工作业绩")), ("opinion", _l("群众反映")))
_RATINGS: Final = [("", _l("未评")), *RATING_LABELS.items()]


class ReportForm(BaseForm):
    """A unit's report on its quarter."""

    report = TextAreaField(
        _l("本季度工作目标完成情况"),
        [InputRequired(_l("请填写本季度工作目标完成情况。")), LONG],
        render_kw={"rows": 6},
    )


class RemarkForm(BaseForm):
    """One leader's remark: both fields are wanted, 无 is written (R5.6)."""

    affirmed = TextAreaField(
        _l("肯定成绩"),
        [InputRequired(_l("请填写肯定的成绩，没有的写“无”。")), NOTE],
        description=_l("没有的写“无”"),
        render_kw={"rows": 3},
    )
    shortcomings = TextAreaField(
        _l("指出不足"),
        [InputRequired(_l("请填写指出的不足，没有的写“无”。")), NOTE],
        description=_l("没有的写“无”"),
        render_kw={"rows": 3},
    )
    grade = SelectField(
        _l("平时考核等次（选填）"),
        coerce=lambda value: Rating(value) if value else None,
        choices=choices([("", _l("不评")), *RATING_LABELS.items()]),
    )


class MeetingForm(MoveForm):
    """The meeting as held, the overview, next quarter's key work."""

    held_on = DateField(_l("点评会日期"), [Optional()])
    place = StringField(_l("地点"), [Optional(), SHORT])
    chair = StringField(_l("主持（职务）"), [Optional(), SHORT])
    leaders = TextAreaField(
        _l("参加领导"), [Optional(), NOTE], description=_l("每行一个职务"), render_kw={"rows": 3}
    )
    overview = TextAreaField(
        _l("总体进展"), [Optional(), LONG], description=_l("每行一段"), render_kw={"rows": 4}
    )
    next_quarter = TextAreaField(
        _l("下季度工作重点"), [Optional(), LONG], description=_l("每行一段"), render_kw={"rows": 4}
    )

    def parts(self, before: Parts) -> Parts:
        """Return what was typed, with ratings and orders as they were."""
        held: date | None = self.held_on.data
        return replace(
            before,
            held_on=held.isoformat() if held else "",
            place=(self.place.data or "").strip(),
            chair=(self.chair.data or "").strip(),
            leaders=[line.strip() for line in (self.leaders.data or "").splitlines() if line.strip()],
            overview=self.overview.data or "",
            next_quarter=self.next_quarter.data or "",
        )


def meeting_form(parts: Parts, *, revision: int, is_sent: bool) -> MeetingForm:
    """Return the form filled or as it was sent."""
    return MeetingForm() if is_sent else MeetingForm(formdata=None, data=_filled(parts, revision))


def _filled(parts: Parts, revision: int) -> dict[str, Any]:
    return {
        "revision": revision,
        "held_on": date.fromisoformat(parts.held_on) if parts.held_on else None,
        "place": parts.place,
        "chair": parts.chair,
        "leaders": "\n".join(parts.leaders),
        "overview": parts.overview,
        "next_quarter": parts.next_quarter,
    }


class OrderForm(BaseForm):
    """A corrective order of the review; the page sets goals and people."""

    goal_id = SelectField(_l("目标"), [InputRequired(_l("请选择目标。"))], coerce=id_or_none)
    reason = TextAreaField(
        _l("发现的偏差"), [InputRequired(_l("请写明发现的偏差。")), NOTE], render_kw={"rows": 2}
    )
    what = TextAreaField(
        _l("纠偏措施"), [InputRequired(_l("请写明要采取的纠偏措施。")), NOTE], render_kw={"rows": 2}
    )
    person_id = SelectField(_l("责任人（选填）"), coerce=id_or_none, description=_l("不选的，为目标责任人"))
    due_on = DateField(_l("完成时限"), [InputRequired(_l("请选择完成时限。"))])


class RatingsForm(MoveForm):
    """The stage ratings of the topics; `ratings_form` adds the fields."""

    topics: Sequence[Any]

    def fields_of(self, topic: Any) -> Sequence[Any]:
        """Return the fields of one topic: three ratings and the evidence."""
        names = [name for name, _label in ASPECTS]
        return [self[f"{name}_{topic.id}"] for name in (*names, "evidence")]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse also a rating without its sentence of evidence (R3.12)."""
        is_valid = bool(super().validate(extra_validators))
        for topic in self.topics:
            *ratings, evidence = self.fields_of(topic)
            if any(rating.data for rating in ratings) and not (evidence.data or "").strip():
                evidence.errors = [_("“%(topic)s”评了等次，请写一句评估依据。", topic=topic.name)]
                is_valid = False
        return is_valid

    def ratings(self) -> dict[int, StageRating]:
        """Return what was rated."""
        found = {}
        for topic in self.topics:
            running, results, opinion, evidence = (field.data or "" for field in self.fields_of(topic))
            rating = StageRating(running, results, opinion, evidence.strip())
            if not rating.is_empty:
                found[topic.id] = rating
        return found


def ratings_form(
    topics: Sequence[Any], ratings: Mapping[int, StageRating], *, revision: int, is_sent: bool
) -> RatingsForm:
    """Return the form of the topics, filled or as it was sent."""
    fields: dict[str, Any] = {"topics": topics}
    filled: dict[str, Any] = {"revision": revision}
    for topic in topics:
        stored = ratings.get(topic.id, StageRating())
        for name, label in ASPECTS:
            fields[f"{name}_{topic.id}"] = SelectField(label, default="", choices=choices(_RATINGS))
            filled[f"{name}_{topic.id}"] = getattr(stored, name)
        fields[f"evidence_{topic.id}"] = StringField(_("评估依据"), [Optional(), SHORT])
        filled[f"evidence_{topic.id}"] = stored.evidence
    form_class = type("TopicRatingsForm", (RatingsForm,), fields)
    made: RatingsForm = form_class() if is_sent else form_class(formdata=None, data=filled)
    return made
