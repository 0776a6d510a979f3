"""管理 → 发文机关和代字: what stands in the red head and before each number (official-documents.md B2)."""

from flask import Blueprint, Flask, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Regexp

from fivestep_web.audit.services import record
from fivestep_web.core import admin_menu, htmx, settings
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.documents.numbers.models import CODE
from fivestep_web.documents.numbers.rules import Series

blueprint = Blueprint("letterheads", __name__)

CHINESE = Regexp(r"[\u4e00-\u9fff]+$", message=_l("只能用汉字，如“青组发”"))  # part D, D8


def _text(value: str | None) -> str:
    return (value or "").strip()


def _code(label: str, about: str) -> StringField:
    return StringField(
        label,
        [
            DataRequired(_l("请填写发文代字")),
            CHINESE,
            Length(max=CODE, message=_l("发文代字不超过 40 字")),
        ],
        description=about,
        filters=[_text],
    )


class LetterheadForm(BaseForm):
    """The county and the agency codes of the three series."""

    county = StringField(
        _l("县（市、区）名称"),
        [
            DataRequired(_l("请填写县（市、区）名称")),
            Length(max=20, message=_l("县（市、区）名称不超过 20 字")),
        ],
        description=_l("写全称，如“青禾县”；发文机关由此写作“中共青禾县委组织部”。"),
        filters=[_text],
    )
    agency_code_decision = _code(_l("决定、通知代字"), _l("要点、任务书、时间表、表彰决定用，如“青组发”。"))
    agency_code_bulletin = _code(_l("通报代字"), _l("月通报、季点评、考核结果用，如“青组通”。"))
    agency_code_report = _code(_l("请示、报告代字"), _l("向上推荐用，如“青组字”。"))


NAMES = ("county", *(series.value for series in Series))


def init_app(app: Flask) -> None:
    """Add the page and its line in 管理."""
    app.register_blueprint(blueprint)
    about = "县（市、区）名称，发文字号里的代字"
    managers = (Permission.YEAR_MANAGE,)
    page = admin_menu.AdminPage(56, "发文机关和代字", about, "letterheads.letterhead_edit", managers)
    admin_menu.add(app, page)


@blueprint.get("/admin/letterhead")
@requires(Permission.YEAR_MANAGE)
def letterhead_edit() -> ResponseReturnValue:
    form = LetterheadForm(data={name: settings.get(name) for name in NAMES})
    return render_template("documents/letterhead_edit.html", form=form)


@blueprint.post("/admin/letterhead")
@requires(Permission.YEAR_MANAGE)
def letterhead_update() -> ResponseReturnValue:
    form = LetterheadForm()
    if not carry_out(form, lambda: _store({name: form[name].data for name in NAMES})):
        return render_template("documents/letterhead_edit.html", form=form), 422
    return htmx.leave(url_for("org.admin_index"), _("发文机关和代字已保存"))


def _store(values: dict[str, str]) -> None:
    changed = {
        name: [settings.get(name), value] for name, value in values.items() if settings.get(name) != value
    }
    for name, (_before, value) in changed.items():
        settings.put(name, value)
    record(actor(), "setting.changed", "setting:letterhead", changed=changed)
