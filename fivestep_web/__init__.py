"""The intranet of the five-step method (五步工作法)."""

from flask import Flask
from jinja2 import StrictUndefined

from fivestep_web.config import Config
from fivestep_web.core.database import prepare_engine


def create_app(config: Config | None = None, **overrides: object) -> Flask:
    """Return the application, configured from the environment unless *config* is given."""
    app = Flask(__name__, template_folder="../templates")
    app.config.from_mapping((config or Config.from_env()).flask_settings())
    app.config.from_mapping(overrides)
    app.jinja_env.undefined = StrictUndefined
    _bind_extensions(app)
    _add_core(app)
    _add_features(app)
    return app


def _bind_extensions(app: Flask) -> None:
    from fivestep_web import extensions as ext

    ext.db.init_app(app)
    with app.app_context():
        prepare_engine(ext.db.engine)
    ext.migrate.init_app(app, ext.db, render_as_batch=True, compare_type=True)
    ext.babel.init_app(app)
    ext.csrf.init_app(app)
    ext.login_manager.init_app(app)
    ext.limiter.init_app(app)
    ext.htmx.init_app(app)


def _add_core(app: Flask) -> None:
    from fivestep_web.core import error_pages, filters, headers, proxy, web_input

    proxy.init_app(app)
    headers.init_app(app)
    error_pages.init_app(app)
    filters.init_app(app)
    web_input.init_app(app)


def _add_features(app: Flask) -> None:
    from fivestep_web import (
        accounts,
        assessment,
        audit,
        dashboard,
        demo,
        documents,
        execution,
        keys,
        ledger,
        operations,
        org,
        personnel,
        responsibility,
        supervision,
        topics,
        workbook,
    )

    lower = (audit, org, accounts, documents, keys, topics, responsibility, execution, ledger, supervision)
    for feature in (*lower, assessment, personnel, workbook, demo, dashboard, operations):
        feature.init_app(app)
