"""The base of all forms: Chinese messages, CSRF, no hidden surprises."""

from collections.abc import Callable, Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput

from fivestep_web.core.errors import DomainError, FieldError, Refusal
from fivestep_web.core.transaction import unit_of_work


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form whose messages are Chinese; required is the default, optional fields say so.

    No field carries maxlength: a browser would cut a longer text without a word, the server says so.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("zh",)

        def render_field(self, field: Field, render_kw: dict[str, object]) -> Markup:
            """Return the field's HTML, its length left to the server."""
            html: Markup = super().render_field(field, {"maxlength": False, **render_kw})
            return html


class OneOfSeveral(CheckboxInput):  # type: ignore[misc]
    """A box that may stay empty although its list may not."""

    validation_attrs = ("disabled",)


def carry_out(form: BaseForm, command: Callable[[], object], *, shown: type[Refusal] = DomainError) -> bool:
    """Run *command* in a unit of work once *form* is valid; say whether it was done.

    Where it was not, the reason stands in the form, at its field where it is about one. Refusals other
    than *shown* are not about what was typed and are raised.
    """
    if not form.validate():
        return False
    try:
        with unit_of_work():
            command()
    except shown as refusal:
        _put(form, refusal)
        return False
    return True


def _put(form: BaseForm, refusal: Refusal) -> None:
    """Say the refusal at the field it is about, else at the form."""
    if isinstance(refusal, FieldError) and refusal.field in form:
        form[refusal.field].errors = [*form[refusal.field].errors, refusal.message]
    else:
        form.form_errors.append(refusal.message)


def choices(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Return what a SelectField offers: (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


def to_choose(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Return what a SelectField offers that must not stay empty.

    请选择 stands first, unless there is only one value.
    """
    given = choices(pairs)
    return given if len(given) == 1 else [SelectChoice("", _l("请选择")), *given]


def id_or_none(value: str | int | None) -> int | None:
    """Return the id chosen; none for the empty line. Raises ValueError for what is no id."""
    return int(value) if value not in {None, "", "None"} else None
