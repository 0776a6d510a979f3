"""管理 → 人员、角色."""

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.accounts import people_services, services
from fivestep_web.accounts.forms import (
    AccountForm,
    EndForm,
    NewPersonForm,
    PersonForm,
    PostForm,
    RolesForm,
    post_form,
)
from fivestep_web.accounts.queries import find_account_of
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import Refusal
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import ROLE_LABELS, Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org import people_services as org_services
from fivestep_web.org import queries
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.models import PostHolding

blueprint = Blueprint("people", __name__)


@blueprint.get("/admin/people")
@requires(Permission.ORG_MANAGE)
def person_index() -> ResponseReturnValue:
    unit_id = request.args.get("unit_id", type=int)
    keyword = request.args.get("keyword", "").strip()[:100]
    today = clock.today()
    return render_template(
        "accounts/person_index.html",
        people=queries.list_people(today, unit_id, keyword),
        today=today,
        units=unit_choices(),
        unit_id=unit_id,
        keyword=keyword,
        roles=ROLE_LABELS,
    )


@blueprint.get("/admin/people/new")
@requires(Permission.ORG_MANAGE)
def person_new() -> ResponseReturnValue:
    form = NewPersonForm(formdata=None, data={"from_day": clock.today()}).offer()
    return render_template("accounts/person_new.html", form=form)


@blueprint.post("/admin/people")
@requires(Permission.ORG_MANAGE)
def person_create() -> ResponseReturnValue:
    form = NewPersonForm().offer()

    def create() -> None:
        person, _user = people_services.create_person(
            actor(),
            code=form.code.data,
            name=form.name.data,
            phone=form.phone.data,
            username=form.username.data,
        )
        _appoint(person.id, form)

    if carry_out(form, create, shown=Refusal):
        return htmx.leave(url_for(".person_index"), _("已建立人员“%(name)s”", name=form.name.data))
    return render_template("accounts/person_new.html", form=form), 422


@blueprint.get("/admin/people/<int:person_id>")
@requires(Permission.ORG_MANAGE)
def person_edit(person_id: int) -> ResponseReturnValue:
    return _page(person_id)


@blueprint.post("/admin/people/<int:person_id>")
@requires(Permission.ORG_MANAGE)
def person_update(person_id: int) -> ResponseReturnValue:
    form = PersonForm()
    if form.validate():
        with unit_of_work():
            org_services.change_person(
                actor(),
                queries.get_person(person_id, lock=True),
                name=form.name.data,
                phone=form.phone.data,
                revision=form.revision.data or 0,
            )
        return _back(person_id, _("已保存"))
    return _page(person_id, person=form)


@blueprint.post("/admin/people/<int:person_id>/posts")
@requires(Permission.ORG_MANAGE)
def post_create(person_id: int) -> ResponseReturnValue:
    form = PostForm().offer()
    if carry_out(form, lambda: _appoint(person_id, form), shown=Refusal):
        return _back(person_id, _("已任职"))
    return _page(person_id, post=form)


def _appoint(person_id: int, form: PostForm) -> None:
    org_services.appoint(
        actor(),
        queries.get_person(person_id, lock=True),
        queries.get_unit(form.unit_id.data),
        form.title.data,
        roles=form.roles.data,
        from_day=form.from_day.data,
        establishment=form.chosen_establishment,
    )


@blueprint.post("/admin/posts/<int:holding_id>/end")
@requires(Permission.ORG_MANAGE)
def post_end(holding_id: int) -> ResponseReturnValue:
    form = EndForm()
    person_id = queries.get_holding(holding_id).person_id

    def end() -> None:
        people_services.end_holding(actor(), queries.get_holding(holding_id), form.last_day.data)

    if carry_out(form, end, shown=Refusal):
        return _back(person_id, _("已免职"))
    return _page(person_id, holding_id=holding_id, end=form)


@blueprint.post("/admin/posts/<int:holding_id>/roles")
@requires(Permission.ORG_MANAGE)
def post_roles(holding_id: int) -> ResponseReturnValue:
    form = RolesForm()
    person_id = queries.get_holding(holding_id).person_id

    def change() -> None:
        holding = queries.get_holding(holding_id)
        people_services.change_roles(actor(), holding, form.roles.data, clock.today())

    if carry_out(form, change, shown=Refusal):
        return _back(person_id, _("角色已修改，从今天起生效"))
    return _page(person_id, holding_id=holding_id, roles=form)


@blueprint.post("/admin/people/<int:person_id>/account")
@requires(Permission.ACCOUNT_MANAGE)
def account_create(person_id: int) -> ResponseReturnValue:
    form = AccountForm()

    def create() -> None:
        services.create_account(actor(), queries.get_person(person_id, lock=True), form.username.data)

    if carry_out(form, create, shown=Refusal):
        return _back(person_id, _("已建立账号，请到“账号”页发放初始密码"))
    return _page(person_id, account=form)


@blueprint.get("/admin/roles")
@requires(Permission.ORG_MANAGE)
def role_index() -> ResponseReturnValue:
    holders = queries.role_holders(clock.today())
    return render_template("accounts/role_index.html", holders=holders, roles=ROLE_LABELS)


def _back(person_id: int, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for(".person_edit", person_id=person_id), message)


def _page(person_id: int, *, holding_id: int | None = None, **refused: BaseForm) -> ResponseReturnValue:
    """Show a person; *refused* is the one form that was sent and could not be taken, with what was typed.

    *holding_id* is the post held that it was about, if any.
    """
    person = queries.get_person(person_id)
    known = {"name": person.name, "phone": person.phone, "revision": person.revision}
    today = clock.today()
    forms = {
        "person": PersonForm(formdata=None, data=known),
        "post": post_form(today),
        "account": AccountForm(formdata=None, data={"username": person.code}),
    } | refused
    page = render_template(
        "accounts/person_edit.html",
        person=person,
        user=find_account_of(person_id),
        forms=forms,
        post_forms=_post_forms(person.holdings, today, holding_id, refused),
        refused_holding=holding_id,
        refused=next(iter(refused.values()), None),
        roles=ROLE_LABELS,
    )
    return page, 422 if refused else 200


def _post_forms(
    holdings: Iterable[PostHolding], today: date, holding_id: int | None, refused: dict[str, BaseForm]
) -> dict[int, dict[str, BaseForm]]:
    """Return the forms of each post still held by its id, the refused one in its place."""
    forms: dict[int, dict[str, BaseForm]] = {}
    for held in holdings:
        if held.valid_to is not None:
            continue
        own = {
            "roles": RolesForm(formdata=None, data={"roles": [given.role for given in held.roles]}),
            "end": EndForm(formdata=None, data={"last_day": today}),
        }
        forms[held.id] = own | (refused if held.id == holding_id else {})
        forms[held.id]["roles"].roles.id = f"roles-{held.id}"
        forms[held.id]["end"].last_day.id = f"last_day-{held.id}"
    return forms
