"""干部使用材料: who there is, what there is of each, and one zip of it."""

from typing import Any, Final

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.downloads import attached
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.queries import list_people
from fivestep_web.org.years import list_years
from fivestep_web.personnel import contents, queries, rules, services
from fivestep_web.personnel.forms import BundleForm
from fivestep_web.personnel.models import BundleState

blueprint = Blueprint("personnel", __name__)

PAGE: Final = "personnel/person_file.html"
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
@requires(Permission.PERSON_FILE_READ)
def person_file(person_id: int) -> ResponseReturnValue:
    if htmx.wants_fragment():
        queries.get_subject(actor(), person_id)
        return render_template(BUNDLES, **_bundles(person_id))
    return _page(person_id, BundleForm(formdata=None))


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


def _page(person_id: int, form: BundleForm) -> str:
    person, years = queries.get_subject(actor(), person_id), list_years()
    materials = contents.gather(actor(), person, years, clock.today())
    return render_template(
        PAGE,
        person=person,
        materials=materials,
        unit_only=rules.UNIT_ONLY,
        form=form.offer(years),
        **_bundles(person_id),
    )


def _bundles(person_id: int) -> dict[str, Any]:
    found = queries.list_bundles(actor(), person_id, clock.today())
    return {
        "person_id": person_id,
        "bundles": found,
        "states": BundleState,
        "is_running": any(bundle.state is BundleState.QUEUED for bundle in found),
        "keep_days": services.KEEP.days,
    }
