import sqlite3

from click.testing import CliRunner

from fivestep_web.cli import main
from tests.workbook.loading import DEMO


def run(monkeypatch, folder, *words):
    monkeypatch.setenv("FIVESTEP_INSTANCE", str(folder))
    monkeypatch.delenv("FIVESTEP_DATABASE_URL", raising=False)
    return CliRunner().invoke(main, words)


def test_a_command_makes_the_tables_of_a_new_instance(monkeypatch, tmp_path):
    assert run(monkeypatch, tmp_path, "import", "check", str(DEMO)).exit_code == 0
    assert (tmp_path / "fivestep.db").exists()


def test_an_instance_of_an_older_release_is_left_to_the_upgrade(monkeypatch, tmp_path):
    run(monkeypatch, tmp_path, "import", "check", str(DEMO))
    with sqlite3.connect(tmp_path / "fivestep.db") as connection:
        connection.execute("DROP TABLE topic_category")
    answer = run(monkeypatch, tmp_path, "import", "check", str(DEMO))
    assert answer.exit_code == 1
    assert "db upgrade" in answer.output
