"""Pages of what bars grades: entered, ended, withdrawn by personnel (N5, N11)."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.grades import bars, queries
from fivestep_web.assessment.grades.forms import BarForm, EndForm, ReasonForm
from fivestep_web.assessment.grades.views import READERS, blueprint
from fivestep_web.core import clock, htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.queries import person_choices


@blueprint.get("/assessment/<int:year>/grades/bars")
@requires(*READERS)
def bar_index(year: int) -> ResponseReturnValue:
    return _page(year, BarForm(formdata=None).offer(person_choices()))


def _page(
    year: int,
    form: BarForm,
    status: int = 200,
    *,
    ending: tuple[int, EndForm] | None = None,
    withdrawing: tuple[int, ReasonForm] | None = None,
) -> ResponseReturnValue:
    found = queries.list_all_bars()
    ends = {bar.id: EndForm(formdata=None, ends_on=clock.today()) for bar in found}
    reasons = {bar.id: ReasonForm(formdata=None) for bar in found}
    ends |= dict([ending] if ending else [])
    reasons |= dict([withdrawing] if withdrawing else [])
    for bar_id, end_form in ends.items():
        end_form.ends_on.id = f"ends_on-{bar_id}"
        reasons[bar_id].reason.id = f"reason-{bar_id}"
    page = render_template(
        "grades/bar_index.html",
        year=year,
        bars=found,
        form=form,
        ends=ends,
        reasons=reasons,
        opened={"end": ending and ending[0], "withdraw": withdrawing and withdrawing[0]},
    )
    return page, status


@blueprint.post("/assessment/<int:year>/grades/bars")
@requires(Permission.GRADE_BAR)
def bar_create(year: int) -> ResponseReturnValue:
    form = BarForm().offer(person_choices())

    def enter() -> None:
        bars.enter(actor(), int(form.person_id.data), form.period(), form.basis.data)

    if not carry_out(form, enter):
        return _page(year, form, 422)
    return htmx.leave(url_for(".bar_index", year=year), _("情形已登记，拟定等次时按规定限制。"))


@blueprint.post("/assessment/<int:year>/grades/bars/<int:bar_id>/end")
@requires(Permission.GRADE_BAR)
def bar_end(year: int, bar_id: int) -> ResponseReturnValue:
    queries.get_bar(bar_id)
    form = EndForm()
    if not carry_out(form, lambda: bars.end(actor(), queries.get_bar(bar_id, lock=True), form.ends_on.data)):
        blank = BarForm(formdata=None).offer(person_choices())
        return _page(year, blank, 422, ending=(bar_id, form))
    return htmx.leave(url_for(".bar_index", year=year), _("结束日期已登记。"))


@blueprint.post("/assessment/<int:year>/grades/bars/<int:bar_id>/withdraw")
@requires(Permission.GRADE_BAR)
def bar_withdraw(year: int, bar_id: int) -> ResponseReturnValue:
    queries.get_bar(bar_id)
    form = ReasonForm()
    command = lambda: bars.withdraw(actor(), queries.get_bar(bar_id, lock=True), form.reason.data)  # noqa: E731
    if not carry_out(form, command):
        blank = BarForm(formdata=None).offer(person_choices())
        return _page(year, blank, 422, withdrawing=(bar_id, form))
    return htmx.leave(url_for(".bar_index", year=year), _("登记已撤销。"))
