"""Which years a person's materials shall cover."""

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from fivestep_web.core.forms import BaseForm, BoxesField, choices


class BundleForm(BaseForm):
    """The years, all ticked before anything was sent."""

    years = BoxesField(
        _l("年度"),
        [InputRequired(_l("请至少选择一个年度"))],
        coerce=int,
    )

    def offer(self, years: Collection[int]) -> "BundleForm":
        """Offer *years*; returns itself."""
        self.years.choices = choices((year, f"{year}年") for year in years)
        if not self.is_submitted():
            self.years.data = list(years)
        return self
