"""Examples of the annual workbook: uploaded, checked again, loaded."""

from io import BytesIO

from sqlalchemy import select

from fivestep_web.accounts.queries import get_actor
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.workbook import services, upload_services
from fivestep_web.workbook.models import WorkbookUpload
from tests.factories.accounts import user_with_role
from tests.security.example import READS, Example
from tests.workbook.loading import DEMO


def import_create():
    administrator = user_with_role(Role.ADM, Role.OFC)
    file = (BytesIO(DEMO.read_bytes()), "年度工作簿.xlsx")
    return Example(administrator, data={"file": file})


def uploaded():
    """Have the demo workbook uploaded and checked; return who did it and its id."""
    administrator = user_with_role(Role.ADM, Role.OFC)
    actor = get_actor(administrator, clock.today())
    checked = services.check_file(DEMO)
    with unit_of_work():
        upload_services.receive(actor, "年度工作簿.xlsx", DEMO.read_bytes(), checked.raw, checked.result)
    return administrator, db.session.scalars(select(WorkbookUpload.id)).one()


def of_upload():
    administrator, upload_id = uploaded()
    return Example(administrator, {"upload_id": upload_id}, stranger=user_with_role(Role.ADM, Role.OFC))


UNSAFE = {
    "workbook.import_create": import_create,
    "workbook.import_check": of_upload,
    "workbook.import_load": of_upload,
}
PAGES = {"workbook.import_show": of_upload, "workbook.import_marked": of_upload}
COMMANDS = {
    "import template": READS,
    "import check": READS,
    "import load": lambda folder: ["import", "load", str(DEMO)],
}
