"""Check what one row says about another: references, repeated keys, trees, dates, user names, scoring."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from fivestep_web.workbook.columns import PEERS, VETO
from fivestep_web.workbook.known import KnownCodes, KnownMilestone
from fivestep_web.workbook.problems import Findings, printable, shown
from fivestep_web.workbook.tables import Line, Table


@dataclass(frozen=True, slots=True)
class Book:
    """All tables of a file beside what is stored."""

    tables: Mapping[str, Table]
    known: KnownCodes
    findings: Findings

    def report(self, table: Table, line: Line, heading: str, message: str) -> None:
        """Note one problem at *heading* of *line*."""
        self.findings.add(table.problem(line, heading, message))


def check_relations(book: Book) -> None:
    """Report every row that does not fit the others or what is stored."""
    for check in _CHECKS:
        check(book)


def _check_keys(book: Book) -> None:
    for table in book.tables.values():
        key = table.sheet.key
        first: dict[tuple[Any, ...], int] = {}
        for line in table.lines:
            values = tuple(line.get(heading) for heading in key)
            if None in values:
                continue
            if values in first:
                what = "、".join(f"{each}“{shown(line.texts[each])}”" for each in key)
                message = f"{what}与第 {first[values]} 行重复，请删去一行或更正"
                book.report(table, line, key[-1], message)
            first.setdefault(values, line.number)


def _check_references(book: Book) -> None:
    allowed = {name: _codes(book, name) for name in ("单位", "人员", "课题", "目标")}
    for table in book.tables.values():
        referring = [column for column in table.sheet.columns if column.refers]
        for line in table.lines:
            for column in referring:
                codes = allowed[column.refers]
                code = line.get(column.heading)
                if code is not None and codes is not None and code not in codes:
                    book.report(table, line, column.heading, _unknown(code, column.refers))


def _unknown(code: str, sheet: str) -> str:
    return f"“{shown(code)}”在“{sheet}”表和系统中都没有，请更正，或先在“{sheet}”表中添加"


def _codes(book: Book, name: str) -> set[str] | None:
    """Return all codes of a kind; None when the file's sheet is too broken to tell."""
    table = book.tables[name]
    if not table.has_key:
        return None
    heading = table.sheet.key[0]
    declared = {line.get(heading) for line in table.lines} - {None}
    return declared | book.known.codes(name)


def _check_units(book: Book) -> None:
    parents = {**book.known.units, **_by_code(book.tables["单位"], "单位编码", "上级单位编码")}
    _check_cycles(book, book.tables["单位"], "上级单位编码", parents)


def _check_goals(book: Book) -> None:
    table = book.tables["目标"]
    parents = {code: goal.parent for code, goal in book.known.goals.items()}
    parents.update(_by_code(table, "目标编号", "上级目标编号"))
    _check_cycles(book, table, "上级目标编号", parents)
    topics = _topics(book)
    for line in table.lines:
        _check_span(book, table, line)
        parent, topic = line.get("上级目标编号"), line.get("课题编号")
        if topic is not None and topics.get(parent, topic) != topic:
            message = (
                f"上级目标“{shown(parent)}”属于课题“{topics[parent]}”，与本目标的课题“{topic}”不同，请更正"
            )
            book.report(table, line, "上级目标编号", message)


def _topics(book: Book) -> dict[str, str]:
    """Return the topic of each goal whose topic exists."""
    topics = {code: goal.topic for code, goal in book.known.goals.items()}
    topics.update(_by_code(book.tables["目标"], "目标编号", "课题编号"))
    codes = _codes(book, "课题")
    return {goal: topic for goal, topic in topics.items() if codes is not None and topic in codes}


def _check_span(book: Book, table: Table, line: Line) -> None:
    start, deadline = line.get("开始日期"), line.get("完成时限")
    if start and deadline and deadline < start:
        book.report(table, line, "完成时限", f"完成时限 {deadline} 早于开始日期 {start}，请更正其一")


