"""What a stranger does at /verify: looks a code up, hands a file in."""

from sqlalchemy import select

from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, GeneratedDocument
from fivestep_web.extensions import db
from tests.factories.queue import run_queue
from tests.web import BASE_URL, csrf_token, get

GENUINE, ALTERED, UNKNOWN = "真实有效", "与存档不符", "查不到这个核验编号"


def serial_of(letter):
    """Return the code of the letter's latest version."""
    return letter.versions[-1].serial


def show(client, serial):
    """Return the status and the text of the page of a code."""
    response = get(client, f"/verify/{serial}")
    return response.status_code, response.text


def upload(client, data, code="", name="责任书.docx"):
    """Send a file as a browser does, the body made here: werkzeug's client would spool it to the disk."""
    db.session.commit()
    fields = {"csrf_token": csrf_token(client), "code": code}
    head = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    )
    quoted = name.replace('"', "%22")
    head += f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
    body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--cut--\r\n"
    kind = "multipart/form-data; boundary=cut"
    response = client.post("/verify", data=body, base_url=BASE_URL, content_type=kind)
    return response.status_code, response.text


def file_of(letter):
    """Have the letter's Word file made and return its bytes."""
    with unit_of_work():
        services.file_subject(DocumentKind.RESPONSIBILITY_LETTER, letter.id)
    run_queue()
    db.session.commit()
    query = select(Blob.data).join(GeneratedDocument, GeneratedDocument.blob_sha256 == Blob.sha256)
    return db.session.scalars(query.where(GeneratedDocument.subject == f"letter:{letter.id}")).one()
