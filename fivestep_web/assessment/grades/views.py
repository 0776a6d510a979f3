"""Pages of annual grades: proposed by personnel, decided by the minister, told to each person (N1–N6)."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.cycles.queries import find_cycle, get_cycle
from fivestep_web.assessment.grades import giving, policy, queries, rules, services, standing
from fivestep_web.assessment.grades.forms import (
    GiveForm,
    PaperForm,
    ProposeForm,
    ReasonForm,
    SeatsForm,
    StepsForm,
)
from fivestep_web.assessment.grades.models import AnnualGrade, ResultNotice
from fivestep_web.assessment.grades.rules import Grade, GradeState, Step
from fivestep_web.assessment.grades.standing import Candidate, Year
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work

blueprint = Blueprint("grades", __name__)
follow(blueprint, "grades.grade_index")

READERS = (Permission.GRADE_PREPARE, Permission.GRADE_DECIDE)


@blueprint.get("/assessment/<int:year>/grades")
@requires(*READERS)
def grade_index(year: int) -> ResponseReturnValue:
    return _index(year, GiveForm(formdata=None, given_on=clock.today()))


def _index(year: int, form: GiveForm, status: int = 200) -> ResponseReturnValue:
    cycle = find_cycle(year)
    if cycle is None:
        return render_template("grades/grade_index.html", year=year, cycle=None)
    known, me = standing.read(year), actor()
    untold = [item for item in known.candidates if giving.is_untold(item) and not giving.is_held(known, item)]
    ready = services.ready(me, cycle, known)
    page = render_template(
        "grades/grade_index.html",
        year=year,
        cycle=cycle,
        rows=[(item, _state_of(item)) for item in known.candidates],
        pools=[(pool, known.taken(pool), seats) for pool, seats in known.seats.items()],
        approvals=known.approvals,
        steps=known.steps,
        step_list=tuple(Step),
        untold=untold if me.may(Permission.GRADE_PREPARE) else [],
        ready=ready,
        why_not=_why_none(cycle, known) if me.may(Permission.GRADE_DECIDE) and not ready else "",
        form=form,
    )
    return page, status


def _why_none(cycle: Any, known: Year) -> str:
    """Return why nothing can be decided although something was proposed; empty where nothing waits."""
    open_ones = [
        item for item in known.candidates if item.current and policy.can_decide(actor(), item.current)
    ]
    return known.why_undecided(cycle, open_ones[0]) if open_ones else ""


def _state_of(item: Candidate) -> tuple[str, str]:
    """Return where a person's grade stands, as a word and its tone."""
    grade = item.current
    if item.review:
        return _("复核成立，待更正"), "refused"
    if grade is None:
        return _("未拟定"), "quiet"
    if grade.state is not GradeState.CONFIRMED:
        return grade.state.label, "refused" if grade.state is GradeState.RETURNED else "waiting"
    if item.notice is None:
        return _("已确定，待送达"), "open"
    if item.notice.opinion is None:
        return _("已送达，待签意见"), "waiting"
    return item.notice.opinion.stance.label, "done"


@blueprint.get("/assessment/<int:year>/grades/<int:person_id>")
@requires(*READERS)
def grade_show(year: int, person_id: int) -> ResponseReturnValue:
    return _page(year, person_id)


def _page(year: int, person_id: int, **refused: BaseForm) -> ResponseReturnValue:
    cycle, known, me = get_cycle(year), standing.read(year), actor()
    item = known.get(person_id)
    grade, decided = item.current, item.decided
    notices = queries.list_notices(year)
    page = render_template(
        "grades/grade_show.html",
        year=year,
        item=item,
        state=_state_of(item),
        notices=notices,
        may_propose=_may_propose(cycle, item),
        may_decide=grade is not None and policy.can_decide(me, grade),
        why_undecided=known.why_undecided(cycle, item) if grade else "",
        may_prepare=policy.can_prepare(me, person_id),
        untold=giving.is_untold(item),
        is_held=giving.is_held(known, item),
        effects=_effects(decided) if decided else [],
        is_ineligible=item.is_admonished and me.person_id != person_id,
        excluded=[rules.label(one, item.pool) for one in Grade if one not in _shown(item)],
        form=refused.get("form") or _propose_form(item),
        give_form=refused.get("give_form") or GiveForm(formdata=None, given_on=clock.today()),
        paper_form=refused.get("paper_form") or PaperForm(formdata=None, dated_on=clock.today()),
        return_form=refused.get("return_form") or ReasonForm(formdata=None),
        refused=set(refused),
    )
    return page, 422 if refused else 200


