"""Where the embedded Redis listens, and what it is told."""

import os
from pathlib import Path

import pytest
from redis import Redis

from fivestep_web.config import Config, ConfigError, embedded_socket
from fivestep_web.operations import embedded_redis, processes, supervisor
from tests.conftest import make_config


def test_the_socket_lies_in_the_instance_when_its_path_is_short():
    assert embedded_socket(Path("/srv/fivestep")) == Path("/srv/fivestep/redis.sock")


def test_a_long_path_gets_a_short_socket_of_its_own():
    long = Path("/srv") / ("很长的目录" * 10)
    other = Path("/srv") / ("很长的目录" * 11)
    assert len(os.fsencode(embedded_socket(long))) < 100
    assert embedded_socket(long) == embedded_socket(long) != embedded_socket(other)


def test_every_process_reads_the_same_address(monkeypatch, tmp_path):
    folder = tmp_path / "实例 100%"
    monkeypatch.setenv("FIVESTEP_INSTANCE", str(folder))
    monkeypatch.delenv("FIVESTEP_REDIS_URL", raising=False)
    config = Config.from_env()
    pool = Redis.from_url(config.redis_url).connection_pool
    assert pool.connection_kwargs["path"] == str(embedded_socket(folder))


def test_a_command_without_a_port_prints_the_address_that_is_served(monkeypatch, tmp_path):
    monkeypatch.setenv("FIVESTEP_INSTANCE", str(tmp_path))
    monkeypatch.delenv("FIVESTEP_BASE_URL", raising=False)
    assert Config.from_env().base_url == "http://127.0.0.1:8000"
    Config.from_env(8300).remember_address()
    assert Config.from_env().base_url == "http://127.0.0.1:8300"
    assert Config.from_env(8400).base_url == "http://127.0.0.1:8400"
    monkeypatch.setenv("FIVESTEP_BASE_URL", "https://fivestep.intranet/")
    Config.from_env(8000).remember_address()
    monkeypatch.delenv("FIVESTEP_BASE_URL")
    assert Config.from_env().base_url == "https://fivestep.intranet"


def test_redis_listens_on_no_port_and_keeps_every_entry(tmp_path):
    settings = dict(line.split(" ", 1) for line in embedded_redis.configuration(tmp_path).splitlines())
    assert settings["port"] == "0"
    assert settings["unixsocketperm"] == "700"
    assert (settings["appendonly"], settings["appendfsync"]) == ("yes", "always")
    assert settings["maxmemory-policy"] == "noeviction"


def test_the_web_listens_on_loopback_unless_the_address_names_another_host(tmp_path):
    config = make_config(tmp_path)
    assert supervisor.bind_address(config) == "127.0.0.1"
    object.__setattr__(config, "base_url", "http://10.0.0.8:8000")
    assert supervisor.bind_address(config) == "0.0.0.0"  # noqa: S104


def test_damaged_append_only_files_are_set_aside_once(tmp_path):
    (tmp_path / "appendonlydir").mkdir()
    (tmp_path / "appendonlydir" / "x.aof").write_text("damaged")
    assert len(embedded_redis.set_aside(tmp_path)) == 1
    assert embedded_redis.set_aside(tmp_path) == []


def test_each_role_has_its_command():
    assert processes.command("worker", port=1, bind="127.0.0.1")[-1] == "tasks.worker"
    assert "127.0.0.1:8123" in processes.command("web", port=8123, bind="127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIVESTEP_BASE_URL", "nonsense"),
        ("FIVESTEP_BASE_URL", "ftp://oa.example.cn"),
        ("FIVESTEP_BASE_URL", "http://oa example"),
        ("FIVESTEP_BASE_URL", "http://oa.example.cn:八千"),
        ("FIVESTEP_BASE_URL", "http://[oa"),
        ("FIVESTEP_DATABASE_URL", "mysql://10.0.0.8/fivestep"),
        ("FIVESTEP_DATABASE_URL", "postgresql+psycopg:fivestep"),
        ("FIVESTEP_DATABASE_URL", "postgresql+psycopg://u@10.0.0.8:abc/fivestep"),
        ("FIVESTEP_REDIS_URL", "foo"),
        ("FIVESTEP_REDIS_URL", "http://10.0.0.8:6379"),
        ("FIVESTEP_REDIS_URL", "redis://10.0.0.8:70000"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_by_the_name_of_its_setting(
    monkeypatch, tmp_path, name, value
):
    monkeypatch.setenv("FIVESTEP_INSTANCE", str(tmp_path))
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=name):
        Config.from_env()


def test_a_key_shorter_than_32_characters_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("FIVESTEP_INSTANCE", str(tmp_path))
    monkeypatch.setenv("FIVESTEP_SECRET_KEY", "k" * 31)
    with pytest.raises(ConfigError, match="FIVESTEP_SECRET_KEY 只有 31 个字符，至少要 32 个"):
        Config.from_env()
    monkeypatch.setenv("FIVESTEP_SECRET_KEY", "k" * 32)
    assert Config.from_env().secret_key == "k" * 32


def test_a_key_file_cut_short_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("FIVESTEP_INSTANCE", str(tmp_path))
    monkeypatch.delenv("FIVESTEP_SECRET_KEY", raising=False)
    (tmp_path / "secret_key").write_text("k")
    with pytest.raises(ConfigError, match="secret_key 只有 1 个字符"):
        Config.from_env()


@pytest.mark.parametrize(
    "value", ["redis://:secret@10.0.0.8:6379/0", "rediss://cache/1", "unix:///run/r.sock"]
)
def test_an_address_of_redis_is_taken_as_it_stands(monkeypatch, tmp_path, value):
    monkeypatch.setenv("FIVESTEP_INSTANCE", str(tmp_path))
    monkeypatch.setenv("FIVESTEP_REDIS_URL", value)
    assert Config.from_env().redis_url == value
