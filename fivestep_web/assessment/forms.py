"""The assessor's points."""

from flask_babel import lazy_gettext as _
from wtforms import DecimalField, TextAreaField
from wtforms.validators import InputRequired, Length

from fivestep_web.core.forms import BaseForm

REASON_LENGTH = 400


class PointsForm(BaseForm):
    """Points for a goal scored by hand (人工评定), with the written reason."""

    points = DecimalField(_("评定得分"), [InputRequired(_("请填写评定得分。"))], places=None)
    reason = TextAreaField(
        _("评定理由"),
        [
            InputRequired(_("请写明评定理由。")),
            Length(max=REASON_LENGTH, message=_("评定理由不超过400字，请精简。")),
        ],
        render_kw={"rows": 2},
    )
