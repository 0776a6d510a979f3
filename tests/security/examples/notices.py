"""Examples of supervision notices: each step by who takes it, and who must not see the notice."""

from datetime import date

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.supervision.notices.models import DailyDigest, NoticeTalk
from tests.factories.accounts import user_with_role
from tests.factories.org import UnitFactory
from tests.factories.supervision_notices import Supervised, make_supervised, notices, play
from tests.security.example import Example
from tests.supervision.notices.test_services import LATE, answer, make_yellow

ANSWER = {"text": "人员抽调", "plan": "三月底前补齐", "note": "同意", "reason": "措施不具体"}


def _made(*, is_answered: bool = False) -> tuple[Supervised, int]:
    play(LATE)
    supervised = make_supervised()
    make_yellow(supervised)
    play(LATE)
    (notice,) = notices()
    if is_answered:
        answer(supervised.actor("member"), notice)
    return supervised, notice.id


def _step(user: str, *, is_answered: bool = False):
    def build() -> Example:
        supervised, notice_id = _made(is_answered=is_answered)
        notice = notices()[0]
        data = ANSWER | {"revision": str(notice.revision)}
        stranger = user_with_role(Role.DEP if user == "leader" else Role.SHD, unit=UnitFactory())
        return Example(getattr(supervised.county, user), {"notice_id": notice_id}, data, stranger=stranger)

    return build


def notice_talk() -> Example:
    supervised, notice_id = _made()
    db.session.add(NoticeTalk(notice_id=notice_id, offered_on=LATE))
    db.session.commit()
    data = {"revision": "1", "outcome": "held", "held_on": "2026-03-04", "note": "已谈"}
    return Example(supervised.county.minister, {"notice_id": notice_id}, data)


def digest_read() -> Example:
    head = user_with_role(Role.SHD)
    digest = DailyDigest(person_id=head.person_id, day=date(2026, 3, 4), items=[])
    db.session.add(digest)
    db.session.commit()
    return Example(head, {"digest_id": digest.id}, stranger=user_with_role(Role.SHD))


UNSAFE = {
    "notices.notice_answer": _step("member"),
    "notices.notice_accept": _step("leader", is_answered=True),
    "notices.notice_return": _step("leader", is_answered=True),
    "notices.notice_receipt": _step("head"),
    "notices.notice_paper": _step("head"),
    "notices.notice_talk": notice_talk,
    "notices.digest_read": digest_read,
}
PAGES = {"notices.notice_show": _step("head")}
