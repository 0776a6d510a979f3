"""Examples of inquiries and guiding opinions."""

from collections.abc import Callable

from fivestep_web.core.permissions import Role
from fivestep_web.supervision.inquiries.rules import InquiryKind, Move
from tests.factories.accounts import user_with_role
from tests.factories.inquiries import asked, take
from tests.factories.ledger import make_county
from tests.security.example import Example


def ask():
    county = make_county()
    goal_id = county.entry().goal_id
    return Example(county.leader, {"goal_id": goal_id}, {"kind": "question", "text": "为什么落后"})


def ask_page():
    example = ask()
    example.data = {}
    return example


def page():
    county = make_county()
    return Example(county.member, {"inquiry_id": asked(county).id}, stranger=user_with_role(Role.TSC))


def in_turn(role: str, *moves: Move, **data: str) -> Callable[[], Example]:
    """Return an example of *role* taking a step with a question after *moves* of the unit's head."""

    def build() -> Example:
        county = make_county()
        inquiry = asked(county)
        for move in moves:
            take(move, inquiry, county.head)
        fields = {"revision": str(1 + len(moves))} | data
        stranger = user_with_role(Role.TSC) if role == "head" else None
        return Example(getattr(county, role), {"inquiry_id": inquiry.id}, fields, stranger=stranger)

    return build


def follow():
    county = make_county()
    inquiry = asked(county, kind=InquiryKind.OPINION)
    fields = {"revision": "1", "text": "已落实"}
    return Example(county.head, {"inquiry_id": inquiry.id}, fields, stranger=user_with_role(Role.TSC))


UNSAFE = {
    "inquiries.inquiry_create": ask,
    "inquiries.inquiry_acknowledge": in_turn("head"),
    "inquiries.inquiry_answer": in_turn("head", text="已说明"),
    "inquiries.inquiry_rectify": follow,
    "inquiries.inquiry_ask_again": in_turn("leader", Move.ANSWER, text="再说明"),
    "inquiries.inquiry_guide": in_turn("leader", Move.ANSWER, text="逐村落实", due_on="2030-05-20"),
    "inquiries.inquiry_close": in_turn("leader", Move.ANSWER, text=""),
    "inquiries.inquiry_read": in_turn("head"),
    "inquiries.inquiry_urge": in_turn("office"),
    "inquiries.inquiry_paper": in_turn("office"),
}
PAGES = {"inquiries.inquiry_new": ask_page, "inquiries.inquiry_show": page}
