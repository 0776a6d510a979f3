"""Examples of documents that are numbered, issued, dropped, and made again after a failure."""

from datetime import date

from sqlalchemy import update

from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.numbers import services
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.extensions import db
from tests.documents.sources import unit_copy, wanted
from tests.factories.accounts import user_with_role
from tests.factories.documents import made
from tests.factories.org import UnitFactory
from tests.factories.queue import run_queue
from tests.factories.responsibility import YEAR, acting, make_department
from tests.security.example import Example


def drafted():
    """Have the draft of a task book made; return the office's account and the document's id."""
    clerk = make_department().clerk
    (document_id,) = made(wanted(DocumentKind.TASK_BOOK, is_draft=True))
    return clerk, document_id


def numbered(*, is_made=True):
    """Have a draft approved under a number, and its file made."""
    clerk, document_id = drafted()
    with unit_of_work():
        services.approve(acting(clerk, clock.today()), document_id, approved_on=date(YEAR, 1, 12))
    if is_made:
        run_queue()
    db.session.commit()
    return clerk, document_id


def document_approve():
    clerk, document_id = drafted()
    return Example(clerk, {"document_id": document_id}, {"approved_on": clock.today().isoformat()})


def document_issue():
    clerk, document_id = numbered()
    return Example(clerk, {"document_id": document_id}, {"issued_on": clock.today().isoformat()})


def document_drop():
    clerk, document_id = numbered()
    return Example(clerk, {"document_id": document_id}, {"reason": "重复行文"})


def document_stamp():
    clerk, document_id = numbered(is_made=False)
    db.session.execute(update(DocumentNumber).values(failure="内存不足，已中止。"))
    db.session.commit()
    return Example(clerk, {"document_id": document_id})


def document_show():
    head = user_with_role(Role.SHD)
    make_department()
    unit_id = head.person.holdings[0].position.unit_id
    (document_id,) = made(unit_copy(unit_id))
    return Example(head, {"document_id": document_id}, stranger=user_with_role(Role.SHD, unit=UnitFactory()))


LETTERHEAD = {
    "county": "青禾县",
    "agency_code_decision": "青组发",
    "agency_code_bulletin": "青组通",
    "agency_code_report": "青组字",
}


def letterhead_update():
    return Example(user_with_role(Role.ADM), data=LETTERHEAD)


UNSAFE = {
    "letterheads.letterhead_update": letterhead_update,
    "numbers.document_approve": document_approve,
    "numbers.document_issue": document_issue,
    "numbers.document_drop": document_drop,
    "numbers.document_stamp": document_stamp,
}
PAGES = {"numbers.document_show": document_show}
