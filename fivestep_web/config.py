"""Settings, from the environment only; docs/settings.md lists every one."""

import hashlib
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PROJECT = Path(__file__).resolve().parent.parent
LOOPBACK = ("127.0.0.1", "localhost", "::1")
DEFAULT_PORT = 8000
SERVED = "base_url"  # a file of the instance folder
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
SHORTEST_SECRET = 32
LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107


class ConfigError(Exception):
    """A setting is wrong; the message names it and says how to mend it."""


@dataclass(frozen=True)
class Config:
    """What one process needs to know of the machine it runs on."""

    instance: Path
    database_url: str
    redis_url: str
    secret_key: str = field(repr=False)
    base_url: str
    witness_dir: Path
    embedded_redis: bool

    @classmethod
    def from_env(cls, port: int | None = None) -> "Config":
        """Read FIVESTEP_* variables; make the instance folder (mode 0700) and the secret key when missing.

        Without FIVESTEP_BASE_URL and *port* the address is the one that was served last. Raises ConfigError
        when a value cannot be used.
        """
        instance = Path(os.environ.get("FIVESTEP_INSTANCE") or PROJECT / "instance").resolve()
        try:
            instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"FIVESTEP_INSTANCE 指向的目录 {instance} 无法建立：{error.strerror}"
            ) from error
        redis_url = os.environ.get("FIVESTEP_REDIS_URL", "")
        base_url = os.environ.get("FIVESTEP_BASE_URL") or _address(instance, port)
        if not _is_address(base_url, ("http", "https")):
            raise ConfigError(f"FIVESTEP_BASE_URL 的值 {base_url!r} 不是完整网址，例如 http://10.0.0.8:8000")
        if redis_url and not _is_address(redis_url, ("redis", "rediss", "unix")):
            raise ConfigError("FIVESTEP_REDIS_URL 不是 Redis 的网址，例如 redis://10.0.0.8:6379/0")
        database_url = os.environ.get("FIVESTEP_DATABASE_URL") or f"sqlite:///{instance / 'fivestep.db'}"
        if not _is_database(database_url):
            raise ConfigError("FIVESTEP_DATABASE_URL 须以 postgresql+psycopg:// 或 sqlite:/// 开头")
        return cls(
            instance=instance,
            database_url=database_url,
            redis_url=redis_url or f"unix://{quote(str(embedded_socket(instance)))}",
            secret_key=_read_secret(instance / "secret_key"),
            base_url=base_url.rstrip("/"),
            witness_dir=Path(os.environ.get("FIVESTEP_WITNESS_DIR") or instance),
            embedded_redis=not redis_url,
        )

    def remember_address(self) -> None:
        """Note the address served, so that commands typed beside it print the same one in documents."""
        new = self.instance / f"{SERVED}.new"
        new.write_text(f"{self.base_url}\n")
        new.replace(self.instance / SERVED)

    @property
    def trusted_hosts(self) -> list[str]:
        """The host names answered: the one of the base address, and loopback; core/proxy.py sees to [::1]."""
        host = urlsplit(self.base_url).hostname or ""
        return [name for name in dict.fromkeys([host, *LOOPBACK]) if ":" not in name]

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https:")

    @property
    def is_new_sqlite(self) -> bool:
        """Whether the database is a SQLite file that is not there yet."""
        scheme, _slashes, path = self.database_url.partition(":///")
        return scheme == "sqlite" and bool(path) and not Path(path).exists()

    def flask_settings(self) -> dict[str, object]:
        """Return the mapping Flask and its extensions read."""
        return {
            "FIVESTEP": self,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": {
                "pool_pre_ping": self.database_url.startswith("postgresql"),
                "hide_parameters": True,  # they hold names and codes, and errors go to the log (trust.md B5)
            },
            "TRUSTED_HOSTS": self.trusted_hosts,
            "MAX_CONTENT_LENGTH": MAX_UPLOAD_BYTES,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "MAX_FORM_PARTS": 2_000,
            "WTF_CSRF_TIME_LIMIT": None,
            "RATELIMIT_STORAGE_URI": self.limiter_storage,
            "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
            "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        }

    @property
    def limiter_storage(self) -> str:
        """The limiter's address of Redis: its scheme for a socket differs from redis-py's."""
        if self.redis_url.startswith("unix://"):
            return "redis+" + self.redis_url
        return self.redis_url


def embedded_socket(instance: Path) -> Path:
    """Return where the embedded Redis of *instance* listens: inside it, or nearby when its path is long."""
    inside = instance / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(instance)).hexdigest()[:16]
    return Path("/tmp") / f"fivestep-{os.getuid()}-{name}" / "redis.sock"  # noqa: S108 - 0700, owner checked


def _address(instance: Path, port: int | None) -> str:
    """Return the address on *port* of this machine; without one, what was served last."""
    served = instance / SERVED
    if port is None and served.exists():
        return served.read_text().strip()
    return f"http://127.0.0.1:{port or DEFAULT_PORT}"


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    """Say whether *url* has one of *schemes*, a host (a path for a socket) and, where it has one, a port."""
    try:
        parts = urlsplit(url)
        place = parts.path if parts.scheme == "unix" else parts.hostname
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in schemes and bool(place) and is_port and not re.search(r"\s", url)


def _is_database(url: str) -> bool:
    """Say whether SQLAlchemy can read *url* and it names SQLite or PostgreSQL."""
    try:
        return make_url(url).drivername in {"sqlite", "postgresql+psycopg"}
    except (ArgumentError, ValueError):  # ValueError: the port
        return False


def _read_secret(path: Path) -> str:
    """Return the key of the environment, else the one in *path*; ConfigError when it is easy to guess."""
    given = os.environ.get("FIVESTEP_SECRET_KEY")
    key, place = (given, "FIVESTEP_SECRET_KEY") if given else (_stored_secret(path), f"密钥文件 {path}")
    if len(key) < SHORTEST_SECRET:
        raise ConfigError(
            f"{place} 只有 {len(key)} 个字符，至少要 {SHORTEST_SECRET} 个；"
            "可用 python3 -c 'import secrets; print(secrets.token_hex(32))' 生成"
        )
    return key


def _stored_secret(path: Path) -> str:
    """Return the key in *path*, made once; two processes starting together agree on one."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError:
        key = path.read_text().strip()
        if not key:
            raise ConfigError(f"密钥文件 {path} 是空的，请从备份恢复") from None
        return key
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
