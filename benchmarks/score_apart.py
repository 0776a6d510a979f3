"""Score the year of the instance folder given, in a process of its own; prints seconds and bytes as JSON.

The seconds, by the clock and of the processor, are the best of several; the bytes are the most memory the
process ever held.
"""

import json
import sys
from pathlib import Path

from benchmarks.bench_score import application, best
from fivestep_web.assessment.scoring import score_year
from fivestep_web.extensions import db


def main() -> None:
    with application(sys.argv[1]).app_context():
        taken = best(_score)
    facts = {"seconds": taken.wall, "processor": taken.processor, "bytes": _most_memory()}
    print(json.dumps(facts))


def _score() -> None:
    db.session.rollback()
    score_year(2026)


def _most_memory() -> int:
    """Return the high-water mark of this program's memory; getrusage would tell its parent's."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM:")))


if __name__ == "__main__":
    main()