def _shown(item: Candidate) -> frozenset[Grade]:
    """Return what the grade may be; nobody learns of an admonition from the own page (5.7)."""
    if actor().person_id == item.person_id:
        return rules.allowed_under(bar.kind for bar in item.bars).grades
    return item.allowed.grades


def _effects(grade: AnnualGrade) -> list[str]:
    row = rules.years_in_a_row(grade.year, queries.excellent_years(grade.person_id))
    return rules.consequences(grade.grade, grade.pool, row)


def _may_propose(cycle: Any, item: Candidate) -> bool:
    before = item.current
    is_later = before is not None and (before.version > 1 or before.state is GradeState.CONFIRMED)
    states = policy.DECIDABLE if is_later else policy.PREPARABLE
    return policy.can_prepare(actor(), item.person_id) and cycle.state in states


def _propose_form(item: Candidate, form: ProposeForm | None = None) -> ProposeForm:
    before = item.current
    is_correction = before is not None and (before.version > 1 or before.state is GradeState.CONFIRMED)
    if form is None:
        given: dict[str, Any] = {"revision": 0}
        if before is not None:
            given = {"revision": before.revision, "grade": before.grade.value, "remarks": before.remarks}
            given["reason"] = before.reason if before.state is not GradeState.CONFIRMED else ""
        form = ProposeForm(formdata=None, data=given)
    return form.offer(item.pool, is_correction=is_correction)


@blueprint.post("/assessment/<int:year>/grades/<int:person_id>")
@requires(Permission.GRADE_PREPARE)
def grade_propose(year: int, person_id: int) -> ResponseReturnValue:
    get_cycle(year)
    form = _propose_form(standing.read(year).get(person_id), ProposeForm())

    def propose() -> None:
        cycle = get_cycle(year, lock=True)
        _demand_unchanged(year, person_id, form.revision.data)
        services.propose(actor(), cycle, person_id, form.proposal())

    if not carry_out(form, propose):
        return _page(year, person_id, form=form)
    return htmx.leave(url_for(".grade_index", year=year), _("等次已拟定，等部长确定。"))


def _demand_unchanged(year: int, person_id: int, revision: int | None) -> None:
    versions = queries.find_versions(year, person_id, lock=True)
    if (versions[-1].revision if versions else 0) != (revision or 0):
        raise Conflict(_("这位同志的等次刚被别人改过，请刷新后再办。"))


def _current(year: int, person_id: int) -> AnnualGrade:
    versions = queries.find_versions(year, person_id, lock=True)
    if not versions:
        raise NotFound(_("还没有拟定等次。"))
    return versions[-1]


