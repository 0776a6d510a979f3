from flask import Flask


def init_app(app: Flask) -> None:
    """Register the rehearsal date's page and the demo command."""
    from fivestep_web.core.admin_menu import AdminPage, add
    from fivestep_web.core.permissions import Permission
    from fivestep_web.demo import views

    app.register_blueprint(views.blueprint)
    movers = (Permission.REHEARSAL_MOVE,)
    add(app, AdminPage(95, "演练日期", "示例按哪一天演练，仅示例可用", "demo.rehearsal_edit", movers))
