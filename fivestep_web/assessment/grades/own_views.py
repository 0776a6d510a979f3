"""The own page: the notice of the result, what follows from it, and the opinion signed with the own key."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.grades import giving, queries, rules
from fivestep_web.assessment.grades.forms import OpinionForm
from fivestep_web.assessment.grades.models import AnnualGrade, ResultNotice
from fivestep_web.assessment.grades.views import blueprint
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotFound
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import limiter
from fivestep_web.keys import entry
from fivestep_web.keys import queries as keys


@blueprint.get("/assessment/<int:year>/grades/mine")
@requires(Permission.OWN_RESULT)
def own_show(year: int) -> ResponseReturnValue:
    return _page(year, None)


def _page(year: int, form: OpinionForm | None, status: int = 200) -> ResponseReturnValue:
    me = actor()
    notice = queries.find_notice(year, me.person_id)
    context: dict[str, Any] = {"year": year, "notice": notice, "person_id": me.person_id}
    if notice is not None:
        has_key = keys.find_living(me.person_id) is not None
        context |= {
            "form": form or OpinionForm(formdata=None, shown=notice.sha256),
            "effects": _effects(notice.grade),
            "may_ask": clock.today() <= notice.ask_by,
            "obstacle": "" if has_key else entry.no_key_message(me),
            "key_url": url_for("keys.key_show", next=url_for(".own_show", year=year)),
        }
    return render_template("grades/own_show.html", **context), status


def _effects(grade: AnnualGrade) -> list[str]:
    row = rules.years_in_a_row(grade.year, queries.excellent_years(grade.person_id))
    return rules.consequences(grade.grade, grade.pool, row)


@blueprint.post("/assessment/<int:year>/grades/mine")
@requires(Permission.OWN_RESULT)
@limiter.limit("10/minute", key_func=lambda: f"pin:{actor().user_id}")
def opinion_sign(year: int) -> ResponseReturnValue:
    subject = f"result_notice:{_own(year).id}"
    form, status = OpinionForm(), 422
    if form.validate():
        try:
            opened = entry.enter(actor(), form.pin.data, subject)
            with unit_of_work():
                giving.sign(
                    actor(),
                    _own(year, lock=True),
                    opened,
                    form.said(),
                    shown=form.shown.data,
                    address=request.remote_addr or "",
                )
        except (entry.PinRefused, entry.NoKey) as refusal:
            form.pin.errors, status = [refusal.message], refusal.status
        except FieldError as refusal:
            form[refusal.field].errors = [refusal.message]
        except (DomainError, Conflict) as refusal:
            form.form_errors.append(refusal.message)
        else:
            return htmx.leave(url_for(".own_show", year=year), _("意见已签署，存入考核材料。"))
    return _page(year, form, status)


def _own(year: int, *, lock: bool = False) -> ResultNotice:
    notice = queries.find_notice(year, actor().person_id, lock=lock)
    if notice is None:
        raise NotFound(_("%(year)s年度还没有送达给您的考核结果通知。", year=year))
    return notice
