"""Turn one cell into the typed value its column asks for, or say why not."""

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from fivestep_web.workbook.columns import (
    ABSTAINED,
    MAX_CODE,
    MAX_NAME,
    MAX_TEXT,
    NOT_APPLICABLE,
    Column,
    Type,
)
from fivestep_web.workbook.problems import shown
from fivestep_web.workbook.raw import Kind, RawCell

Value = str | Decimal | int | date | tuple[str, ...] | RawCell

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{1,15})?|\.[0-9]{1,15})")
_PERCENT = re.compile(r"([+-]?[0-9]{1,6}(?:\.[0-9]{1,12})?)\s*[%％]")
_YEARS = (1990, 2100)
_LENGTHS = {Type.CODE: MAX_CODE, Type.NAME: MAX_NAME, Type.TEXT: MAX_TEXT}
_ONE_LINE = {Type.CODE, Type.NAME}
_HUNDRED = Decimal(100)
# The last two code points of every plane are no characters and may not stand in XML.
_NONCHARACTER = 0xFFFE


class CellError(ValueError):
    """The cell does not hold what its column asks for; the message is for the person who filled it in."""


def clean(text: str) -> str:
    """Return *text* in NFC without surrounding white space; line ends are single line feeds."""
    if text.isascii() and text.isprintable():
        return text.strip()
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    previous = ""
    while previous != composed:
        previous, composed = composed, composed.strip().strip(_INVISIBLE)
    return composed


def display(cell: RawCell | None) -> str:
    """Return the cell as the spreadsheet shows it: a percent cell of 0.45 is 45%."""
    if cell is None:
        return ""
    return _percent_text(cell) if cell.kind is Kind.PERCENT else cell.text


def is_blank(cell: RawCell | None) -> bool:
    """Say whether a cell holds nothing but white space."""
    return cell is None or (cell.kind is Kind.TEXT and not clean(cell.text))


def parse(cell: RawCell, column: Column) -> Value:
    """Return the value of a cell that is not blank; CellError when it does not fit *column*."""
    if cell.kind is Kind.ERROR:
        raise CellError(f"单元格的公式结果是错误“{shown(cell.text)}”，请改为具体的值")
    if cell.kind is Kind.UNCALCULATED:
        raise CellError("单元格的公式没有计算结果，请用表格软件打开后保存，或改为具体的值")
    return _PARSERS[column.type](cell, column)


def _percent_text(cell: RawCell) -> str:
    number = format(Decimal(cell.text) * _HUNDRED, "f")
    return (number.rstrip("0").rstrip(".") if "." in number else number) + "%"


def _text(cell: RawCell, column: Column) -> str:
    if cell.kind in {Kind.DATE, Kind.TIME}:
        raise CellError(f"“{shown(cell.text)}”被识别成了日期或时间，请把单元格设为文本格式后重新填写")
    if cell.kind is Kind.BOOLEAN:
        raise CellError(f"“{shown(cell.text)}”是逻辑值，请改为文字")
    text = clean(display(cell))
    limit = column.limit or _LENGTHS.get(column.type, MAX_NAME)
    if len(text) > limit:
        raise CellError(f"“{shown(text)}”共 {len(text)} 字，请缩短到 {limit} 字以内")
    allowed = "" if column.type in _ONE_LINE else "\n\t"
    if column.type in _ONE_LINE and "\n" in text:
        raise CellError(f"“{shown(text)}”含有换行，请删去换行")
    if not text.isprintable() and any(
        _is_forbidden(each, column.type) and each not in allowed for each in text
    ):
        raise CellError(f"“{shown(text)}”含有看不见的控制字符，请删去后重新输入")
    return text


def _is_forbidden(character: str, kind: Type) -> bool:
    category = unicodedata.category(character)
    if category == "Cf":
        return kind is Type.CODE
    return category in {"Cc", "Cs"} or ord(character) & _NONCHARACTER == _NONCHARACTER


def _number(cell: RawCell, _column: Column) -> Decimal:
    value = display(cell).strip() if cell.kind is Kind.PERCENT else clean(cell.text)
    if cell.kind is Kind.PERCENT or (cell.kind is Kind.TEXT and re.search("[%％]", value)):
        plain = re.sub(r"\s*[%％]", "", value)
        raise CellError(
            f"“{shown(value)}”带有百分号，请按计量单位填写数字（如 {shown(plain)}），单元格用常规格式"
        )
    if cell.kind not in {Kind.TEXT, Kind.NUMBER}:
        raise CellError(f"“{shown(value)}”不是数字，请填写数字，单元格用常规格式")
    if not _NUMBER.fullmatch(value):
        if re.fullmatch(r"[+-]?[0-9]{13,}(\.[0-9]+)?", value):
            raise CellError(f"“{shown(value)}”过大，请填写 12 位以内的数字")
        raise CellError(f"“{shown(value)}”不是数字，请只填数字，不带单位和逗号")
    if Decimal(value) < 0:
        raise CellError(f"“{shown(value)}”小于 0，请填写不小于 0 的数字")
    return Decimal(value)


