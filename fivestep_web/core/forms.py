"""The base of all forms: Chinese messages, CSRF, no hidden surprises."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form whose messages are Chinese; required is the default, optional fields say so."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("zh",)


def choices(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Return what a SelectField offers: (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]
