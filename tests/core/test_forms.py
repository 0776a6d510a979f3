"""What every form has in common."""

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from fivestep_web.core.forms import BaseForm, to_choose


class LetterForm(BaseForm):
    title = StringField(validators=[Length(max=400)])
    text = TextAreaField(validators=[Length(max=400)], render_kw={"maxlength": 400, "rows": 2})


def test_no_browser_cuts_what_is_pasted(app):
    with app.test_request_context("/"):
        form = LetterForm()
        assert "maxlength" not in form.title() + form.text()
        assert 'rows="2"' in form.text()


def test_nothing_is_chosen_before_a_person_does_so_unless_there_is_nothing_else():
    assert [str(choice.label) for choice in to_choose([(1, "甲"), (2, "乙")])] == ["请选择", "甲", "乙"]
    assert [choice.label for choice in to_choose([(1, "甲")])] == ["甲"]
    assert [choice.value for choice in to_choose([])] == [""]
