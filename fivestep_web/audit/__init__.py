from flask import Flask

from fivestep_web.core.permissions import Permission


def init_app(app: Flask) -> None:
    """Register the log's table and its page."""
    from fivestep_web.audit import models  # noqa: F401
    from fivestep_web.audit.views import blueprint
    from fivestep_web.core.admin_menu import AdminPage, add

    app.register_blueprint(blueprint)
    add(
        app,
        AdminPage(90, "操作日志", "谁在什么时候办了什么", "audit.audit_index", (Permission.AUDIT_READ,)),
    )
