"""One of the processes of test_concurrency: writes entries from several threads."""

import sys
import threading

from fivestep_web import create_app
from fivestep_web.audit.services import record
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work


def main(name: str, threads: int, count: int) -> None:
    app = create_app()

    def write(thread: int) -> None:
        with app.app_context():
            for number in range(count):
                with unit_of_work():
                    record(SYSTEM, "test.done", f"writer:{name}.{thread}.{number}")

    workers = [threading.Thread(target=write, args=(thread,)) for thread in range(threads)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
