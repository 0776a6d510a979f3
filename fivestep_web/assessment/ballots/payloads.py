"""What the Word files of a vote are made from: paper ballots and count sheets (C17)."""

from datetime import datetime
from typing import Any

from fivestep_web.assessment.ballots import queries
from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.ballots.results import Sheet, UnitLine, sheet_of
from fivestep_web.assessment.ballots.rules import (
    ABSTENTIONS,
    FORMS,
    OPTIONS,
    SHORTEST_TO_BREAK_DOWN,
    Form,
    abstention_label,
)
from fivestep_web.assessment.cycles.models import AssessmentCycle, RaterRoster
from fivestep_web.assessment.cycles.queries import find_cycle, list_rosters
from fivestep_web.assessment.group_results import Validity
from fivestep_web.core.clock import ZONE
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.responsibility.letters.payloads import common

SCORE_RANGE = "0至100分，最多一位小数"
TRIMMED = "最高、最低各1个"


def ballot_payloads(year: int) -> list[DocumentRequest]:
    """Return a paper ballot for each group and series, and for each unit whose voters leave their own out.

    None before the rosters are frozen.
    """
    cycle = find_cycle(year)
    if cycle is None or not cycle.rule_version:
        return []
    wanted: dict[tuple[str, str, int | None], RaterRoster] = {}
    for roster in list_rosters(cycle):
        wanted.setdefault((roster.rater_group, roster.series, roster.unit_id), roster)
    return [_ballot(cycle, roster) for roster in wanted.values()]


def _ballot(cycle: AssessmentCycle, roster: RaterRoster) -> DocumentRequest:
    units = queries.units_for(cycle.id, roster.series)
    own = dict(units).get(roster.unit_id) if roster.unit_id else None
    form = FORMS[roster.rater_group]
    title = f"{cycle.name}测评票"
    subject = f"roster:{roster.id}"
    payload = {
        **_vote(cycle, title, subject, roster),
        "choices": _choices(form),
        "score_range": SCORE_RANGE if form is Form.SCORES else None,
        "abstention": abstention_label(form),
        "units": [name for unit_id, name in units if unit_id != roster.unit_id],
        "own_unit": own,
        "deadline": _written(cycle.voting_closes_at) if cycle.voting_closes_at else None,
    }
    shown = f"{title}（{roster.rater_group.label}·{roster.series}{'·' + own if own else ''}）"
    return _request(DocumentKind.BALLOT_FORM, subject, shown, payload)


def tally_payloads(year: int) -> list[DocumentRequest]:
    """Return the count sheet of every counted poll; it holds no single mark of a leader or a peer."""
    cycle = find_cycle(year)
    if cycle is None:
        return []
    counted = [poll for poll in queries.list_polls(cycle.id) if poll.counted_at is not None]
    settings = queries.judging_settings(cycle, counted)
    return [_tally(cycle, sheet_of(poll, settings[poll.rule_version])) for poll in counted]


def _tally(cycle: AssessmentCycle, sheet: Sheet) -> DocumentRequest:
    poll, count = sheet.poll, sheet.count
    title, subject = f"{cycle.name}计票结果表", f"poll:{poll.id}"
    form = FORMS[poll.rater_group]
    payload = {
        **_vote(cycle, title, subject, poll),
        "choices": list(sheet.options),
        "abstention": abstention_label(form),
        "issued_count": count.issued,
        "returned_count": count.returned,
        "invalid_count": count.returned - count.valid,
        "valid_count": count.valid,
        "rows": [_row(line, form) for line in sheet.lines],
        "reason": None if poll.validity is Validity.VALID else sheet.reason,
        "tallied_at": _written(poll.counted_at) if poll.counted_at else None,
    }
    shown = f"{title}（{poll.rater_group.label}·{poll.series}·第{poll.round}次）"
    return _request(DocumentKind.TALLY_SHEET, subject, shown, payload)


def _row(line: UnitLine, form: Form) -> dict[str, Any]:
    return {
        "unit": line.name,
        "counts": [] if form is Form.SCORES else list(line.counts) if line.counts is not None else None,
        "rated_count": line.rated,
        "invalid_count": line.invalid,
        "abstained_count": line.abstained,
        "mean": line.mean or "—",
        "trimmed": [TRIMMED] if line.is_trimmed and line.rated >= SHORTEST_TO_BREAK_DOWN else [],
    }


def _choices(form: Form) -> list[str]:
    return [label for option, label in OPTIONS[form] if option != ABSTENTIONS[form]]


def _vote(cycle: AssessmentCycle, title: str, identifier: str, vote: RaterRoster | Poll) -> dict[str, Any]:
    return {
        **common(cycle.year, title, identifier, is_draft=False),
        "cycle": cycle.name,
        "group": vote.rater_group.label,
        "series": str(vote.series),
    }


def _request(kind: DocumentKind, subject: str, title: str, payload: dict[str, Any]) -> DocumentRequest:
    return DocumentRequest(kind, subject, title, payload, unit_id=None, person_id=None, is_draft=False)


def _written(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    minutes = f"{local.minute}分" if local.minute else ""
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{minutes}"
