"""Turn a document into PDF by LibreOffice: own profile, own folder, limited time, checked output."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

PREFIX: Final = "fivestep-pdf-"
SECONDS: Final = 60  # one conversion takes 3
ORPHAN_SECONDS: Final = 3_600
LARGEST: Final = 50 * 1024 * 1024
_PROFILE_MADE: Final = 81  # its answer where it has just made its profile and wants to be started again
_OPTIONS: Final = ("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo")


class NoPdfError(Exception):
    """LibreOffice is not there, took too long, or gave nothing that is a PDF."""


def find_program() -> Path | None:
    """Return LibreOffice's program itself, without the script around it; None where it is not installed."""
    found = shutil.which("soffice")
    program = Path(found).resolve().with_name("soffice.bin") if found else None
    return program if program and os.access(program, os.X_OK) else None


def convert(data: bytes, *, suffix: str = ".docx", at_start: Callable[[], None] | None = None) -> bytes:
    """Return *data*, a file of the kind *suffix* names, as PDF; raises NoPdfError.

    *at_start* runs in the child before the program, to tie its life to ours. Nothing stays behind: the
    folder is removed, those of processes that were killed by the next one.
    """
    program = find_program()
    if program is None:
        raise NoPdfError("这台机器没有安装 LibreOffice")
    _remove_orphans(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        source = folder / f"in{suffix}"
        source.write_bytes(data)
        _run(program, source, at_start)
        return _checked(folder / "out" / "in.pdf")


def _run(program: Path, source: Path, at_start: Callable[[], None] | None) -> None:
    folder = source.parent
    command = [
        str(program),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *_OPTIONS,
        *("--convert-to", "pdf:writer_pdf_Export"),
        *("--outdir", str(folder / "out")),
        str(source),
    ]
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"}
    for _start in ("makes its profile", "converts"):
        try:
            ended = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
                start_new_session=True,
                preexec_fn=at_start,
            )
        except subprocess.TimeoutExpired as error:
            raise NoPdfError("转换超过时限，已中止") from error
        if ended.returncode != _PROFILE_MADE:
            return


def _checked(path: Path) -> bytes:
    """Return the file if it is a whole PDF."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise NoPdfError("LibreOffice 没有给出文件")
    data = path.read_bytes()
    if not (data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")):
        raise NoPdfError("LibreOffice 给出的不是完整的 PDF")
    return data


def _remove_orphans(parent: Path) -> None:
    """Remove what conversions left that were killed; *parent* is the folder for passing files."""
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            facts = folder.lstat()
        except OSError:
            continue
        if facts.st_uid == os.getuid() and facts.st_mtime < time.time() - ORPHAN_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
