"""Shape of what is chosen on the documents page."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from fivestep_web.core.forms import BaseForm, BoxesField
from fivestep_web.documents.kinds import DocumentKind


class BuildForm(BaseForm):
    """The kinds of documents to make."""

    kinds = BoxesField(
        _l("文档种类"),
        [DataRequired(_l("请至少选择一种文档"))],
    )

    def offer(self, kinds: Sequence[DocumentKind]) -> "BuildForm":
        """Offer *kinds*, all ticked before anything was sent; returns itself."""
        self.kinds.choices = [(kind.value, kind.label) for kind in kinds]
        if not self.is_submitted():
            self.kinds.data = [kind.value for kind in kinds]
        return self
