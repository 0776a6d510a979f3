"""Word templates as HR changes them: the product's own with other words, put to use where needed."""

import io
import zipfile
from collections.abc import Callable, Mapping

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import DOCUMENT
from fivestep_web.documents.package import archive, packed, unpacked
from fivestep_web.documents.rendering import template_bytes
from fivestep_web.documents.word_templates import services
from fivestep_web.documents.word_templates.checking import check
from fivestep_web.extensions import db
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import acting

LETTER = DocumentKind.RESPONSIBILITY_LETTER
BOOK = DocumentKind.TASK_BOOK
WORDS = {
    LETTER: "按月反馈，按季汇报。",
    BOOK: "特此通知。",
}  # in our templates; a letter's are signed
OLD_END = "</w:t></w:r>"
NEW = "特此通知，请遵照执行。"


def changed(
    kind: DocumentKind, *replaced: tuple[str, str], extra: Mapping[str, bytes] | None = None
) -> bytes:
    """Return the product's template with texts of its main part *replaced* and *extra* parts."""
    parts = unpacked(template_bytes(kind))
    xml = parts[DOCUMENT].decode()
    for old, new in replaced:
        assert old in xml, old
        xml = xml.replace(old, new)
    parts |= {DOCUMENT: xml.encode(), **(extra or {})}
    return archive(packed(name, data) for name, data in parts.items())


def reworded(kind: DocumentKind, words: str = NEW) -> bytes:
    """Return the product's template with other fixed words."""
    return changed(kind, (WORDS[kind], words))


def relaid(kind: DocumentKind) -> bytes:
    """Return the product's template with a margin that is a little other, within what the standard allows."""
    return changed(kind, ('w:top="2098"', 'w:top="2090"'))


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the package *data* with one part changed, deflated by Python's own module."""
    made = io.BytesIO()
    parts = unpacked(data)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for member, content in parts.items():
            target.writestr(member, change(content) if member == name else content)
    return made.getvalue()


def clerk(role: Role = Role.OFC) -> Actor:
    """Return who may change templates."""
    return acting(user_with_role(role), clock.today())


def uploaded(actor: Actor, kind: DocumentKind, data: bytes, note: str = "改了文字") -> int:
    """Have *data* kept as the next version of *kind*; return its number."""
    report = check(kind, data)
    assert report.findings == []
    with unit_of_work():
        version = services.receive(actor, kind, file_name="模板.docx", note=note, data=data, report=report)
        return version.number


def put_to_use(actor: Actor, kind: DocumentKind, number: int, note: str = "部务会同意") -> None:
    with unit_of_work():
        services.put_to_use(actor, kind, number, note=note, is_confirmed=True)
    db.session.commit()


def new_layout(kind: DocumentKind, words: str = "") -> int:
    """Let another template than the product's make the documents of *kind*; return its number."""
    actor = clerk()
    number = uploaded(actor, kind, reworded(kind, words) if words else relaid(kind))
    put_to_use(actor, kind, number)
    return number