def _as_shown(year: int, person_id: int) -> AnnualGrade:
    """Return the person's latest version; Conflict where the page showed another."""
    grade = _current(year, person_id)
    if grade.mark != request.form.get("shown"):
        raise Conflict(_("这位同志的等次在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return grade


@blueprint.post("/assessment/<int:year>/grades/<int:person_id>/decide")
@requires(Permission.GRADE_DECIDE)
def grade_decide(year: int, person_id: int) -> ResponseReturnValue:
    with unit_of_work():
        cycle = get_cycle(year, lock=True)
        services.decide(actor(), cycle, _as_shown(year, person_id))
    return htmx.leave(url_for(".grade_show", year=year, person_id=person_id), _("等次已确定。"))


@blueprint.post("/assessment/<int:year>/grades/decide")
@requires(Permission.GRADE_DECIDE)
def grade_decide_all(year: int) -> ResponseReturnValue:
    with unit_of_work():
        cycle = get_cycle(year, lock=True)
        count = services.decide_all(actor(), cycle, set(request.form.getlist("shown")))
    return htmx.leave(url_for(".grade_index", year=year), _("已确定%(count)s人的等次。", count=count))


@blueprint.post("/assessment/<int:year>/grades/<int:person_id>/return")
@requires(Permission.GRADE_DECIDE)
def grade_return(year: int, person_id: int) -> ResponseReturnValue:
    get_cycle(year)
    _current(year, person_id)
    form = ReasonForm()

    def send_back() -> None:
        get_cycle(year, lock=True)
        services.send_back(actor(), _as_shown(year, person_id), form.reason.data)

    if not carry_out(form, send_back):
        return _page(year, person_id, return_form=form)
    return htmx.leave(url_for(".grade_index", year=year), _("已退回，由人事重新拟定。"))


@blueprint.get("/assessment/<int:year>/grades/steps")
@requires(Permission.GRADE_PREPARE)
def step_edit(year: int) -> ResponseReturnValue:
    get_cycle(year)
    stored = queries.list_steps(year)
    given: dict[str, Any] = {f"{step.value}_on": row.held_on for step, row in stored.items()}
    given |= {f"{step.value}_note": row.note for step, row in stored.items()}
    return _steps(year, StepsForm(formdata=None, data=given))


def _steps(year: int, form: StepsForm, status: int = 200) -> ResponseReturnValue:
    return render_template("grades/step_edit.html", year=year, form=form, steps=tuple(Step)), status


@blueprint.post("/assessment/<int:year>/grades/steps")
@requires(Permission.GRADE_PREPARE)
def step_update(year: int) -> ResponseReturnValue:
    form = StepsForm()

    def record() -> None:
        get_cycle(year, lock=True)
        services.record_steps(actor(), year, form.held())

    if not carry_out(form, record):
        return _steps(year, form, 422)
    return htmx.leave(url_for(".grade_index", year=year), _("考核程序已登记。"))


@blueprint.get("/assessment/<int:year>/grades/seats")
@requires(Permission.GRADE_PREPARE)
def seat_edit(year: int) -> ResponseReturnValue:
    get_cycle(year)
    stored = queries.list_approvals(year)
    given: dict[str, Any] = {f"{pool.value}_number": row.number for pool, row in stored.items()}
    given |= {f"{pool.value}_on": row.approved_on for pool, row in stored.items()}
    return _seats(year, SeatsForm(formdata=None, data=given))


def _seats(year: int, form: SeatsForm, status: int = 200) -> ResponseReturnValue:
    return render_template("grades/seat_edit.html", year=year, form=form, pools=tuple(Pool)), status


@blueprint.post("/assessment/<int:year>/grades/seats")
@requires(Permission.GRADE_PREPARE)
def seat_update(year: int) -> ResponseReturnValue:
    form = SeatsForm()

    def approve() -> None:
        get_cycle(year, lock=True)
        services.approve_seats(actor(), year, form.given())

    if not carry_out(form, approve):
        return _seats(year, form, 422)
    return htmx.leave(url_for(".grade_index", year=year), _("优秀名额的批准已登记。"))


@blueprint.post("/assessment/<int:year>/grades/notices")
@requires(Permission.GRADE_PREPARE)
def notice_give_all(year: int) -> ResponseReturnValue:
    form, given = GiveForm(), list[int]()

    def give() -> None:
        cycle = get_cycle(year, lock=True)
        everybody = [item.person_id for item in standing.read(year).candidates]
        given.append(giving.give(actor(), cycle, everybody, form.given_on.data))

    if not carry_out(form, give):
        return _index(year, form, 422)
    return htmx.leave(url_for(".grade_index", year=year), _("已送达%(count)s份通知。", count=given[0]))


@blueprint.post("/assessment/<int:year>/grades/<int:person_id>/notice")
@requires(Permission.GRADE_PREPARE)
def notice_give(year: int, person_id: int) -> ResponseReturnValue:
    standing.read(year).get(person_id)
    form = GiveForm()

    def give() -> None:
        giving.give(actor(), get_cycle(year, lock=True), [person_id], form.given_on.data)

    if not carry_out(form, give):
        return _page(year, person_id, give_form=form)
    address = url_for(".grade_show", year=year, person_id=person_id)
    return htmx.leave(address, _("通知已送达，等本人签署意见。"))


@blueprint.post("/assessment/<int:year>/grades/<int:person_id>/opinion")
@requires(Permission.GRADE_PREPARE)
def opinion_record(year: int, person_id: int) -> ResponseReturnValue:
    _notice(year, person_id)
    form = PaperForm()

    def record() -> None:
        notice = _notice(year, person_id, lock=True)
        giving.record_paper(actor(), notice, form.said(), form.dated_on.data, form.witness.data)

    if not carry_out(form, record):
        return _page(year, person_id, paper_form=form)
    return htmx.leave(url_for(".grade_show", year=year, person_id=person_id), _("本人意见已登记。"))


def _notice(year: int, person_id: int, *, lock: bool = False) -> ResultNotice:
    notice = queries.find_notice(year, person_id, lock=lock)
    if notice is None:
        raise NotFound(_("还没有送达通知。"))
    return notice
