"""Refusals and failures as pages, as toasts for htmx; never a traceback."""

import logging
from dataclasses import dataclass

from flask import Flask, Response, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from fivestep_web.core import api_problems, htmx
from fivestep_web.core.errors import Refusal
from fivestep_web.core.headers import request_id

log = logging.getLogger(__name__)


# for when even the shell around a page cannot be made, such as without a database
BARE_PAGE = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>'
    "<h1>{title}</h1><p>{message}</p><p>{number}</p></html>"
)


@dataclass(frozen=True)
class ErrorPage:
    """What an error page tells: what, and how to go on."""

    status: int
    title: str
    message: str
    request_id: str
    back_url: str


def _words(status: int) -> tuple[str, str]:  # noqa: C901, PLR0911 - one line for each status
    match status:
        case 400:
            return _("请求无效"), _("这次提交不完整或已过期，请返回上一页刷新后重试。")
        case 401:
            return _("请先登录"), _("登录已失效，请重新登录后继续。")
        case 403:
            return _("没有权限"), _("您的岗位没有这项权限，如需办理请联系系统管理员。")
        case 404:
            return _("找不到"), _("这一页不存在，或您无权查看。请检查网址，或从菜单进入。")
        case 405:
            return _("操作方式不对"), _("请从页面上的按钮办理，不要直接打开这个网址。")
        case 409:
            return _("没有办理"), _("内容或状态已有变化，请返回上一页刷新后再办理。")
        case 413:
            return _("内容太大"), _("文件或文字超过 20 MB 的上限，请拆分后再提交。")
        case 422:
            return _("没有办理"), _("有内容需要先核对或补充，请返回上一页改好后再办理。")
        case 429:
            return _("操作太频繁"), _("请稍等几分钟再试。")
        case 503:
            return _("暂时无法办理"), _("系统正忙，请过一会儿再试。")
    return _("系统出错"), _("这次操作没有完成，已填写的内容没有保存。请稍后重试，仍不行请把编号告诉管理员。")


def show(status: int, message: str | None = None, sign_in_url: str = "") -> ResponseReturnValue:
    """Return the page, or htmx's toast, of one refusal or failure; *sign_in_url* is offered beside it.

    Another system gets it as JSON.
    """
    if api_problems.is_asked():
        return api_problems.answer(status, message, request_id())
    title, usual = _words(status)
    error = ErrorPage(status, title, message or usual, request_id(), "/")
    try:
        if htmx.wants_fragment():
            fragment = render_template("errors/toast.html", error=error, sign_in_url=sign_in_url)
            return htmx.refusal(fragment, status)
        return render_template("errors/page.html", error=error, sign_in_url=sign_in_url), status
    except Exception:
        log.exception("request %s: the error page failed", error.request_id)
        return Response(BARE_PAGE.format(title=title, message=usual, number=error.request_id), status)


def _refusal(error: Refusal) -> ResponseReturnValue:
    return show(error.status, error.message)


def token_refused(error: CSRFError) -> ResponseReturnValue:
    """Answer a form without a good token; whoever is not signed in any more is offered the sign-in page."""
    del error
    if "actor" in g:
        return show(400, _("页面停留过久，这次没有提交。请返回上一页刷新后重试。"))
    message = _("登录已失效，这次没有提交。请在新窗口登录后回到本页再提交，已填内容还在。")
    return show(400, message, url_for("accounts.login"))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code = error.code or 500
    return show(code)


def _overtaken(error: Exception) -> ResponseReturnValue:
    """Answer who lost a race that only the database could see: nothing was done, looking again helps."""
    log.warning("request %s overtaken (%s)", request_id(), type(error).__name__)
    return show(409)


def _unavailable(error: Exception) -> ResponseReturnValue:
    """Answer while the database is locked, full or gone: nothing was stored, later it may be."""
    log.error("request %s: the database did not serve it", request_id(), exc_info=error)
    return show(503)


def _failure(error: Exception) -> ResponseReturnValue:
    log.error("request %s failed", request_id(), exc_info=error)
    return show(500)


def init_app(app: Flask) -> None:
    """Answer every refusal and failure with a page a clerk can read."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(CSRFError, token_refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _overtaken)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _failure)
