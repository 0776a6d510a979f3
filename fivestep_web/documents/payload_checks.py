"""Whether a payload is what its kind asks for."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from fivestep_web.documents.dates import is_chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payloads import PAYLOAD_TYPES, Payload
from fivestep_web.documents.payloads.common import Letterhead
from fivestep_web.documents.payloads.recommendation import RecommendationList

LONGEST_DEEDS: Final = 300  # characters
_DATE_FIELDS = (
    "document_date",
    "printing_date",
    "as_of_date",
    "publicity_end_date",
    "start_date",
    "end_date",
)


class PayloadError(ValueError):
    """A payload that is not what its kind asks for; the text names the field."""


def check_payload(kind: DocumentKind, payload: object) -> Payload:
    """Return *payload* typed; raise PayloadError if a field is missing, unknown or of another shape."""
    if kind not in PAYLOAD_TYPES:
        raise PayloadError(f"{kind.label}没有文书模板")
    _check(PAYLOAD_TYPES[kind], payload, kind.value)
    checked = cast("Payload", payload)
    _check_dates(checked, kind.value)
    if checked["draft"] and checked["issued"]:
        raise PayloadError("issued：草稿不能印发")
    if not _is_utc(checked["created"]):
        raise PayloadError("created：应为带时区的 UTC 时间")
    letterhead = cast("Letterhead | None", cast("dict[str, Any]", checked).get("letterhead"))
    if letterhead and checked["number"] and not letterhead["printing_date"]:
        raise PayloadError("letterhead.printing_date：已编号的公文应有印发日期")
    if kind is DocumentKind.RECOMMENDATION_LIST:
        _check_recommendation(cast("RecommendationList", checked))
    return checked


def _check_recommendation(payload: RecommendationList) -> None:
    """Check what the city asks of a recommendation: one matter named by its kind, short deeds (C11)."""
    if not payload["title"].endswith(("请示", "报告")):
        raise PayloadError("title：应以“请示”或“报告”结尾")
    if not payload["candidates"]:
        raise PayloadError("candidates：至少应有一名推荐对象")
    for index, candidate in enumerate(payload["candidates"]):
        if len(candidate["deeds"]) > LONGEST_DEEDS:
            raise PayloadError(f"candidates[{index}].deeds：简要事迹不超过{LONGEST_DEEDS}字")


def _is_utc(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() == timedelta(0)
    except ValueError:
        return False


def _check(expected: Any, value: object, path: str) -> None:
    origin = get_origin(expected)
    if origin in (Union, UnionType):
        if value is not None:
            _check(next(part for part in get_args(expected) if part is not NoneType), value, path)
    elif origin is Literal:
        if value not in get_args(expected):
            raise PayloadError(f"{path}：不应为 {value!r}")
    elif origin is list:
        if not isinstance(value, list):
            raise PayloadError(f"{path}：应为列表")
        for index, item in enumerate(value):
            _check(get_args(expected)[0], item, f"{path}[{index}]")
    elif hasattr(expected, "__required_keys__"):
        _check_fields(expected, value, path)
    elif type(value) is not expected:
        raise PayloadError(f"{path}：应为 {expected.__name__}，不应为 {type(value).__name__}")


def _check_fields(expected: type, value: object, path: str) -> None:
    fields = _fields(expected)
    if not isinstance(value, dict):
        raise PayloadError(f"{path}：应为对象")
    for name in fields.keys() ^ value.keys():
        raise PayloadError(f"{path}.{name}：{'缺少' if name in fields else '多余'}")
    for name, field in fields.items():
        _check(field, value[name], f"{path}.{name}")


_FIELDS: dict[type, dict[str, Any]] = {}


def _fields(expected: type) -> dict[str, Any]:
    if expected not in _FIELDS:
        _FIELDS[expected] = get_type_hints(expected)
    return _FIELDS[expected]


def _check_dates(value: object, path: str) -> None:
    if not isinstance(value, Mapping):
        return
    for name, item in value.items():
        if name in _DATE_FIELDS and item is not None and not is_chinese_date(item):
            raise PayloadError(f"{path}.{name}：应为“2026年1月5日”样式的日期")
        _check_dates(item, f"{path}.{name}")
