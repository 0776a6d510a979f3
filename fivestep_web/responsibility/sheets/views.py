"""The goal sheet: one table edited in place, by cells, by paste, or as one form without scripts (R2.4)."""

import re
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import DomainError, NotFound, Refusal
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.sheets import paste as sheet_paste
from fivestep_web.responsibility.sheets import queries as sheet_queries
from fivestep_web.responsibility.sheets import services as sheet_services
from fivestep_web.responsibility.sheets.paste import Paste
from fivestep_web.responsibility.sheets.queries import Sheet, SheetKey
from fivestep_web.responsibility.sheets.rules import BY_KEY, COLUMNS, LINK
from fivestep_web.responsibility.sheets.services import RowEdit, RowsError

blueprint = Blueprint("sheets", __name__)

PAGE = "responsibility/sheet_show.html"
CELL = "responsibility/_sheet_cell.html"
PREVIEW = "responsibility/_sheet_preview.html"
_NAME = re.compile(r"g([0-9]{1,9})\.([a-z_]+)(\.seen)?")


class _PreviewOnlyError(Exception):
    """Ends a unit of work that was only tried."""


def _key(values: Any) -> SheetKey:
    year = find_selected_year()
    unit_id = values.get("unit_id", type=int) or actor().unit_id
    if year is None:
        raise NotFound(_("还没有年度，请先导入年度工作簿"))
    if unit_id is None:
        unit_id = next((choice for choice, _name in unit_choices()), 0)
    return SheetKey(year, unit_id, values.get("person_id", type=int))


def _address(key: SheetKey, anchor: str | None = None) -> str:
    return url_for(".sheet_show", unit_id=key.unit_id, person_id=key.person_id, _anchor=anchor)


def _shown(sheet: Sheet, status: int = 200, **more: Any) -> ResponseReturnValue:
    given = {"new_cells": {}, "new_errors": {}, "problem": "", "paste": None, "pasted": {}, **more}
    given = {"paste_errors": {}, "paste_problem": "", **given}
    return (
        render_template(
            PAGE,
            sheet=sheet,
            columns=COLUMNS,
            link_key=LINK,
            units=unit_choices(),
            people=sheet_queries.sheets_of_unit(sheet.key),
            **given,
        ),
        status,
    )


@blueprint.get("/goals/sheet")
@requires(Permission.GOAL_READ)
def sheet_show() -> ResponseReturnValue:
    return _shown(sheet_queries.load_sheet(actor(), _key(request.args)))


@blueprint.post("/goals/<int:goal_id>/cell")
@requires(Permission.GOAL_EDIT)
def cell_update(goal_id: int) -> ResponseReturnValue:
    column = request.form.get("column", "")
    typed = request.form.get("value", "")
    if column not in BY_KEY or column == LINK:
        raise DomainError(_("这一列不能在表里修改"))
    alone = RowEdit(goal_id, {column: typed}, {column: request.form.get("seen", "")})
    error, status, saved = "", 200, _refused_before(goal_id)
    try:
        try:
            key = _save_cells(goal_id, _joined(alone, saved))
        except Refusal:
            if not saved.cells:
                raise
            key, saved = _save_cells(goal_id, alone), RowEdit(goal_id, {})
    except NotFound:
        raise
    except Refusal as refusal:
        error, status = _cell_error(refusal, column), refusal.status
        key, saved = sheet_queries.key_of(goal_queries.get_goal(actor(), goal_id)), RowEdit(goal_id, {})
    if not htmx.wants_fragment() and not error:
        return htmx.leave(_address(key), _("已保存"))
    return _cell(goal_id, key, column, typed, error=error, also=saved.cells), status


def _refused_before(goal_id: int) -> RowEdit:
    """Return the cells of the row that were refused alone and come along: 交付成果 needs 验收条件."""
    rows = (edit for edit in _changed_rows() if edit.goal_id == goal_id)
    return next(rows, RowEdit(goal_id, {}))


def _joined(edit: RowEdit, other: RowEdit) -> RowEdit:
    return RowEdit(edit.goal_id, {**other.cells, **edit.cells}, {**other.seen, **edit.seen})


def _save_cells(goal_id: int, edit: RowEdit) -> SheetKey:
    """Save cells of a goal; return the sheet it was on."""
    with unit_of_work():
        goal = goal_queries.get_goal(actor(), goal_id, lock=True)
        key = sheet_queries.key_of(goal)
        sheet_services.save_cells(actor(), goal, edit)
    return key


def _cell_error(refusal: Refusal, column: str) -> str:
    errors = sheet_services.errors_of(refusal, column)
    return errors.get(column) or "；".join(errors.values())


def _cell(goal_id: int, key: SheetKey, column: str, typed: str, *, error: str, also: Collection[str]) -> str:
    """Return the cell with what is stored, or with what was typed and why it was not saved.

    The columns *also* were saved with it; their cells come along.
    """
    sheet = sheet_queries.load_sheet(actor(), key)
    home = sheet if any(row.id == goal_id for row in sheet.rows) else _home(goal_id)
    place, row = next((at, row) for at, row in enumerate(home.rows, 1) if row.id == goal_id)
    return render_template(
        CELL,
        sheet=sheet,
        row=row,
        place=place,
        column=BY_KEY[column],
        stored=row.cells[column],
        typed=typed if error else None,
        error=error,
        also=[BY_KEY[key] for key in also if key != column],
    )


