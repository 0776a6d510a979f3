"""Signing keys under a PIN, sittings, handwritten marks (trust.md S1-S9)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Make the tables known; pages come with the feature's blueprints."""
    from fivestep_web.keys import models  # noqa: F401 - the tables of the shared metadata

    del app
