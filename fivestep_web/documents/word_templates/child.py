"""The child process that checks an uploaded template."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fivestep_web.core import confined
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.word_templates.checking import check


def main() -> None:
    """Check the template of the kind and in the file named on the command line."""
    confined.answer(_checked)


def _checked(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what the Report holds, the file that is ready as text."""
    kind, path = arguments
    report = check(DocumentKind(kind), Path(path).read_bytes())
    return asdict(report) | {"ready": b64encode(report.ready).decode()}
