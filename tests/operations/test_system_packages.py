"""What make run and make test ask of the machine."""

import importlib.util
from pathlib import Path

import pytest

from fivestep_web.config import PROJECT

SPEC = importlib.util.spec_from_file_location("system_packages", PROJECT / "tools" / "system_packages.py")
packages = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(packages)


@pytest.fixture
def machine(monkeypatch):
    """A machine that has nothing; what is installed is noted and then there."""
    installed: list[str] = []

    def need(name):
        return packages.Need(name, lambda: name in installed, f"{name} 测试")

    monkeypatch.setattr(packages, "RUN", (need("redis-server"),))
    monkeypatch.setattr(packages, "TEST", (need("chromium"), need("postgresql")))
    monkeypatch.setattr(packages, "install", installed.extend)
    monkeypatch.delenv("CI", raising=False)
    return installed


def test_root_on_debian_gets_what_is_missing(machine, monkeypatch):
    monkeypatch.setattr(packages, "may_install", lambda: True)
    assert packages.main(["run"]) == 0
    assert packages.main(["test"]) == 0
    assert machine == ["redis-server", "chromium", "postgresql"]


def test_others_are_told_in_one_line_how_to_get_redis(machine, monkeypatch, capsys):
    monkeypatch.setattr(packages, "may_install", lambda: False)
    assert packages.main(["run"]) == 1
    assert "redis-server" in capsys.readouterr().err
    assert machine == []


def test_others_are_told_what_is_skipped_and_ci_may_skip_nothing(machine, monkeypatch, capsys):
    monkeypatch.setattr(packages, "may_install", lambda: False)
    assert packages.main(["test"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "缺少 chromium，将跳过：chromium 测试",
        "缺少 postgresql，将跳过：postgresql 测试",
    ]
    monkeypatch.setenv("CI", "true")
    assert packages.main(["test"]) == 1


def test_packages_may_not_start_services_while_they_are_installed(tmp_path: Path, monkeypatch):
    rule = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages.no_daemons, "path", rule)
    with packages.no_daemons():
        assert rule.read_text().endswith("exit 101\n")
        assert rule.stat().st_mode & 0o111
    assert not rule.exists()


def test_a_machines_own_rule_is_kept(tmp_path: Path, monkeypatch):
    rule = tmp_path / "policy-rc.d"
    rule.write_text("own")
    monkeypatch.setattr(packages.no_daemons, "path", rule)
    with packages.no_daemons():
        assert rule.read_text() == "own"
    assert rule.read_text() == "own"


def test_wrong_usage_exits_with_2():
    assert packages.main([]) == 2
