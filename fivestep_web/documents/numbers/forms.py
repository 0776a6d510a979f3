"""Shape of what is typed when a document is numbered, issued or its number dropped."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length

from fivestep_web.core.forms import BaseForm


class ApproveForm(BaseForm):
    """The day the leader signed it off."""

    approved_on = DateField(_l("成文日期"), [InputRequired(_l("请填写成文日期，即领导签发的日期"))])


class IssueForm(BaseForm):
    """The day it is printed and sent."""

    issued_on = DateField(_l("印发日期"), [InputRequired(_l("请填写印发日期"))])


class DropForm(BaseForm):
    """Why a number is given up."""

    reason = TextAreaField(
        _l("作废理由"),
        [
            InputRequired(_l("请写明作废文号的理由")),
            Length(max=200, message=_l("作废理由不超过 200 字，请精简")),
        ],
    )
