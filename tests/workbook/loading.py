"""Load small and real workbooks in a test, and see every stored row."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import func, select

import fivestep_web
from fivestep_web.core.database import Base
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal, LetterGoal
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.workbook import services
from fivestep_web.workbook.raw import Kind
from fivestep_web.workbook.reading import read_workbook
from tests.workbook.builders import raw

DEMO = Path(fivestep_web.__file__).parent / "demo" / "demo-county-2026.xlsx"
LATER = dt.date(2026, 12, 1)


def check(data):
    """The check of sheets of rows against what is stored."""
    return services.check_raw(raw(data))


def load(data, actor=SYSTEM, *, is_trusted=True):
    """Load sheets of rows whole, as one unit of work; the check must find nothing."""
    with unit_of_work():
        result = check(data)
        assert result.problems == ()
        return services.load(actor, result, is_trusted=is_trusted)


def dump():
    """Every row of every table."""
    db.session.commit()
    return {
        table.name: sorted(map(repr, db.session.execute(select(table)).all()))
        for table in Base.metadata.sorted_tables
    }


def touched(before):
    """The tables whose rows differ from *before*, with how many rows came and went."""
    after = dump()
    return {
        name: (len(set(after[name]) - set(before[name])), len(set(before[name]) - set(after[name])))
        for name in after
        if after[name] != before[name]
    }


def demo_sheets():
    """The demo county as sheets of rows, free to change."""
    return {
        sheet.name: [[_value(cell) for cell in row.cells] for row in sheet.rows]
        for sheet in read_workbook(DEMO).sheets
    }


def _value(cell):
    if cell is None or cell.kind is Kind.PERCENT:
        return cell
    if cell.kind is Kind.DATE:
        return dt.date.fromisoformat(cell.text)
    return float(cell.text) if cell.kind is Kind.NUMBER else cell.text


def put(data, sheet, address, value):
    """Change one cell of *data*, such as 目标!I2, and return *data*."""
    row, column = int(address[1:]) - 1, ord(address[0]) - ord("A")
    rows = data[sheet]
    while len(rows) <= row:
        rows.append([])
    rows[row] = list(rows[row]) + [None] * (column + 1 - len(rows[row]))
    rows[row][column] = value
    return data


def without(data, sheet, *headings):
    """Take whole columns out of one sheet of *data*."""
    keep = [index for index, heading in enumerate(data[sheet][0]) if heading not in headings]
    data[sheet] = [[row[index] for index in keep if index < len(row)] for row in data[sheet]]
    return data


def one(model, **facts):
    return db.session.scalars(select(model).filter_by(**facts)).one()


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def fix_letter_of(goal_code, state=LetterState.IN_FORCE):
    """Bring the letter that carries a goal into *state*."""
    goal = one(Goal, code=goal_code)
    carried = db.session.scalars(select(LetterGoal).where(LetterGoal.goal_id == goal.id)).one()
    carried.letter.state = state
    db.session.commit()
    return carried.letter.number


def refused(data):
    """The problems a load is refused with; nothing may be written."""
    before = dump()
    with pytest.raises(services.LockedChanges) as error:
        load(data)
    assert touched(before) == {}
    return [(problem.sheet, problem.cell) for problem in error.value.problems]
