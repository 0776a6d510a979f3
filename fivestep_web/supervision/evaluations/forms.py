"""What is typed into a stage evaluation and its settings; what may be is decided by rules and services."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, choices
from fivestep_web.supervision.evaluations.rules import (
    LONGEST_EVIDENCE,
    MOST_WORKDAYS,
    RATING_LABELS,
    Given,
    Rating,
)

EVIDENCE = Length(max=LONGEST_EVIDENCE, message=_l("不超过200字，请精简。"))
NOTE = Length(max=1000, message=_l("不超过1000字，请精简。"))
DAYS = NumberRange(min=1, max=MOST_WORKDAYS, message=_l("时限应为1至30个工作日。"))


class MoveForm(BaseForm):
    """A step taken with an evaluation as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class ReturnForm(MoveForm):
    """Why the unit rates again."""

    reason = TextAreaField(
        _l("退回理由"), [InputRequired(_l("请写明退回的理由。")), NOTE], render_kw={"rows": 2}
    )


class RatingForm(MoveForm):
    """One side's ratings; `rating_form` adds a rating and its evidence for each dimension."""

    dimensions: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def lines(self) -> list[tuple[str, str, Any, Any]]:
        """Return name, standard and the two fields of each dimension."""
        return [
            (name, standard, self[f"rating_{key}"], self[f"evidence_{key}"])
            for key, (name, standard) in self.dimensions.items()
        ]

    def given(self) -> dict[str, Given]:
        """Return what was rated."""
        return {
            key: Given(Rating(self[f"rating_{key}"].data), self[f"evidence_{key}"].data)
            for key in self.dimensions
        }


def rating_form(dimensions: Mapping[str, tuple[str, str]], revision: int, *, is_sent: bool) -> RatingForm:
    """Return the form of a year's dimensions, empty or as it was sent."""
    fields: dict[str, Any] = {"dimensions": dimensions}
    for key, (name, _standard) in dimensions.items():
        fields[f"rating_{key}"] = RadioField(
            name,
            [InputRequired(_("请给“%(name)s”评等次。", name=name))],
            choices=choices(RATING_LABELS.items()),
        )
        wanted = _("请写一句“%(name)s”的依据。", name=name)
        fields[f"evidence_{key}"] = StringField(
            _("%(name)s的依据", name=name), [InputRequired(wanted), EVIDENCE]
        )
    form_class = type("StageRatingForm", (RatingForm,), fields)
    made: RatingForm = form_class() if is_sent else form_class(formdata=None, data={"revision": revision})
    return made


class DimensionForm(BaseForm):
    """A dimension added to a year."""

    name = StringField(
        _l("维度名称"),
        [InputRequired(_l("请填写维度名称。")), Length(max=20, message=_l("不超过20字，请精简。"))],
    )
    standard = StringField(_l("评为“好”的标准"), [InputRequired(_l("请填写评为“好”的标准。")), EVIDENCE])


class LimitsForm(MoveForm):
    """How many working days each side has."""

    unit_workdays = IntegerField(_l("单位自评"), [InputRequired(_l("请填写工作日数。")), DAYS])
    leader_workdays = IntegerField(_l("领导评估"), [InputRequired(_l("请填写工作日数。")), DAYS])
