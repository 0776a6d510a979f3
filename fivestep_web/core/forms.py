"""The base of all forms: Chinese messages, CSRF, no hidden surprises."""

from flask_wtf import FlaskForm


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form whose messages are Chinese; required is the default, optional fields say so."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("zh",)
