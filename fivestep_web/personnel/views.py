"""干部使用材料: who there is, what there is of each, and one zip of it."""

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.grades import files
from fivestep_web.assessment.grades.files import list_entries
from fivestep_web.assessment.grades.forms import ReasonForm
from fivestep_web.core import clock, htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.downloads import attached
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.queries import list_people
from fivestep_web.org.years import list_years
from fivestep_web.personnel import contents, policy, queries, rules, services
from fivestep_web.personnel.forms import BundleForm
from fivestep_web.personnel.models import BundleState

blueprint = Blueprint("personnel", __name__)

PAGE: Final = "personnel/person_file.html"
OWN_PAGE: Final = "personnel/own_file.html"
BUNDLES: Final = "personnel/_bundles.html"
LONGEST_SEARCH: Final = 100


@blueprint.get("/people")
@requires(Permission.PERSON_FILE_READ)
def person_index() -> ResponseReturnValue:
    unit_id = request.args.get("unit_id", type=int)
    keyword = request.args.get("keyword", "").strip()[:LONGEST_SEARCH]
    today = clock.today()
    return render_template(
        "personnel/person_index.html",
        people=list_people(today, unit_id, keyword),
        today=today,
        units=unit_choices(),
        unit_id=unit_id,
        keyword=keyword,
    )


@blueprint.get("/people/<int:person_id>/file")
@requires(Permission.PERSON_FILE_READ, Permission.OWN_RESULT)
def person_file(person_id: int) -> ResponseReturnValue:
    if not policy.can_read(actor()):
        return _own_page(person_id)
    if htmx.wants_fragment():
        queries.get_subject(actor(), person_id)
        return render_template(BUNDLES, **_bundles(person_id))
    return _page(person_id, BundleForm(formdata=None))


def _own_page(person_id: int) -> str:
    """Show the own achievement file, read-only, to who reads no others."""
    person = queries.get_own(actor(), person_id)
    return render_template(OWN_PAGE, person=person, entries=list_entries(person_id), sees_admonitions=True)


@blueprint.post("/people/<int:person_id>/entries/<int:year>/correct")
@requires(Permission.CYCLE_FILE)
def entry_correct(person_id: int, year: int) -> ResponseReturnValue:
    queries.get_subject(actor(), person_id)
    form = ReasonForm()

    def correct() -> None:
        files.correct(actor(), get_cycle(year, lock=True), person_id, form.reason.data)

    if carry_out(form, correct):
        return htmx.leave(url_for(".person_file", person_id=person_id), _("已写入更正，原记录保留。"))
    return _page(person_id, BundleForm(formdata=None), refused=(year, form)), 422


@blueprint.post("/people/<int:person_id>/bundles")
@requires(Permission.PERSON_FILE_READ)
def bundle_create(person_id: int) -> ResponseReturnValue:
    form = BundleForm().offer(list_years())

    def ask() -> None:
        services.request_bundle(actor(), queries.get_subject(actor(), person_id), form.years.data)

    if carry_out(form, ask):
        return htmx.leave(url_for(".person_file", person_id=person_id), _("已开始生成，完成后在本页下载"))
    return _page(person_id, form), 422


@blueprint.post("/people/bundles/<int:bundle_id>/download")
@requires(Permission.PERSON_FILE_READ)
def bundle_download(bundle_id: int) -> ResponseReturnValue:
    with unit_of_work():
        file = services.hand_out(actor(), bundle_id)
    return attached(Response(file.data, mimetype="application/zip"), file.name)


def _page(person_id: int, form: BundleForm, *, refused: tuple[int, ReasonForm] | None = None) -> str:
    person, years = queries.get_subject(actor(), person_id), list_years()
    materials = contents.gather(actor(), person, years, clock.today())
    return render_template(
        PAGE,
        person=person,
        materials=materials,
        unit_only=rules.UNIT_ONLY,
        form=form.offer(years),
        sees_entered=policy.sees_entered_admonitions(actor(), person_id),
        can_correct=actor().may(Permission.CYCLE_FILE) and actor().person_id != person_id,
        reasons=_reason_forms(materials.years, refused),
        refused_year=refused[0] if refused else None,
        **_bundles(person_id),
    )


def _reason_forms(
    years: Sequence[contents.YearMaterials], refused: tuple[int, ReasonForm] | None
) -> dict[int, ReasonForm]:
    """Return a form for the correction of each filed year, with an id of its own for its field."""
    forms = {item.year: ReasonForm(formdata=None) for item in years if item.entries}
    forms |= dict([refused] if refused else [])
    for year, form in forms.items():
        form.reason.id = f"reason-{year}"
    return forms


def _bundles(person_id: int) -> dict[str, Any]:
    found = queries.list_bundles(actor(), person_id, clock.today())
    return {
        "person_id": person_id,
        "bundles": found,
        "states": BundleState,
        "is_running": any(bundle.state is BundleState.QUEUED for bundle in found),
        "keep_days": services.KEEP.days,
    }
