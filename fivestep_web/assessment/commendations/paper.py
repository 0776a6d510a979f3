"""The commendation's document (C10), the list that is publicized, and what keeps it from its number."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment.commendations import queries, standing
from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import DECIDED, NAMED, CommendationState
from fivestep_web.assessment.commendations.year_services import approval_text
from fivestep_web.assessment.eligible import list_eligible
from fivestep_web.assessment.publicity import queries as publicity
from fivestep_web.assessment.publicity.models import Publicity, PublicityLine
from fivestep_web.assessment.scores import YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.core import clock
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.numbers.letterheads import letterhead
from fivestep_web.documents.requests import SYSTEM_WIDE, DocumentRequest
from fivestep_web.extensions import db
from fivestep_web.responsibility.letters.payloads import common

KIND = DocumentKind.COMMENDATION_DECISION
UNIT_AWARD = "组织工作先进集体"
PERSON_AWARD = "先进个人"
ORDER_RULE = "先进集体按类别和考核位次排列，先进个人按姓氏笔画排列。"
LISTS = ("title", "approval_basis", "publicity_end_date", "units", "persons")


def publicity_lines(score: YearScore) -> list[PublicityLine]:
    """Return the nominated units and people in the order of the list."""
    return [
        PublicityLine(
            sequence=sequence,
            unit_id=row.unit_id if row.is_unit else None,
            person_id=row.person_id,
            name=row.name,
            post=row.post,
            outcome=UNIT_AWARD if row.is_unit else PERSON_AWARD,
        )
        for sequence, row in enumerate(queries.list_rows(score.year, (CommendationState.NOMINATED,)), 1)
    ]


def requests(year: int) -> list[DocumentRequest]:
    """Return the request for the year's 表彰决定 or 通报表扬; none while there is nobody to name.

    It names whom was decided on, before a decision whom people nominated, before that whom the rules propose.
    """
    named = queries.list_rows(year, NAMED)
    decided = [row for row in named if row.state in DECIDED]
    listed = _listed(decided or named) if named else _proposed(year)
    if not (listed["units"] or listed["persons"]):
        return []
    basis = approval_text(queries.find_terms(year))
    title = (
        f"关于表彰{year}年度组织工作先进集体和先进个人的决定"
        if basis
        else f"关于对{year}年度组织工作先进单位和个人予以通报表扬的通报"
    )
    payload = {
        **common(year, title, f"commendation-{year}", is_draft=True),
        "letterhead": letterhead(KIND, year),
        "approval_basis": basis,
        "publicity_end_date": _publicity_end(year, decided or named),
        "list_title": f"{year}年度组织工作先进集体和先进个人名单",
        **listed,
    }
    return [DocumentRequest(KIND, SYSTEM_WIDE, title, payload, unit_id=None, person_id=None, is_draft=True)]


def _listed(rows: Sequence[Commendation]) -> dict[str, Any]:
    units = [row.name for row in rows if row.is_unit]
    return _tables(units, [(row.name, row.post) for row in rows if not row.is_unit], ORDER_RULE)


def _proposed(year: int) -> dict[str, Any]:
    rows = list_eligible(score_year(year))
    listed = [row for row in rows if not row.is_undecided]
    note = "得分完全并列、待部务会议决定的人员未列入。" if len(listed) < len(rows) else ""
    units = [row.unit.name for row in listed if row.person_id is None]
    people = [(row.person, row.post) for row in listed if row.person_id is not None]
    return _tables(units, people, ORDER_RULE + note)


def _tables(units: Sequence[str], people: Sequence[tuple[str, str]], order_rule: str) -> dict[str, Any]:
    return {
        "order_rule": order_rule,
        "units": [
            {"sequence": sequence, "unit": name, "award": UNIT_AWARD}
            for sequence, name in enumerate(units, 1)
        ],
        "persons": [
            {"sequence": sequence, "name": name, "unit_and_position": post, "award": PERSON_AWARD}
            for sequence, (name, post) in enumerate(people, 1)
        ],
    }


def _publicity_end(year: int, rows: Sequence[Commendation]) -> str | None:
    """Return the last day on which any of *rows* was publicized; None until it is over for all.

    The document says with it that no objection came that bears on the commendation: None where one is open
    or was upheld.
    """
    ids = {row.publicity_id for row in rows}
    if not rows or None in ids:
        return None
    facts = standing.facts_of(year, rows).values()
    if any(one.has_open_objection or one.has_upheld_objection for one in facts):
        return None
    found = db.session.scalars(select(Publicity).where(Publicity.id.in_(ids))).all()
    days = [publicity.last_day(posted) for posted in found]
    last = max((day for day in days if day is not None), default=None)
    return chinese_date(last) if last and clock.today() > last else None


def gate(document: GeneratedDocument) -> str:
    """Return why the document may not go out: nothing decided, somebody barred, or no more the list.

    Who is objected to and not answered, or with success, holds it like who is barred.
    """
    year = document.year
    rows = queries.list_rows(year, DECIDED)
    if not rows:
        return str(_("还没有作出表彰决定，决定后重新生成，再批准编号"))
    facts = standing.facts_of(year, rows)
    held = [facts[row.id] for row in rows if row.state is CommendationState.DECIDED]
    if any(one.is_barred for one in held):
        return str(_("名单中有不符合条件的对象，请移出名单后重新生成"))
    if any(one.has_open_objection or one.has_upheld_objection for one in held):
        return str(_("名单中有对象的异议没有答复或者成立，请先答复，成立的移出名单后重新生成"))
    current = requests(year)[0].payload
    if any(document.payload[name] != current[name] for name in LISTS):
        return str(_("名单或依据已有变化，请重新生成后再批准编号、印发"))
    return ""
