"""The log of every process: one line an event on standard error, none forged by its content (trust.md A6)."""

import logging

CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160), 0x2028, 0x2029)}


class OneLine(logging.Formatter):
    """Writes control characters of a message visibly; only a traceback has lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name logging calls
        return super().formatMessage(record).translate(CONTROLS)


def configure() -> None:
    """Log what matters from level INFO; the libraries only when something is wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("alembic", "rq", "rq.worker", "rq.job", "rq.queue", "redis", "limits", "flask-limiter"):
        logging.getLogger(name).setLevel(logging.WARNING)
