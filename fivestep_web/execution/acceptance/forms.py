"""Shape of what is typed when a phase is handed in and decided on."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm
from fivestep_web.execution.evidence.forms import EvidenceFields

TEXT = Length(max=1000, message=_l("不超过 1000 字，请精简。"))


class SubmitForm(EvidenceFields):
    """What was done, with the files that prove it; *answer* where the phase was sent back."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])
    answer = TextAreaField(
        _l("整改情况"),
        [InputRequired(_l("请逐条写明整改情况。")), TEXT],
        description=_l("对照退回的理由逐条写明"),
    )
    note = TextAreaField(
        _l("完成情况"),
        [InputRequired(_l("请写明完成情况。")), TEXT],
        description=_l("做了什么、形成了什么成果，验收人据此核对材料"),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.files.flags.required = True


class AcceptForm(BaseForm):
    """A phase as it was shown, and what the acceptor says of it."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])
    note = TextAreaField(_l("验收意见"), [Optional(), TEXT])


class SendBackForm(BaseForm):
    """Why a phase is sent back."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])
    reason = TextAreaField(_l("退回理由"), [InputRequired(_l("请写明退回的理由。")), TEXT])