def _by_code(table: Table, key: str, heading: str) -> dict[str, str]:
    return {line.get(key): line.get(heading) or "" for line in table.lines if line.get(key) is not None}


def _check_cycles(book: Book, table: Table, heading: str, parents: Mapping[str, str]) -> None:
    """Report each circle of superiors once, at its first row in the file."""
    key = table.sheet.key[0]
    done: set[str] = set()
    for start in table.lines:
        trail: list[str] = []
        code = start.get(key)
        while code and code not in done:
            done.add(code)
            trail.append(code)
            code = parents.get(code, "")
        if code in trail:
            circle = trail[trail.index(code) :]
            line = next(each for each in table.lines if each.get(key) in circle and each.get(heading))
            path = "→".join(shown(each) for each in [*circle[:5], circle[0]])
            message = f"{heading}首尾相接（{path}），请更正其中一个"
            book.report(table, line, heading, message)


def _check_milestones(book: Book) -> None:
    table = book.tables["里程碑"]
    spans = _goal_spans(book)
    by_goal: dict[str, list[Line]] = {}
    for line in table.lines:
        by_goal.setdefault(line.get("目标编号") or "", []).append(line)
    for goal, lines in by_goal.items():
        for line in lines:
            _check_within(book, table, line, spans.get(goal, (None, None)))
        if goal:
            numbered = [line for line in lines if line.get("序号") is not None]
            _check_rising(book, table, numbered, book.known.milestones.get(goal, {}))
    _check_stored_milestones(book)


def _check_stored_milestones(book: Book) -> None:
    """A goal's new span must hold the milestones that stay as stored."""
    given = {(line.get("目标编号"), line.get("序号")) for line in book.tables["里程碑"].lines}
    table = book.tables["目标"]
    for line in table.lines:
        code, start, deadline = line.get("目标编号"), line.get("开始日期"), line.get("完成时限")
        for position, stored in book.known.milestones.get(code, {}).items():
            if (code, position) in given:
                continue
            if deadline and stored.deadline > deadline:
                message = f"系统中第 {position} 个节点的时限 {stored.deadline} 晚于完成时限 {deadline}"
                book.report(table, line, "完成时限", f"{message}，请在“里程碑”表中一并调整")
            elif start and stored.deadline < start:
                message = f"系统中第 {position} 个节点的时限 {stored.deadline} 早于开始日期 {start}"
                book.report(table, line, "开始日期", f"{message}，请在“里程碑”表中一并调整")


def _goal_spans(book: Book) -> dict[str, tuple[date | None, date | None]]:
    spans = {code: (goal.start, goal.deadline) for code, goal in book.known.goals.items()}
    spans_in_file = {
        line.get("目标编号"): (line.get("开始日期"), line.get("完成时限"))
        for line in book.tables["目标"].lines
    }
    return {**spans, **spans_in_file}


def _check_within(book: Book, table: Table, line: Line, span: tuple[date | None, date | None]) -> None:
    due = line.get("完成时限")
    start, deadline = span
    if due and deadline and due > deadline:
        message = f"完成时限 {due} 晚于目标的完成时限 {deadline}，请改为 {deadline} 或之前"
        book.report(table, line, "完成时限", message)
    elif due and start and due < start:
        message = f"完成时限 {due} 早于目标的开始日期 {start}，请改为 {start} 或之后"
        book.report(table, line, "完成时限", message)


@dataclass(frozen=True, slots=True)
class _Step:
    """One milestone in the order of 序号, of the file (with its line) or as stored."""

    position: int
    value: Any
    line: Line | None

    def told(self, heading: str) -> str:
        place = f"第 {self.line.number} 行" if self.line else f"系统中第 {self.position} 个节点"
        text = self.line.texts[heading] if self.line else _typed(self.value)
        return f"（{place}）的 {text}"


def _typed(value: Any) -> str:
    return f"{(value * 100).normalize() + 0:f}%" if isinstance(value, Decimal) else str(value)


