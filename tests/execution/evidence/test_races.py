"""The same bytes taken back and chosen in the same moment, on a database whose commits are real."""

from fivestep_web.documents.models import Blob
from fivestep_web.execution.acceptance import queries as phases
from fivestep_web.execution.evidence import queries, services
from fivestep_web.execution.evidence.inspection import Inspected
from fivestep_web.execution.evidence.models import EvidenceFile, EvidenceKind
from fivestep_web.extensions import db
from tests.at_once import at_once
from tests.execution.acceptance.cast import choose, under_way
from tests.factories.ledger import actor_of, make_county

SAME = Inspected("现场.jpg", EvidenceKind.PHOTO, b"a photo", b"small")


def test_bytes_chosen_while_they_are_taken_back_elsewhere_stay(own_app):
    with own_app.app_context():
        county = make_county()
        member = actor_of(county.member)
        found = [under_way(county)[1][0] for _number in range(6)]
        goals = [phase.id for phase in found]
        for phase in found[:3]:
            choose(county.member, phase)
        db.session.remove()

        def change(phase_id):
            phase = phases.get_milestone(member, phase_id, lock=True)
            held = queries.chosen_for_phase(phase_id)
            if held:
                services.remove(member, queries.get_file(member, held[0].id, lock=True))
            else:
                services.choose(member, phase.goal, [SAME], phase=phase)

        for _turn in range(4):
            at_once(own_app, change, goals)
            kept = {file.blob_sha256 for file in db.session.scalars(db.select(EvidenceFile))}
            assert len(set(db.session.scalars(db.select(Blob.sha256)))) == 2 * len(kept)
            db.session.remove()
