"""管理 → 单位."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org import queries, services
from fivestep_web.org.forms import NewUnitForm, UnitForm
from fivestep_web.org.labels import UNIT_KIND_LABELS
from fivestep_web.org.models import Unit
from fivestep_web.org.views import blueprint


@blueprint.get("/admin/units")
@requires(Permission.ORG_MANAGE)
def unit_index() -> ResponseReturnValue:
    return render_template("org/unit_index.html", units=queries.list_units(), kinds=UNIT_KIND_LABELS)


@blueprint.get("/admin/units/new")
@requires(Permission.ORG_MANAGE)
def unit_new() -> ResponseReturnValue:
    form = NewUnitForm(formdata=None, data={"from_day": clock.today()}).offer()
    return render_template("org/unit_new.html", form=form)


@blueprint.post("/admin/units")
@requires(Permission.ORG_MANAGE)
def unit_create() -> ResponseReturnValue:
    form = NewUnitForm().offer()

    def create() -> None:
        services.create_unit(
            actor(),
            form.code.data,
            form.facts,
            valid_from=form.from_day.data,
            parent_id=form.parent_id.data,
            is_assessed=form.is_assessed.data,
        )

    if carry_out(form, create):
        return htmx.leave(url_for(".unit_index"), _("已建立单位“%(name)s”", name=form.name.data))
    return render_template("org/unit_new.html", form=form), 422


@blueprint.get("/admin/units/<int:unit_id>")
@requires(Permission.ORG_MANAGE)
def unit_edit(unit_id: int) -> ResponseReturnValue:
    unit = queries.get_unit(unit_id)
    now = unit.current
    form = UnitForm(
        formdata=None,
        data={
            "name": now.name,
            "kind": now.kind.value,
            "parent_id": unit.parent_id,
            "head_id": now.head_id,
            "leader_id": now.leader_id,
            "is_assessed": unit.is_assessed,
            "from_day": clock.today(),
            "revision": unit.revision,
        },
    ).offer(unit_id)
    return _edit_page(unit, form)


@blueprint.post("/admin/units/<int:unit_id>")
@requires(Permission.ORG_MANAGE)
def unit_update(unit_id: int) -> ResponseReturnValue:
    form = UnitForm().offer(unit_id)

    def change() -> None:
        services.change_unit(
            actor(),
            queries.get_unit(unit_id, lock=True),
            form.facts,
            from_day=form.from_day.data,
            parent_id=form.parent_id.data,
            is_assessed=form.is_assessed.data,
            revision=form.revision.data or 0,
        )

    if carry_out(form, change):
        return htmx.leave(url_for(".unit_index"), _("已修改单位“%(name)s”", name=form.name.data))
    return _edit_page(queries.get_unit(unit_id), form, 422)


def _edit_page(unit: Unit, form: UnitForm, status: int = 200) -> ResponseReturnValue:
    return render_template("org/unit_edit.html", unit=unit, form=form, kinds=UNIT_KIND_LABELS), status
