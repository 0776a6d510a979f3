"""The WSGI entry point."""

from fivestep_web import create_app

app = create_app()