def _whole(cell: RawCell, column: Column) -> int:
    number = _number(cell, column)
    if number != number.to_integral_value() or number < column.low:
        raise CellError(f"“{shown(display(cell))}”不符合要求，请填写不小于 {column.low} 的整数")
    return int(number)


def _points(cell: RawCell, column: Column) -> Decimal:
    number = _number(cell, column)
    if number == 0:
        raise CellError(f"{column.heading}应大于 0，请填写正数")
    return number


def _percent(cell: RawCell, _column: Column) -> Decimal:
    text = display(cell).strip() if cell.kind is Kind.PERCENT else clean(cell.text)
    match = _PERCENT.fullmatch(text) if cell.kind in {Kind.PERCENT, Kind.TEXT} else None
    if match is None:
        raise CellError(f"“{shown(text)}”不是百分比，请填写如 20%（带百分号）")
    share = Decimal(match[1]) / _HUNDRED
    if not 0 <= share <= 1:
        raise CellError(f"“{shown(text)}”超出范围，请填写 0% 到 100% 之间的百分比")
    return share


def _date(cell: RawCell, _column: Column) -> date:
    text = clean(cell.text)
    match = _DATE.fullmatch(text) if cell.kind in {Kind.DATE, Kind.TEXT} else None
    if match is None:
        if cell.kind is Kind.NUMBER:
            raise CellError(f"“{shown(text)}”是数字，请把单元格设为日期格式，或填写如 2026-03-31")
        raise CellError(f"“{shown(text)}”不是有效日期，请填写如 2026-03-31")
    year, month, day = (int(each) for each in match.groups())
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise CellError(f"“{text}”的年份不对，请填写 {_YEARS[0]} 年到 {_YEARS[1]} 年之间的日期")
    if not 1 <= month <= len(calendar.month_name) - 1 or day < 1:
        raise CellError(f"“{text}”不是有效日期，请填写如 2026-03-31")
    last = calendar.monthrange(year, month)[1]
    if day > last:
        raise CellError(f"“{text}”不是有效日期，请改为 {year}-{month:02}-{last} 或之前")
    return date(year, month, day)


def _choice(cell: RawCell, column: Column) -> str:
    text = _text(cell, column)
    if text not in column.choices:
        raise CellError(f"“{shown(text)}”不在可选范围内，请从{'、'.join(column.choices)}中选一个")
    return text


def _roles(cell: RawCell, column: Column) -> tuple[str, ...]:
    names = dict.fromkeys(clean(each) for each in _text(cell, column).split("、"))
    for name in names:
        if name not in column.choices:
            allowed = "、".join(column.choices)
            raise CellError(f"没有“{shown(name)}”这个角色，可填{allowed}，几个角色之间用顿号分开")
    return tuple(names)


def _progress(cell: RawCell, column: Column) -> Decimal | str:
    if cell.kind is Kind.TEXT and clean(cell.text) == NOT_APPLICABLE:
        return NOT_APPLICABLE
    return _number(cell, column)


def _score(cell: RawCell, column: Column) -> Decimal | str:
    if cell.kind is Kind.TEXT and clean(cell.text) == ABSTAINED:
        return ABSTAINED
    try:
        number = _number(cell, column)
    except CellError as error:
        raise CellError(f"{error}；或填“{ABSTAINED}”") from None
    if number > _HUNDRED:
        raise CellError(f"“{shown(display(cell))}”超出范围，请填写 0 到 100 之间的分值，或填“{ABSTAINED}”")
    return number


def _as_it_is(cell: RawCell, _column: Column) -> RawCell:
    return cell


_PARSERS: dict[Type, Callable[[RawCell, Column], Value]] = {
    Type.CODE: _text,
    Type.NAME: _text,
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.WHOLE: _whole,
    Type.PERCENT: _percent,
    Type.DATE: _date,
    Type.CHOICE: _choice,
    Type.ROLES: _roles,
    Type.CATEGORY: _choice,
    Type.PROGRESS: _progress,
    Type.SCORE: _score,
    Type.POINTS: _points,
    Type.SETTING: _as_it_is,
}