def _check_rising(book: Book, table: Table, lines: list[Line], stored: Mapping[int, KnownMilestone]) -> None:
    """Milestones in the order of 序号, those that stay as stored among them, do not fall in date or share."""
    given = {line.get("序号") for line in lines}
    for heading, attribute in (("完成时限", "deadline"), ("应完成比例", "ratio")):
        steps = [_Step(line.get("序号"), line.get(heading), line) for line in lines]
        steps += [
            _Step(position, getattr(each, attribute), None)
            for position, each in stored.items()
            if position not in given
        ]
        held = sorted((each for each in steps if each.value is not None), key=lambda each: each.position)
        for before, after in pairwise(held):
            if before.position >= after.position or after.value >= before.value:
                continue
            if after.line:
                message = f"{heading} {after.line.texts[heading]} 小于前一阶段{before.told(heading)}"
                book.report(table, after.line, heading, f"{message}，请按序号先后更正")
            elif before.line:
                message = f"{heading} {before.line.texts[heading]} 大于后一阶段{after.told(heading)}"
                book.report(table, before.line, heading, f"{message}，请按序号先后更正")


def _check_progress(book: Book) -> None:
    table = book.tables["进展"]
    for line in table.lines:
        day, completed = line.get("日期"), line.get("完成日期")
        if day and completed and completed > day:
            message = f"完成日期 {completed} 晚于填报日期 {day}，请更正其一"
            book.report(table, line, "完成日期", message)


def _check_ratings(book: Book) -> None:
    table = book.tables["评价"]
    units = _codes(book, "单位")
    for line in table.lines:
        rater = line.get("评价人")
        if line.get("评价组") != PEERS or rater is None:
            continue
        if rater == line.get("被评单位编码"):
            message = f"单位“{shown(rater)}”不能评价自己，请删去这一行或更正评价人"
            book.report(table, line, "被评单位编码", message)
        elif units is not None and rater not in units:
            message = f"科室互评的评价人应填评价单位的单位编码；{_unknown(rater, '单位')}"
            book.report(table, line, "评价人", message)


def _check_adjustments(book: Book) -> None:
    table = book.tables["加减分"]
    for line in table.lines:
        kind = line.get("类型")
        if kind not in {None, VETO} and line.get("分值") is None and "分值" not in line.broken:
            book.report(table, line, "分值", f"{kind}缺少分值，请填写正数")


def _check_usernames(book: Book) -> None:
    table = book.tables["人员"]
    names = _by_code(table, "工号", "登录名")
    taken = {name: code for code, name in book.known.people.items() if name and code not in names}
    seen = set()
    for line in table.lines:
        code = line.get("工号")
        if code is None or code in seen or "登录名" in line.broken:
            continue
        seen.add(code)
        name = line.get("登录名") or code
        if name in taken or name in book.known.accounts:
            heading = "登录名" if line.get("登录名") else "工号"
            holder = f"工号“{shown(taken[name])}”" if name in taken else "系统管理员账号"
            message = f"登录名“{shown(name)}”已由{holder}使用，请另取一个登录名"
            book.report(table, line, heading, message)
        taken.setdefault(name, code)


def _check_scoring(book: Book) -> None:
    from fivestep_web.assessment.scoring_methods import ScoringError, parse_rule

    table = book.tables["目标"]
    for line in table.lines:
        if line.broken & {"计分方式", "计分参数"}:
            continue
        try:
            parse_rule(line.get("计分方式") or "", line.get("计分参数") or "")
        except ScoringError as error:
            message = printable(str(error)).removeprefix("计分参数：").rstrip("。")
            book.report(table, line, "计分参数", message)


_CHECKS: Iterable[Callable[[Book], None]] = (
    _check_keys,
    _check_references,
    _check_units,
    _check_goals,
    _check_milestones,
    _check_progress,
    _check_ratings,
    _check_adjustments,
    _check_usernames,
    _check_scoring,
)
