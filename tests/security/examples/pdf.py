"""Examples of PDF beside Word: asked for, downloaded."""

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.pdf import services
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear
from tests.documents.sources import letter_wanted
from tests.factories.accounts import user_with_role
from tests.factories.documents import made
from tests.factories.org import UnitFactory
from tests.factories.responsibility import YEAR
from tests.factories.tokens import acting
from tests.security.example import Example


def _letter(unit_id=None):
    db.session.merge(PlanYear(year=YEAR))
    db.session.commit()
    (document_id,) = made(letter_wanted(9, unit_id=unit_id))
    return document_id


def pdf_create():
    return Example(user_with_role(Role.OFC), data={"id": [_letter()]})


def pdf_download():
    head = user_with_role(Role.SHD)
    document_id = _letter(head.person.holdings[0].position.unit_id)
    with unit_of_work():
        services.request_pdfs(acting(user_with_role(Role.OFC)), [document_id])
    with unit_of_work():
        source = db.session.get_one(GeneratedDocument, document_id).blob_sha256
        services.publish(document_id, source, b"%PDF-1.7 %%EOF")
    return Example(head, {"document_id": document_id}, stranger=user_with_role(Role.SHD, unit=UnitFactory()))


UNSAFE = {"pdf.pdf_create": pdf_create}
PAGES = {"pdf.pdf_download": pdf_download}
