"""`fivestep documents build`: files on disk, nothing new the second time, one line for what is wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, NotFound
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import requests, services
from fivestep_web.documents.checks import violations
from fivestep_web.documents.cli import documents_build, write_file
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, GeneratedDocument
from fivestep_web.extensions import db as database
from fivestep_web.operations import embedded_redis
from tasks import registry, runner
from tests.documents.sources import LETTER, letter_wanted, source, wanted
from tests.factories.machine import wait_until
from tests.factories.org import PlanYearFactory
from tests.workbook.builders import sheets
from tests.workbook.loading import load

ADMONITION = DocumentKind.ADMONITION_LIST


@contextmanager
def only(**given) -> Iterator[None]:
    """Let nothing be made but the letters and, where given, the confidential list."""
    with ExitStack() as sources:
        for kind in requests.available_kinds():
            sources.enter_context(source(kind))
        sources.enter_context(source(LETTER, *given.get("letters", ())))
        sources.enter_context(source(ADMONITION, *given.get("secret", ())))
        yield


def work():
    """Do everything that waits, as a worker would."""
    for key in list(database.session.scalars(select(Outbox.key).where(Outbox.done_at.is_(None)))):
        runner.run(key)


def build(app, *arguments):
    """Run the command once all it asks for is made."""
    with unit_of_work():
        services.build_all(SYSTEM, 2026, requests.available_kinds())
    work()
    return app.test_cli_runner().invoke(documents_build, arguments)


@pytest.fixture
def ready(db):
    registry.load()
    return PlanYearFactory(year=2026)


@pytest.mark.usefixtures("ready")
def test_files_stand_in_the_folder_under_their_names_whole(app, tmp_path):
    with only(letters=[letter_wanted(1), letter_wanted(2)]):
        result = build(app, "2026", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert "没有新的文档" in result.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 2
    for document in database.session.scalars(select(GeneratedDocument)):
        data = (tmp_path / "out" / document.file_name).read_bytes()
        assert violations(document.kind, document.payload, data) == []


@pytest.mark.usefixtures("ready")
def test_confidential_files_are_written_only_when_asked_for_and_then_logged(app, tmp_path):
    with only(letters=[letter_wanted(1)], secret=[wanted(ADMONITION)]):
        result = build(app, "2026", "--out", str(tmp_path))
        assert "内部资料" in result.output
        assert [path.name[:6] for path in tmp_path.iterdir()] == ["respon"]
        logged = select(AuditEntry).where(AuditEntry.action == "documents.exported")
        assert database.session.scalars(logged).all() == []
        build(app, "2026", "--out", str(tmp_path), "--include-confidential")
    assert sorted(path.name[:6] for path in tmp_path.iterdir()) == ["admoni", "respon"]
    (entry,) = database.session.scalars(logged).all()
    secret = select(GeneratedDocument.id).where(GeneratedDocument.kind == ADMONITION)
    assert json.loads(entry.body)["detail"]["documents"] == [database.session.scalar(secret)]


@pytest.mark.usefixtures("ready")
def test_what_could_not_be_made_is_listed_and_the_command_fails(app):
    broken = letter_wanted(1)
    broken.payload["goals"] = "不是列表"
    with only(letters=[letter_wanted(2)]):
        build(app, "2026")
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [broken], "坏的")
    work()
    with only(letters=[letter_wanted(2)]):
        result = app.test_cli_runner().invoke(documents_build, ["2026"])
    assert isinstance(result.exception, DomainError)
    assert "1 份文档没有生成" in str(result.exception)
    assert "没有生成：责〔2026〕K1号" in result.output


@pytest.mark.usefixtures("ready")
def test_an_altered_file_is_not_written(app, tmp_path):
    with only(letters=[letter_wanted(1)]):
        build(app, "2026")
        database.session.scalars(select(Blob)).one().data = b"altered"
        database.session.commit()
        result = app.test_cli_runner().invoke(documents_build, ["2026", "--out", str(tmp_path)])
    assert isinstance(result.exception, Conflict)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("ready")
def test_what_is_wrong_with_the_command_is_one_line_that_says_how_to_mend_it(app, tmp_path):
    file = tmp_path / "file"
    file.touch()
    with only(letters=[letter_wanted(1)]):
        for arguments, error, text in (
            (["2026", "--kind", "nonsense"], DomainError, "responsibility_letter（目标责任书）"),
            (["2026", "--kind", "ledger_book"], DomainError, "不能生成"),
            (["2031"], NotFound, "没有2031年度"),
            (["2026", "--out", str(file)], DomainError, "不是文件夹"),
        ):
            result = app.test_cli_runner().invoke(documents_build, arguments)
            assert isinstance(result.exception, error)
            assert text in str(result.exception)
            assert "\n" not in str(result.exception)
    assert database.session.scalars(select(GeneratedDocument)).all() == []


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from fivestep_web.documents.cli import write_file\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_file(Path(sys.argv[1]), b'x' * 5000)\n"
        "except OSError: sys.exit(7)\n"
    )
    old = tmp_path / "letter.docx"
    write_file(old, b"before")
    done = subprocess.run([sys.executable, "-c", code, str(old)], check=False, env={**os.environ})
    assert done.returncode == 7
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("letter.docx", b"before")]


@pytest.mark.redis
def test_without_a_worker_the_command_brings_its_own_and_takes_it_away_again(machine):
    with machine.app.app_context():
        load(sheets())
    fivestep = (sys.executable, "-c", "from fivestep_web.cli import run; run()")
    out = machine.folder / "out"
    for expected in ("开始生成", "没有新的文档"):
        process = machine.run(*fivestep, "documents", "build", "2026", "--out", str(out))
        wait_until(lambda: process.poll() is not None, 120)  # noqa: B023
        assert process.returncode == 0, machine.log(process)
        assert expected in machine.log(process)
        assert not machine.socket.exists() or not embedded_redis.answers(machine.socket)
    made = machine.execute("SELECT file_name FROM generated_document WHERE NOT is_confidential")
    assert len(made) > 1
    assert sorted(path.name for path in out.iterdir()) == sorted(name for (name,) in made)
