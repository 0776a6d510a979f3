"""Check D16: figures in the text equal those in the tables and in the stored snapshot.

What a text must say is counted here from the rows of the snapshot, not taken from the totals stored beside
them; total rows are added up from the rows that the file shows.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from fivestep_web.documents.checked import Checked
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import Element, W, attribute, text_of
from fivestep_web.documents.payloads.assessment import DONE
from fivestep_web.documents.values import allowed_text, percentage

_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")
_WHOLE_NUMBER: Final = r"(?<!\d(?=\d))"  # 1个 is not said by 11个
_TOTAL, _GRAND_TOTAL = "合计", "总计"


def figures(checked: Checked) -> Iterator[str]:
    """Find total rows that do not add up, and figures of the snapshot that the text does not say."""
    for table in checked.file.document.iter(f"{W}tbl"):
        yield from _wrong_totals(table)
    if checked.kind in STATED:
        text = "\n".join(map(_unbroken, checked.lines()))
        for stated in STATED[checked.kind](checked.payload):
            phrase = _unbroken(allowed_text(stated))
            if not re.search(_WHOLE_NUMBER + re.escape(phrase), text):
                yield f"数字与表格不一致：应为“{phrase}”"


def _unbroken(text: str) -> str:
    return text.replace("\n", "")


def _wrong_totals(table: Element) -> Iterator[str]:
    """Find rows 合计 that are not the sum of the rows since the last one, and 总计 not that of all rows."""
    part, whole = dict[int, Decimal](), dict[int, Decimal]()
    for row in table.iter(f"{W}tr"):
        cells = list(_placed(row))
        label = cells[0][1]
        figures = {place: Decimal(text) for place, text in cells if _FIGURE.fullmatch(text)}
        if label.endswith((_TOTAL, _GRAND_TOTAL)):
            sums = part if label.endswith(_TOTAL) else whole
            if any(sums.get(place, 0) != figure for place, figure in figures.items()):
                yield f"{label}与各行之和不一致"
            part = {}
            continue
        for place, figure in figures.items():
            part[place] = part.get(place, Decimal(0)) + figure
            whole[place] = whole.get(place, Decimal(0)) + figure


def _placed(row: Element) -> Iterator[tuple[int, str]]:
    """Yield each cell's column and its text."""
    place = 0
    for cell in row.iter(f"{W}tc"):
        yield place, text_of(cell).replace("\n", "")
        place += int(attribute(cell, "tcPr/gridSpan") or 1)


def _research(payload: Mapping[str, Any]) -> Iterator[str]:
    held = [row for row in payload["records"] if row["form"] == "座谈"]
    visits = sum(row["form"] == "走访" for row in payload["records"])
    if visits:
        yield f"走访{visits}次。"
    if held:
        yield f"座谈{len(held)}场{sum(row['participant_count'] for row in held)}人次。"
    counts = [
        sum(sheet[name] for sheet in payload["questionnaires"])
        for name in ("issued_count", "returned_count", "valid_count")
    ]
    if payload["questionnaires"]:
        yield "问卷发出{}份，收回{}份，有效{}份。".format(*counts)


def _priorities(payload: Mapping[str, Any]) -> Iterator[str]:
    for category in payload["categories"]:
        for topic in category["topics"]:
            cells = (
                topic["topic"],
                category["category"],
                topic["tier"],
                topic["lead_unit"],
                topic["deadline"],
            )
            yield "|".join(("", *cells))
            yield f"完成时限：{topic['deadline']}；层次：{topic['tier']}。"


def _task_book(payload: Mapping[str, Any]) -> Iterator[str]:
    yield f"共{sum(len(topic['goals']) for topic in payload['topics'])}项工作目标"


def _timetable(payload: Mapping[str, Any]) -> Iterator[str]:
    goals = payload["goals"]
    yield f"共{len(goals)}项工作目标、{sum(len(goal['phases']) for goal in goals)}个阶段"


def _ledger(payload: Mapping[str, Any]) -> Iterator[str]:
    topics = payload["topics"]
    yield f"共{len(topics)}个课题、{sum(len(topic['entries']) for topic in topics)}项事项。"


