"""The whole product as `make run` starts it, on the demo county, and a real Chromium."""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from fivestep_web.config import PROJECT
from fivestep_web.demo.services import PASSWORD

START_SECONDS = 90
expect.set_options(timeout=15_000)  # a machine that also runs the other tests is slow now and then
WIDE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REFUSED = "Failed to load resource: the server responded with a status of 4"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(address: str) -> bool:
    with (
        suppress(OSError),
        urllib.request.urlopen(  # noqa: S310 - our own address
            f"{address}/readyz", timeout=2
        ) as answer,
    ):
        return bool(answer.status == 200)
    return False


COMMAND = [str(Path(sys.executable).parent / "fivestep")]
Step = list[str]


def _run(folder: str, *steps: Step) -> dict[str, str]:
    """Take *steps* of the command line in an instance folder; return the environment that names it."""
    environment = {**os.environ, "FIVESTEP_INSTANCE": folder}
    for step in steps:
        words = [*COMMAND, *step] if step[0] != "python" else [sys.executable, *step[1:]]
        subprocess.run(words, check=True, env=environment, cwd=PROJECT, capture_output=True)
    return environment


@cache
def _demo_county() -> str:
    """Make the demo county's folder once; every instance that begins with it gets a copy."""
    folder = tempfile.mkdtemp(prefix="fivestep-demo-", dir="/tmp")
    atexit.register(shutil.rmtree, folder)
    _run(folder, ["db", "upgrade"], ["demo"])
    return folder


@contextmanager
def serving(*steps: Step) -> Iterator[str]:
    """Make an instance by *steps* of the command line and run it with `fivestep up`; gives its address."""
    with tempfile.TemporaryDirectory(prefix="fivestep-", dir="/tmp") as folder:
        if steps[0] == ["demo"]:
            shutil.copytree(_demo_county(), folder, dirs_exist_ok=True)
            environment = _run(folder, *steps[1:])
        else:
            environment = _run(folder, ["db", "upgrade"], *steps)
        port = _free_port()
        log = Path(folder) / "up.log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                [*COMMAND, "up", "--port", str(port)],
                env=environment,
                cwd=PROJECT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                address = f"http://127.0.0.1:{port}"
                deadline = time.monotonic() + START_SECONDS
                while not _is_ready(address):
                    assert child.poll() is None, log.read_text()
                    assert time.monotonic() < deadline, log.read_text()
                    time.sleep(0.2)
                yield address
            finally:
                child.terminate()
                child.wait(60)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The demo county; gives its address."""
    with serving(["demo"]) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield chromium
        chromium.close()


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(sign_in_at: SignIn, site: str) -> SignIn:
    """Sign in to the demo county."""
    return partial(sign_in_at, site)


@pytest.fixture
def sign_in_at(browser: Browser) -> Iterator[SignIn]:
    """Open a browser of one's own, sign in, and fail on any console error or policy report."""
    contexts, complaints = [], []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(REFUSED):
            complaints.append(message.text)

    def enter(site: str, username: str, *, scripts: bool = True, phone: bool = False) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport=PHONE if phone else WIDE,  # type: ignore[arg-type]
            locale="zh-CN",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login")
        page.get_by_label("登录名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        return page

    yield enter
    for context in contexts:
        context.close()
    assert complaints == []
