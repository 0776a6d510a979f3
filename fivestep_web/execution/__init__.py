from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    from fivestep_web.execution import models  # noqa: F401

    del app
