"""One supervised process: started, read, restarted with growing pauses, stopped in order."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from fivestep_web.operations import processes

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STABLE_SECONDS = 20.0
LAST_WORDS = 10


@dataclass
class Child:
    """A process the supervisor owns.

    *parting* is the signal it gets from the kernel should the supervisor be killed; *grace* the seconds it
    gets to end by itself when it is stopped. What a chatty one prints is shown only when it dies.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    grace: float
    parting: signal.Signals = signal.SIGKILL
    is_chatty: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    starts_at: float = 0.0
    quick_deaths: int = 0
    is_open: bool = False
    last_words: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_WORDS), repr=False)
    _rest: bytes = field(default=b"", repr=False)

    def start(self) -> None:
        """Run the command in its own session: Ctrl-C in the terminal reaches the supervisor only."""
        parent, parting = os.getpid(), self.parting
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: processes.die_with_parent(parent, parting),  # noqa: PLW1509 - we have one thread
        )
        os.set_blocking(self.output.fileno(), False)
        self.started_at = time.monotonic()
        self.is_open = True
        self._rest = b""

    @property
    def output(self) -> IO[bytes]:
        """The pipe with everything the process prints."""
        if self.process is None or self.process.stdout is None:
            raise RuntimeError(f"{self.name} was never started")
        return self.process.stdout

    @property
    def is_running(self) -> bool:
        """Tell whether it runs; reaps it when it has ended."""
        return self.process is not None and self.process.poll() is None

    def read_lines(self) -> Iterator[str]:
        """Yield the whole lines printed since the last call."""
        try:
            while piece := os.read(self.output.fileno(), 65_536):
                self._rest += piece
        except BlockingIOError:
            pass
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            yield line.decode(errors="replace").rstrip("\r")

    def plan_restart(self, now: float) -> float:
        """Return the pause (s) before the next start: doubled by a quick death, reset by a long life."""
        self.quick_deaths = 0 if now - self.started_at > STABLE_SECONDS else self.quick_deaths + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** max(0, self.quick_deaths - 1))
        self.starts_at = now + pause
        return pause

    def signal(self, number: signal.Signals) -> None:
        """Send *number* to the process itself; its own children are its business."""
        if self.process is not None and self.is_running:
            self.process.send_signal(number)
