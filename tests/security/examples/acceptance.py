"""Examples of phases and their evidence: kept, taken back, handed in, accepted, sent back."""

from collections.abc import Callable

from fivestep_web.core.permissions import Role
from fivestep_web.execution.evidence.models import EvidenceFile
from fivestep_web.extensions import db
from tests.execution.acceptance.cast import choose, fresh, hand_in, under_way
from tests.factories import files
from tests.factories.accounts import user_with_role
from tests.factories.ledger import make_county
from tests.security.example import Example


def _chosen():
    county = make_county()
    _entry, (phase, _second) = under_way(county)
    choose(county.member, phase)
    return county, phase


def keep():
    county, phase = _chosen()
    data = {"files": files.upload("现场.jpg", files.photo())}
    return Example(county.member, {"milestone_id": phase.id}, data, stranger=user_with_role(Role.ORG))


def submit():
    county, phase = _chosen()
    data = {"revision": str(fresh(phase).revision), "note": "已完成"}
    return Example(county.member, {"milestone_id": phase.id}, data, stranger=user_with_role(Role.ORG))


def decision(**data: str) -> Callable[[], Example]:
    """Return an example of the leader deciding on a phase handed in."""

    def build() -> Example:
        county, phase = _chosen()
        hand_in(county.member, phase, data=None)
        fields = {"revision": str(fresh(phase).revision)} | data
        stranger = user_with_role(Role.TSC)
        return Example(county.leader, {"milestone_id": phase.id}, fields, stranger=stranger)

    return build


def phase_page():
    county, phase = _chosen()
    return Example(county.member, {"milestone_id": phase.id}, stranger=user_with_role(Role.ORG))


def file_page():
    county, _phase = _chosen()
    file_id = db.session.scalars(db.select(EvidenceFile.id)).one()
    return Example(county.member, {"file_id": file_id}, stranger=user_with_role(Role.ORG))


UNSAFE = {
    "acceptance.milestone_files": keep,
    "acceptance.milestone_submit": submit,
    "acceptance.milestone_accept": decision(),
    "acceptance.milestone_send_back": decision(reason="补充签到表"),
    "evidence_files.file_remove": file_page,
}
PAGES = {
    "acceptance.milestone_show": phase_page,
    "evidence_files.file_show": file_page,
    "evidence_files.file_preview": file_page,
    "evidence_files.file_download": file_page,
}
