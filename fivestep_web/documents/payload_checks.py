"""Whether a payload is what its kind asks for."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from fivestep_web.documents.dates import is_chinese_date, read_chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payloads import PAYLOAD_TYPES, Payload
from fivestep_web.documents.payloads.assessment import PersonalResultNotice
from fivestep_web.documents.payloads.bulletins import QuarterlyReview
from fivestep_web.documents.payloads.common import Letterhead
from fivestep_web.documents.payloads.recommendation import RecommendationList

LONGEST_DEEDS: Final = 300  # characters

_PLAIN: Final = (str, int, bool)

Check = Callable[[Any], str]  # says what is wrong and where, empty for nothing


class PayloadError(ValueError):
    """A payload that is not what its kind asks for; the text names the field."""


def check_payload(kind: DocumentKind, payload: object) -> Payload:
    """Return *payload* typed; raise PayloadError if a field is missing, unknown or of another shape."""
    if fault := _check_of(PAYLOAD_TYPES[kind])(payload):
        raise PayloadError(f"{kind.value}{fault}")
    checked = cast("Payload", payload)
    if checked["draft"] and checked["issued"]:
        raise PayloadError("issued：草稿不能印发")
    if not _is_utc(checked["created"]):
        raise PayloadError("created：应为带时区的 UTC 时间")
    letterhead = cast("Letterhead | None", cast("dict[str, Any]", checked).get("letterhead"))
    if letterhead and checked["issued"] and not (checked["number"] and letterhead["printing_date"]):
        raise PayloadError("letterhead.printing_date：已印发的公文应有文号和印发日期")
    if kind is DocumentKind.RECOMMENDATION_LIST:
        _check_recommendation(cast("RecommendationList", checked))
    if kind is DocumentKind.QUARTERLY_REVIEW:
        _check_review(cast("QuarterlyReview", checked))
    if kind is DocumentKind.PERSONAL_RESULT_NOTICE:
        _check_notice(cast("PersonalResultNotice", checked))
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


def _check_review(payload: QuarterlyReview) -> None:
    """Check that no unit is without a remark and no remark has an empty field (R5.6)."""
    for index, unit in enumerate(payload["units"]):
        if not unit["remarks"]:
            raise PayloadError(f"units[{index}].remarks：每个单位至少应有一条点评")
        for remark in unit["remarks"]:
            if not (remark["affirmed"].strip() and remark["shortcomings"].strip()):
                raise PayloadError(f"units[{index}].remarks：肯定成绩和指出不足都应填写，没有的写“无”")


def _check_notice(payload: PersonalResultNotice) -> None:
    """Check that a grade is one or is left open, and that whoever gets the notice can still object (C09)."""
    if payload["grade"] is not None and not payload["grade"].strip():
        raise PayloadError("grade：没有评定等次的应为空值，不应为空白")
    end, dated = payload["objection_end_date"], payload["document_date"]
    if payload["issued"] and not (end and dated):
        raise PayloadError("objection_end_date：发给本人的通知应有日期和提出异议的最后日期")
    if end and dated and read_chinese_date(end) < read_chinese_date(dated):
        raise PayloadError("objection_end_date：提出异议的最后日期不应早于通知的日期")


def _is_utc(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() == timedelta(0)
    except ValueError:
        return False


@cache
def _check_of(expected: Any) -> Check:
    """Return the check of one type; made once, as long batches check the same shapes again and again."""
    origin = get_origin(expected)
    if origin in (Union, UnionType):
        return _optional(_check_of(next(part for part in get_args(expected) if part is not NoneType)))
    if origin is Literal:
        return _one_of(get_args(expected))
    if origin is list:
        return _list_of(_check_of(get_args(expected)[0]))
    if hasattr(expected, "__required_keys__"):
        return _fields(get_type_hints(expected))
    return lambda value: "" if type(value) is expected else _not_a(expected, value)


def _optional(check: Check) -> Check:
    return lambda value: "" if value is None else check(value)


def _one_of(values: tuple[Any, ...]) -> Check:
    return lambda value: "" if value in values else f"：不应为 {value!r}"


def _list_of(check: Check) -> Check:
    def look(value: Any) -> str:
        if not isinstance(value, list):
            return "：应为列表"
        for index, item in enumerate(value):
            if fault := check(item):
                return f"[{index}]{fault}"
        return ""

    return look


def _fields(types: Mapping[str, Any]) -> Check:
    """Return the check of an object; plain fields, which are most, are looked at without a call."""
    plain = [(name, of) for name, of in types.items() if isinstance(of, type) and of in _PLAIN]
    plain = [(name, of) for name, of in plain if not name.endswith("date")]
    named = {name for name, _of in plain}
    checks = [(name, _named(name, _check_of(of))) for name, of in types.items() if name not in named]

    def look(value: Any) -> str:
        if not isinstance(value, dict):
            return "：应为对象"
        if types.keys() != value.keys():
            name = next(iter(types.keys() ^ value.keys()))
            return f".{name}：{'缺少' if name in types else '多余'}"
        for name, of in plain:
            if type(value[name]) is not of:
                return f".{name}{_not_a(of, value[name])}"
        for name, check in checks:
            if fault := check(value[name]):
                return f".{name}{fault}"
        return ""

    return look


def _not_a(expected: type, value: object) -> str:
    return f"：应为 {expected.__name__}，不应为 {type(value).__name__}"


def _named(name: str, check: Check) -> Check:
    """Return the check of field *name*: what is called a date is one, if it is there at all."""
    if not name.endswith("date"):
        return check

    def look(value: Any) -> str:
        if fault := check(value):
            return fault
        return "" if value is None or is_chinese_date(value) else "：应为“2026年1月5日”样式的日期"

    return look
