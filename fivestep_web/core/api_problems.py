"""Refusals and failures of the interface for other systems, as JSON (RFC 9457)."""

import json
from types import MappingProxyType
from typing import Final

from flask import Response, request

PREFIX: Final = "/api/"
MEDIA_TYPE: Final = "application/problem+json"
UNAUTHORIZED: Final = 401
_WORDS: Final = MappingProxyType(
    {
        400: ("请求不对", "请求里有不认识的内容，请对照接口说明检查。"),
        401: ("令牌不能用", "请用请求头 Authorization: Bearer 发送令牌。"),
        403: ("没有权限", "令牌或它的负责人没有这项权限。"),
        404: ("找不到", "没有这个地址，或不在令牌的范围内。"),
        405: ("方法不对", "接口只接受 GET。"),
        409: ("暂不能提供", "内容或状态已有变化，请重新列出后再取。"),
        429: ("请求太频繁", "请降低频率，等一分钟再试。"),
        503: ("暂时无法办理", "系统正忙，请过一会儿再试。"),
    }
)
_FAILURE: Final = ("系统出错", "请把编号告诉系统管理员。")


def is_asked() -> bool:
    """Tell whether the request is one of another system."""
    return request.path.startswith(PREFIX)


def answer(status: int, message: str | None, request_id: str) -> Response:
    """Return the problem: what, why in a sentence, and the number to quote."""
    title, usual = _WORDS.get(status, _FAILURE)
    problem = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": message or usual,
        "request_id": request_id,
    }
    response = Response(json.dumps(problem, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    if status == UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="fivestep"'
    return response
