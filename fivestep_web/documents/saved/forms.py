"""The name of a saved view."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from fivestep_web.core.forms import BaseForm
from fivestep_web.documents.saved.models import LONGEST_NAME
from fivestep_web.org.forms import trimmed


class NameForm(BaseForm):
    """What a view is called."""

    name = StringField(
        _l("名称"),
        [
            DataRequired(_l("请输入名称")),
            Length(max=LONGEST_NAME, message=_l("名称最长 30 个字")),
        ],
        filters=[trimmed],
    )
