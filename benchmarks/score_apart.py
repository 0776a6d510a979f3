"""Score the year of the instance folder given, in a process of its own; prints seconds and bytes as JSON.

The seconds are the best of several; the bytes are the most memory the process ever held.
"""

import json
import sys
import time
from pathlib import Path

from benchmarks.bench_score import REPEATS, application
from fivestep_web.assessment.scoring import score_year
from fivestep_web.extensions import db


def main() -> None:
    times = []
    with application(sys.argv[1]).app_context():
        for _ in range(REPEATS):
            db.session.rollback()
            began = time.perf_counter()
            score_year(2026)
            times.append(time.perf_counter() - began)
    print(json.dumps({"seconds": min(times), "bytes": _most_memory()}))


def _most_memory() -> int:
    """Return the high-water mark of this program's memory; getrusage would tell its parent's."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM:")))


if __name__ == "__main__":
    main()
