"""What our processes need of the kernel: to die with their parent, and to leave others' names alone."""

import ctypes
import os
import signal
import sys
from functools import cache
from pathlib import Path

PR_SET_PDEATHSIG = 1


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def prepare() -> None:
    """Load what `die_with_parent` needs, so that a forked child need not."""
    _libc()


def die_with_parent(parent: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Let the kernel send *number* to this process when the one with id *parent* ends, now if it has."""
    _libc().prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def command(role: str, *, port: int, bind: str) -> list[str]:
    """Return the command line of one process of the product: web, worker or clock."""
    python = [sys.executable, "-P", "-m"]
    if role == "web":
        settings = Path(__file__).with_name("gunicorn_conf.py")
        address = f"{bind}:{port}"
        return [*python, "gunicorn", "-c", str(settings), "-b", address, "fivestep_web:create_app()"]
    return [*python, f"tasks.{role}"]
