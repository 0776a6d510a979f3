"""Shape of what is chosen on the documents page."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from fivestep_web.core.forms import BaseForm
from fivestep_web.documents.kinds import DocumentKind


class BuildForm(BaseForm):
    """The kinds of documents to make."""

    kinds = SelectMultipleField(
        _l("文档种类"),
        choices=(),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=True,
    )

    def offer(self, kinds: Sequence[DocumentKind]) -> "BuildForm":
        """Offer *kinds*; returns itself."""
        self.kinds.choices = [(kind.value, kind.label) for kind in kinds]
        return self

    def validate_kinds(self, field: SelectMultipleField) -> None:
        """Ask for one kind at least."""
        if not field.data:
            raise StopValidation(_l("请至少选择一种文档"))
