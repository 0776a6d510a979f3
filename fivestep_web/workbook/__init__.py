from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables and the import page."""
    from fivestep_web.core.admin_menu import AdminPage, add
    from fivestep_web.core.permissions import Permission
    from fivestep_web.workbook import calendar_views, models, views  # noqa: F401

    app.register_blueprint(views.blueprint)
    app.register_blueprint(calendar_views.blueprint)
    importers = (Permission.WORKBOOK_IMPORT,)
    add(app, AdminPage(55, "导入年度工作簿", "检查、预览、整体导入", "workbook.import_index", importers))
