from flask import Flask

from fivestep_web.core.permissions import Permission


def init_app(app: Flask) -> None:
    """Register the interface for other systems and the pages of its tokens."""
    from fivestep_web.core.admin_menu import AdminPage, add
    from fivestep_web.documents.api import endpoints, token_views

    app.register_blueprint(endpoints.blueprint)
    app.register_blueprint(token_views.blueprint)
    app.register_blueprint(token_views.own)
    managers = (Permission.TOKEN_MANAGE,)
    add(app, AdminPage(85, "接口令牌", "让别的系统列出、下载文档", "tokens.token_index", managers))
