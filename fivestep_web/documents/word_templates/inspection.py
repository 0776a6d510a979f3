"""Have an uploaded template checked by the limited child process."""

from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fivestep_web.core import confined
from fivestep_web.core.packages import check_package
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.word_templates.checking import Report
from fivestep_web.documents.word_templates.findings import Finding
from fivestep_web.documents.word_templates.safety import TEMPLATE

_CHILD: Final = "fivestep_web.documents.word_templates.child"


def inspect(kind: DocumentKind, data: bytes) -> Report:
    """Return what checking *data* as a template of *kind* finds; raises UnsafeFile for what is not opened."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.docx"
        path.write_bytes(data)
        check_package(path, TEMPLATE)
        answer = confined.ask(_CHILD, [kind.value, str(path)], TEMPLATE)
    findings = [Finding.from_json(each) for each in answer["findings"]]
    return Report(findings, answer["departures"], b64decode(answer["ready"]))
