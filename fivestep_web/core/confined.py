"""Open what somebody uploaded in a child process with little memory and time and no disk (trust.md D5).

The child runs `main()` of one module, which hands its work to `answer`; out of memory or time, it ends
without an answer. It sees none of this process's environment.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from fivestep_web.core.packages import MEGABYTE, PackageKind, UnsafeFile

MEMORY: Final = 768 * MEGABYTE
CPU_SECONDS: Final = 20
SECONDS: Final = 30
_HERE: Final = Path(__file__).resolve().parents[2]
# The packages' own __init__ modules belong to the web application; the child does without them.
_START = """
import sys
from importlib.util import module_from_spec, spec_from_file_location
from importlib import import_module
here, module = sys.argv.pop(1), sys.argv.pop(1)
names = module.split(".")
for name in (*(".".join(names[:end]) for end in range(1, len(names))), "fivestep_web.core"):
    folder = "/".join([here, *name.split(".")])
    spec = spec_from_file_location(name, folder + "/__init__.py", submodule_search_locations=[folder])
    sys.modules[name] = module_from_spec(spec)
import_module(module).main()
"""


def ask(module: str, arguments: Sequence[str], kind: PackageKind) -> Any:
    """Return what `main()` of *module* answers to *arguments*, among them a file of *kind*.

    Raises UnsafeFile where the child refuses the file, takes too long or ends without an answer.
    """
    command = [sys.executable, "-I", "-c", _START, str(_HERE), module, *arguments]
    try:
        child = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env={})
    except subprocess.TimeoutExpired:
        raise UnsafeFile(kind.too_slow) from None
    if child.returncode != 0 or not child.stdout:
        raise UnsafeFile(kind.unreadable)
    told = json.loads(child.stdout)
    if "refused" in told:
        raise UnsafeFile(told["refused"])
    return told["answer"]


def answer(work: Callable[[Sequence[str]], Any]) -> None:
    """Do *work* on the arguments within the limits; give what comes of it, or its refusal, to who asked."""
    _limit()
    try:
        told = {"answer": work(sys.argv[1:])}
    except UnsafeFile as refusal:
        told = {"refused": refusal.message}
    sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False).encode())


def _limit() -> None:
    """Let the running process have no more than a child may; it can write no file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
