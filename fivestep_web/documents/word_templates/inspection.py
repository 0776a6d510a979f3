"""Have an uploaded template checked by the limited child process."""

from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fivestep_web.core import confined
from fivestep_web.core.packages import UnsafeFile, check_package
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
        try:
            answer = confined.ask(_CHILD, [kind.value, str(path)])
        except confined.TooSlow:
            raise UnsafeFile(f"模板过大，未能在限定时间内检查完，请{TEMPLATE.trim}后再上传") from None
        except confined.NoAnswer:
            raise UnsafeFile(f"模板无法检查：内容过大或已损坏，{TEMPLATE.remedy}") from None
    if "refused" in answer:
        raise UnsafeFile(answer["refused"])
    findings = [Finding.from_json(each) for each in answer["findings"]]
    return Report(findings, answer["departures"], b64decode(answer["ready"]))
