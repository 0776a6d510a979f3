"""LibreOffice: a whole PDF or a reason, in limited time, and nothing left behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from fivestep_web.config import PROJECT
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.pdf import office
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import letter_payload


def a_program(folder: Path, body: str) -> Path:
    """Make a program that stands in the place of LibreOffice."""
    path = folder / "soffice.bin"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    return tmp_path


def left(folder):
    return list((folder / "t").iterdir())


OUT = 'while [ "$1" != --outdir ]; do shift; done; mkdir -p "$2"'


def test_a_checked_pdf_comes_back_and_the_folder_is_gone(own_folder, monkeypatch):
    program = a_program(own_folder, f'{OUT}; printf "%%PDF-1.7 x %%%%EOF" > "$2/in.pdf"')
    monkeypatch.setattr(office, "find_program", lambda: program)
    assert office.convert(b"PK") == b"%PDF-1.7 x %%EOF"
    assert left(own_folder) == []


@pytest.mark.parametrize("body", ["exit 1", f'{OUT}; printf "%%PDF-1.7 half" > "$2/in.pdf"', "exit 81"])
def test_what_is_no_whole_pdf_is_refused(own_folder, monkeypatch, body):
    program = a_program(own_folder, body)
    monkeypatch.setattr(office, "find_program", lambda: program)
    with pytest.raises(office.NoPdfError):
        office.convert(b"PK")
    assert left(own_folder) == []


def test_a_conversion_that_hangs_is_killed(own_folder, monkeypatch):
    program = a_program(own_folder, "exec sleep 60")
    monkeypatch.setattr(office, "find_program", lambda: program)
    monkeypatch.setattr(office, "SECONDS", 0.3)
    started = time.monotonic()
    with pytest.raises(office.NoPdfError, match="时限"):
        office.convert(b"PK")
    assert time.monotonic() - started < 10
    assert left(own_folder) == []


def test_what_killed_conversions_left_is_removed_by_the_next(own_folder, monkeypatch):
    old, young = own_folder / "t" / "fivestep-pdf-old", own_folder / "t" / "fivestep-pdf-young"
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (0, 0))
    monkeypatch.setattr(office, "find_program", lambda: a_program(own_folder, "exit 1"))
    with pytest.raises(office.NoPdfError):
        office.convert(b"PK")
    assert left(own_folder) == [young]


def test_the_program_dies_with_the_process_that_asked(own_folder):
    program = a_program(own_folder, f"echo $$ > {own_folder}/pid; exec sleep 60")
    script = (
        "import os; from pathlib import Path; from fivestep_web.documents.pdf import office; "
        "from fivestep_web.operations import processes; "
        f"office.find_program = lambda: Path({str(program)!r}); parent = os.getpid(); "
        "office.convert(b'PK', at_start=lambda: processes.die_with_parent(parent))"
    )
    asking = subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT, env=os.environ | {"TMPDIR": str(own_folder / "t")}
    )
    deadline = time.monotonic() + 20
    pid_file = own_folder / "pid"
    while not (pid_file.exists() and pid_file.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    child = int(pid_file.read_text())
    asking.send_signal(signal.SIGKILL)
    asking.wait(10)
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split()[2]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_without_the_program_there_is_no_pdf(monkeypatch):
    monkeypatch.setattr(office, "find_program", lambda: None)
    with pytest.raises(office.NoPdfError, match="LibreOffice"):
        office.convert(b"PK")


@pytest.mark.office
def test_a_letter_becomes_a_pdf():
    word = render(DocumentKind.RESPONSIBILITY_LETTER, letter_payload("section_head_staff"))
    assert office.convert(word).startswith(b"%PDF-")
