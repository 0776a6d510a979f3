"""Signing keys under a PIN, sittings, handwritten marks (trust.md S1-S9)."""

from flask import Flask

from fivestep_web.core.permissions import Permission


def init_app(app: Flask) -> None:
    """Register the pages of keys and marks, the end of sittings at sign-out, and the evidence of keys."""
    from flask_login import user_logged_out

    from fivestep_web.audit import verification
    from fivestep_web.core.admin_menu import AdminPage, add
    from fivestep_web.keys import approval_views, evidence, signing_out, views
    from fivestep_web.keys.rules import Costs, fingerprint

    app.config.setdefault("SIGNING_COSTS", Costs())
    app.jinja_env.filters["fingerprint"] = fingerprint
    app.register_blueprint(views.blueprint)
    app.register_blueprint(approval_views.blueprint)
    user_logged_out.connect(signing_out.end_sittings, app)
    verification.register("签名密钥", evidence.faults)
    page = AdminPage(
        50, "签名密钥", "确认同志们新申请的签名密钥", "key_approvals.key_index", (Permission.KEY_APPROVE,)
    )
    add(app, page)
