"""The child process that checks an uploaded template; it answers `{"refused": …}` or what a Report holds."""

import sys
from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fivestep_web.core import confined
from fivestep_web.core.packages import UnsafeFile
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.word_templates.checking import check


def main() -> None:
    """Check the template of the kind and in the file named on the command line."""
    confined.limit()
    kind, path = DocumentKind(sys.argv[1]), Path(sys.argv[2])
    try:
        report = check(kind, path.read_bytes())
    except UnsafeFile as refusal:
        answer: dict[str, Any] = {"refused": refusal.message}
    else:
        answer = asdict(report) | {"ready": b64encode(report.ready).decode()}
    confined.answer(answer)