def _bulletin(payload: Mapping[str, Any]) -> Iterator[str]:
    every = [row for block in payload["blocks"] for row in block["rows"]]
    for block in payload["blocks"]:
        yield from (f"|{row['unit']}|{_standing([row])}|" for row in block["rows"])
        yield f"{block['block']}合计|{_standing(block['rows'])}|"
    yield f"总计|{_standing(every)}|"
    due, done, rate, lagging, overdue = _standing(every).split("|")
    if due != "0":
        yield f"到期目标{due}项，已完成{done}项，"
        yield f"完成率{rate}"
    yield f"亮黄灯{payload['yellow']}项、亮红灯{payload['red']}项，合计滞后{lagging}项、逾期{overdue}项。"
    if payload["yellow"] + payload["red"] != int(lagging) + int(overdue):
        yield f"亮灯合计{int(lagging) + int(overdue)}项"


def _standing(rows: list[Mapping[str, Any]]) -> str:
    """Return the figures of *rows* together, as a row of the table shows them."""
    due, done, lagging, overdue = (
        sum(row[name] for row in rows) for name in ("due", "done", "lagging", "overdue")
    )
    return f"{due}|{done}|{percentage(done, due)}|{lagging}|{overdue}"


def _review(payload: Mapping[str, Any]) -> Iterator[str]:
    standing = payload["standing"]
    if standing["due"]:
        yield f"完成率{percentage(standing['done'], standing['due'])}；"
    if payload["meeting"]:
        yield f"{len(payload['units'])}个单位汇报了"


def _publicity(payload: Mapping[str, Any]) -> Iterator[str]:
    if payload["units"]:
        yield f"单位{len(payload['units'])}个"
    if payload["persons"]:
        yield f"个人{len(payload['persons'])}名"


def _recommendation(payload: Mapping[str, Any]) -> Iterator[str]:
    names = "、".join(row["name"] for row in payload["candidates"])
    count = len(payload["candidates"])
    yield f"现推荐{names}等{count}名同志" if count > 1 else f"现推荐{names}同志"
    if payload["publicity"]:
        yield f"公示对象：{names}，共{count}名"


def _minutes(payload: Mapping[str, Any]) -> Iterator[str]:
    decided = sum(problem["decision"] is not None for problem in payload["problems"])
    yield f"对{len(payload['problems'])}个问题进行了会商，形成议定事项{decided}项。"


def _assessment(payload: Mapping[str, Any]) -> Iterator[str]:
    names = "、".join(series["series"] for series in payload["series"])
    yield f"{names}{len(payload['series'])}个序列"
    for series in payload["series"]:
        grades = [row["grade"] for row in series["results"]]
        counted = (
            f"{group['grade']}{grades.count(group['grade'])}个{'：' * bool(group['units'])}"
            f"{'、'.join(group['units'])}"
            for group in series["grades"]
        )
        yield f"参加考核单位{len(grades)}个。{'；'.join(counted)}"


def _notice(payload: Mapping[str, Any]) -> Iterator[str]:
    goals = payload["goals"]
    if goals:
        yield f"目标{len(goals)}项，已完成{sum(goal['completion'] == DONE for goal in goals)}项"


def _commendation(payload: Mapping[str, Any]) -> Iterator[str]:
    if payload["units"]:
        yield f"{len(payload['units'])}个单位"
    if payload["persons"]:
        yield f"{len(payload['persons'])}名个人"


STATED: Final[dict[DocumentKind, Callable[[Mapping[str, Any]], Iterator[str]]]] = {
    DocumentKind.RESEARCH_REPORT: _research,
    DocumentKind.ANNUAL_WORK_PRIORITIES: _priorities,
    DocumentKind.MONTHLY_BULLETIN: _bulletin,
    DocumentKind.QUARTERLY_REVIEW: _review,
    DocumentKind.PUBLICITY_NOTICE: _publicity,
    DocumentKind.RECOMMENDATION_LIST: _recommendation,
    DocumentKind.CONSULTATION_MINUTES: _minutes,
    DocumentKind.TASK_BOOK: _task_book,
    DocumentKind.TIMETABLE: _timetable,
    DocumentKind.LEDGER_BOOK: _ledger,
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: _assessment,
    DocumentKind.PERSONAL_RESULT_NOTICE: _notice,
    DocumentKind.COMMENDATION_DECISION: _commendation,
}
