"""What the reader of the log looks for; all of it stands in the address."""

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, StringField
from wtforms.validators import Length, Optional

from fivestep_web.audit import labels
from fivestep_web.audit.queries import Search

MAX_TEXT = 120


class SearchForm(Form):  # type: ignore[misc]
    """Subject, action, name and days; a wrong day is named and left out."""

    subject = StringField(_l("对象"), [Length(max=MAX_TEXT)])
    action = StringField(_l("操作"), [Length(max=MAX_TEXT)])
    name = StringField(_l("姓名"), [Length(max=MAX_TEXT)])
    since = DateField(_l("自"), [Optional()])
    until = DateField(_l("至"), [Optional()])

    @classmethod
    def from_address(cls) -> "SearchForm":
        form = cls(request.args)
        wrong = _("查询条件有误：日期请写成 2026-03-31，文字不超过 120 字")
        form.messages = [] if form.validate() else [wrong]
        return form

    def search(self) -> Search:
        """Return what is looked for; without what could not be read."""

        def text(field: StringField) -> str:
            return "" if field.errors else (field.data or "").strip()

        return Search(
            subject=labels.subject_meant(text(self.subject)),
            action=text(self.action),
            name=text(self.name),
            since=None if self.since.errors else self.since.data,
            until=None if self.until.errors else self.until.data,
        )
