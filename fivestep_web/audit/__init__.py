from flask import Flask


def init_app(app: Flask) -> None:
    """Register the log's tables and its page."""
    from fivestep_web.audit import models  # noqa: F401

    del app
