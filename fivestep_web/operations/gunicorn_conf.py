"""How gunicorn runs the product: the application is loaded once, before its processes part."""

import gc
from typing import Any

from fivestep_web.operations import logs

logs.configure()

workers = 2
worker_class = "gthread"
threads = 4  # a slow phone holds a thread, not a process
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 2_048
limit_request_fields = 60
accesslog = (
    None  # it would hold the paths, and those hold codes (trust.md B5); request_log.py writes patterns
)
errorlog = "-"
loglevel = "warning"
forwarded_allow_ips = "127.0.0.1"


def when_ready(server: Any) -> None:
    """Keep what is loaded out of every later collection, and in memory that the processes share."""
    del server
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Collect less often: requests leave little behind, and a pause is felt (performance.md, Ledger page)."""
    del server, worker
    gc.set_threshold(50_000, 20, 20)