def _home(goal_id: int) -> Sheet:
    """Return the sheet of a goal that just left the one on the page, for another person's."""
    goal = goal_queries.get_goal(actor(), goal_id)
    return sheet_queries.load_sheet(actor(), sheet_queries.key_of(goal))


@blueprint.post("/goals/sheet")
@requires(Permission.GOAL_EDIT)
def sheet_update() -> ResponseReturnValue:
    key = _key(request.form)
    sheet_queries.check_readable(actor(), key)
    edits = [*_changed_rows(), *_new_row()]
    try:
        with unit_of_work():
            outcome = sheet_services.save_rows(actor(), key, edits)
    except RowsError as refusal:
        return _refused(sheet_queries.load_sheet(actor(), key), edits, refusal)
    if not outcome.created and not outcome.changed:
        return htmx.leave(_address(key), _("没有改动，不用保存"))
    message = _("已保存：新增 %(new)s 行，修改 %(changed)s 行", new=outcome.created, changed=outcome.changed)
    return htmx.leave(_address(key, "new-name" if outcome.created else None), message)


def _changed_rows() -> list[RowEdit]:
    seen = _sent(is_seen=True)
    return [RowEdit(goal_id, cells, seen.get(goal_id, {})) for goal_id, cells in _sent(is_seen=False).items()]


def _sent(*, is_seen: bool) -> dict[int, dict[str, str]]:
    """Return what the form sends of the cells by row: their texts, or the fingerprints of what was shown."""
    rows: dict[int, dict[str, str]] = {}
    for name, text in request.form.items():
        match = _NAME.fullmatch(name)
        if match and match[2] in BY_KEY and bool(match[3]) is is_seen:
            rows.setdefault(int(match[1]), {})[match[2]] = text
    return rows


def _new_row() -> list[RowEdit]:
    cells = {column.key: request.form.get(f"new.{column.key}", "") for column in COLUMNS}
    is_given = any(text.strip() for text in cells.values())
    return [RowEdit(None, cells)] if is_given else []


def _refused(sheet: Sheet, edits: list[RowEdit], refusal: RowsError) -> ResponseReturnValue:
    """Show the sheet again with what was typed, each error at its cell."""
    rows = {row.id: row for row in sheet.rows}
    new_cells: dict[str, str] = {}
    new_errors: dict[str, str] = {}
    for place, edit in enumerate(edits):
        errors = refusal.errors.get(place, {})
        row = rows.get(edit.goal_id or 0)
        if edit.goal_id is None:
            new_cells, new_errors = dict(edit.cells), errors
        elif row is not None:
            row.typed, row.errors = edit.typed, errors
    return _shown(sheet, 422, new_cells=new_cells, new_errors=new_errors, problem=refusal.message)


@blueprint.post("/goals/sheet/paste")
@requires(Permission.GOAL_EDIT)
def sheet_paste_update() -> ResponseReturnValue:
    key = _key(request.form)
    sheet = sheet_queries.load_sheet(actor(), key)
    text, column = request.form.get("text", ""), request.form.get("column", "name")
    start = request.form.get("start", type=int)
    pasted = {"text": text, "column": column, "start": start}
    try:
        paste = sheet_paste.lay_over(sheet, text, column, start, _sent(is_seen=True))
    except DomainError as refusal:
        return _preview(sheet, None, pasted, {}, problem=refusal.message)
    edits = [line.edit for line in paste.lines]
    is_final = bool(request.form.get("confirmed")) or (len(edits) == 1 and htmx.wants_fragment())
    try:
        outcome = _save(key, edits, is_final=is_final)
    except RowsError as refusal:
        return _preview(sheet, paste, pasted, refusal.errors)
    if outcome is None:
        return _preview(sheet, paste, pasted, {})
    message = _("已粘贴：新增 %(new)s 行，修改 %(changed)s 行", new=outcome.created, changed=outcome.changed)
    return htmx.leave(_address(key), message)


def _save(key: SheetKey, edits: list[RowEdit], *, is_final: bool) -> sheet_services.Outcome | None:
    """Save a block, or only try: then nothing is kept and there is no outcome."""
    with suppress(_PreviewOnlyError), unit_of_work():
        outcome = sheet_services.save_rows(actor(), key, edits)
        _keep(is_final=is_final)
        return outcome
    return None


def _keep(*, is_final: bool) -> None:
    if not is_final:
        raise _PreviewOnlyError


def _preview(
    sheet: Sheet,
    paste: Paste | None,
    pasted: dict[str, Any],
    errors: dict[int, dict[str, str]],
    problem: str = "",
) -> ResponseReturnValue:
    status = 422 if errors or problem else 200
    context = {"paste": paste, "pasted": pasted, "paste_errors": errors, "paste_problem": problem}
    if htmx.wants_fragment():
        return (
            render_template(PREVIEW, sheet=sheet, columns=COLUMNS, link_key=LINK, **context),
            status,
        )
    return _shown(sheet, status, **context)
