"""What the shell and the shared macros put on a page, rendered as the application renders them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, render_template, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import StrictUndefined
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from fivestep_web.keys.forms import ApproveForm, NewPinForm
from fivestep_web.ledger.rules import Signal, SignalResult
from fivestep_web.workbook.forms import UploadForm

ROOT = Path(__file__).parents[1]
LEVELS = [SelectChoice("1", "常规"), SelectChoice("2", "重点")]


class GoalForm(FlaskForm):
    title = StringField("目标名称", [InputRequired("请填写目标名称。")], description="不超过 60 字。")
    level = RadioField("类型", choices=LEVELS, validators=[InputRequired("请选择类型。")])
    note = StringField("备注")


@pytest.fixture
def page() -> Iterator[Flask]:
    folders = {"template_folder": str(ROOT / "templates"), "static_folder": str(ROOT / "fivestep_web/static")}
    app = Flask("page", **folders)
    app.config.update(SECRET_KEY="for tests", BABEL_DEFAULT_LOCALE="zh_CN")
    app.jinja_env.undefined = StrictUndefined
    Babel(app)
    CSRFProtect(app)
    with app.test_request_context("/"):
        yield app


def shell(**changes: object) -> SimpleNamespace:
    items = [("today", "今天", None), ("topics", "课题", 1), ("documents", "文档", None)]
    nav = [
        SimpleNamespace(key=key, label=label, number=number, url=f"/{key}", active=key == "topics")
        for key, label, number in items
    ]
    values = {
        "organization": "青禾县委组织部",
        "year": 2026,
        "years": [2026, 2025],
        "year_url": None,
        "nav": nav,
        "waiting": 7,
        "user_name": "张某甲",
        "position": "组织科科长",
        "account_url": "/account",
        "logout_url": "/logout",
        "demo": True,
        "rehearsal_date": date(2026, 12, 8),
        "rehearsal_url": "/admin/rehearsal",
        "search_url": None,
    }
    return SimpleNamespace(**{**values, **changes})


def anonymous() -> SimpleNamespace:
    nothing = dict.fromkeys(("year", "user_name", "position", "account_url", "logout_url", "rehearsal_url"))
    return shell(**nothing, nav=[], years=[], waiting=0)


def snippet(text: str, **context: object) -> str:
    return " ".join(render_template_string(text, **context).split())


ERROR = SimpleNamespace(status=404, title="没有找到", message="没有这一页。", request_id="a1b2", back_url="/")


@pytest.mark.usefixtures("page")
def test_a_signed_in_page_has_its_place_its_year_and_its_token() -> None:
    html = render_template("errors/page.html", shell=shell(), error=ERROR)
    assert "<html lang=" in html
    assert 'data-hotkey="g 1"' in html
    assert html.count('aria-current="page"') == 1
    assert 'name="year" value="2025"' in html
    assert "演练日期 2026年12月8日" in html
    assert 'hx-headers:inherited=\'{"X-CSRFToken": "' in html


@pytest.mark.usefixtures("page")
def test_a_page_for_nobody_in_particular_has_no_menu_no_token_and_no_htmx() -> None:
    html = render_template("errors/page.html", shell=anonymous(), error=ERROR)
    assert "没有这一页。" in html
    assert "<nav" not in html
    assert "X-CSRFToken" not in html
    assert "htmx-4" not in html


@pytest.mark.usefixtures("page")
def test_a_person_without_menu_yet_still_gets_a_page() -> None:
    html = render_template("errors/page.html", shell=shell(nav=[]), error=ERROR)
    assert "shell-waiting" not in html
    assert 'action="/logout"' in html


@pytest.mark.usefixtures("page")
def test_names_of_people_and_places_stay_text() -> None:
    html = render_template(
        "errors/page.html", shell=shell(user_name="<b>甲</b>", organization="<i>"), error=ERROR
    )
    assert "&lt;b&gt;甲" in html
    assert "<i>" not in html


@pytest.mark.usefixtures("page")
def test_the_waiting_count_can_be_sent_beside_an_answer() -> None:
    assert "hx-swap-oob" not in render_template("_shell_waiting.html", shell=shell())
    assert 'hx-swap-oob="true"' in render_template("_shell_waiting.html", shell=shell(), waiting_oob=True)


@pytest.mark.usefixtures("page")
def test_an_error_stands_at_its_field_and_in_the_summary() -> None:
    form = GoalForm(meta={"csrf": False})
    assert not form.validate()
    html = snippet(
        '{% from "components/forms.html" import field, error_summary %}{{ error_summary(form) }}'
        "{{ field(form.title) }}{{ field(form.level) }}{{ field(form.note) }}",
        form=form,
    )
    assert '<a href="#title">请填写目标名称。</a>' in html
    assert '<a href="#level-0">请选择类型。</a>' in html
    assert 'aria-describedby="title-help title-error"' in html
    assert '<p class="invalid-feedback d-block" id="title-error">请填写目标名称。</p>' in html
    assert html.count('aria-invalid="true"') == 2
    assert html.count("（选填）") == 1


@pytest.mark.usefixtures("page")
def test_the_summary_does_not_promise_that_a_secret_or_a_file_is_still_there() -> None:
    for form, words in (
        (GoalForm(meta={"csrf": False}), "已填写的内容都还在："),
        (NewPinForm(meta={"csrf": False}), "后再提交，密码（PIN）请重新填写："),
        (ApproveForm(meta={"csrf": False}), "密码（PIN）请重新填写，其他内容都还在："),
        (UploadForm(meta={"csrf": False}), "后再提交，文件请重新选择："),
    ):
        assert not form.validate()
        html = snippet(
            '{% from "components/forms.html" import error_summary %}{{ error_summary(form) }}', form=form
        )
        assert words in html
        assert html.count("后再提交") == 1


@pytest.mark.usefixtures("page")
def test_progress_asks_again_only_while_work_runs() -> None:
    text = (
        '{% from "components/progress.html" import progress %}{{ progress("b", "生成", 3, 9, poll_url=url) }}'
    )
    assert 'hx-get="/part"' in snippet(text, url="/part")
    assert "hx-get" not in snippet(text, url=None)


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("days", "words"), [(12, "余12天"), (0, "今天到期"), (-3, "逾期3天"), (None, "03-31")]
)
def test_a_deadline_says_how_long_is_left(days: int | None, words: str) -> None:
    text = '{% from "components/dates.html" import deadline %}{{ deadline(on, days, 2026) }}'
    html = snippet(text, on=date(2026, 3, 31), days=days)
    assert words in html
    assert 'datetime="2026-03-31"' in html


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("signal", list(Signal))
def test_a_signal_is_never_colour_alone(signal: Signal) -> None:
    text = '{% from "components/signal.html" import signal %}{{ signal(result) }}'
    html = snippet(text, result=SignalResult(signal, '因为 "甲" < 乙'))
    assert signal.word in html
    assert signal.shape in html
    assert "&lt; 乙" in html


@pytest.mark.usefixtures("page")
def test_a_dangerous_act_names_the_thing_and_what_follows() -> None:
    html = snippet(
        '{% from "components/confirm.html" import confirm %}'
        '{% call confirm("撤回", "Z3号", "已有签名作废。", "/x") %}<input name="reason">{% endcall %}'
    )
    assert "撤回“Z3号”？" in html
    assert "已有签名作废。" in html
    assert 'method="post" action="/x"' in html
    assert 'name="csrf_token"' in html
    assert 'name="reason"' in html


@pytest.mark.usefixtures("page")
def test_an_error_for_htmx_is_one_toast_with_the_request_number() -> None:
    html = render_template("errors/toast.html", error=ERROR)
    assert html.count('role="alert"') == 1
    assert "请求号 a1b2" in html
