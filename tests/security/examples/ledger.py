"""Examples of the ledger: reported into, written off, suspended, struck out."""

from collections.abc import Callable
from datetime import timedelta

from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.ledger.rules import LedgerState
from tests.factories.accounts import user_with_role
from tests.factories.ledger import make_county
from tests.security.example import Example

S = LedgerState
TICKS = dict.fromkeys(("standard_met", "evidence_complete", "figures_agree"), "y")


def report():
    county = make_county()
    entry = county.entry()
    data = {"happened_on": "2026-09-30", "done": "4"}
    return Example(county.member, {"entry_id": entry.id}, data, stranger=user_with_role(Role.ORG))


def decision(role: str, state: LedgerState, **data: str) -> Callable[[], Example]:
    """Return an example of *role* deciding on a completed entry in *state*."""

    def build() -> Example:
        county = make_county()
        entry = county.completed_entry(state)
        if role == "leader" and state is S.WRITE_OFF_REQUESTED:
            entry.checked_by_id = county.office.person_id
            db.session.commit()
        stranger = user_with_role(Role.ORG) if role == "member" else None
        fields = {"revision": str(entry.revision)} | data
        return Example(getattr(county, role), {"entry_id": entry.id}, fields, stranger=stranger)

    return build


def suspend():
    review_on = clock.today() + timedelta(days=30)
    return decision("leader", S.IN_PROGRESS, reason="政策调整", review_on=review_on.isoformat())()


def entry_page():
    county = make_county()
    entry = county.entry()
    return Example(county.member, {"entry_id": entry.id}, stranger=user_with_role(Role.TSC))


def topic_page():
    county = make_county()
    county.entry()
    return Example(county.member, {"topic_id": county.topic.id})


UNSAFE = {
    "ledger.entry_report_create": report,
    "ledger.entry_request": decision("member", S.IN_PROGRESS, **TICKS),
    "ledger.entry_check": decision("office", S.WRITE_OFF_REQUESTED),
    "ledger.entry_approve": decision("leader", S.WRITE_OFF_REQUESTED),
    "ledger.entry_send_back": decision("leader", S.WRITE_OFF_REQUESTED, reason="补充照片"),
    "ledger.entry_reopen": decision("office", S.CLOSED, reason="现场与材料不符"),
    "ledger.entry_suspend": suspend,
    "ledger.entry_resume": decision("leader", S.SUSPENDED),
    "ledger.entry_cancel": decision("minister", S.IN_PROGRESS, reason="变更〔2026〕1号"),
}
PAGES = {
    "ledger.ledger_show": topic_page,
    "ledger.entry_show": entry_page,
    "ledger.entry_report": entry_page,
}
