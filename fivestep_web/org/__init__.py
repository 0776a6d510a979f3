from flask import Flask

from fivestep_web.core.permissions import Permission


def init_app(app: Flask) -> None:
    """Register the pages of the organization, its calendar and the years."""
    from fivestep_web.core.admin_menu import AdminPage, add
    from fivestep_web.org import calendar_views, models, moved_views, unit_views, year_views  # noqa: F401
    from fivestep_web.org.views import blueprint

    app.register_blueprint(blueprint)
    add(
        app, AdminPage(10, "单位", "名称、类别、负责人、主管领导", "org.unit_index", (Permission.ORG_MANAGE,))
    )
    add(
        app,
        AdminPage(
            50,
            "年度",
            "各年度的设置和步骤开启情况",
            "org.year_index",
            (Permission.YEAR_MANAGE, Permission.STEP_TWO_OPEN),
        ),
    )
    add(
        app,
        AdminPage(60, "工作日历", "节假日和调休上班日", "org.calendar_show", (Permission.CALENDAR_EDIT,)),
    )
    add(
        app,
        AdminPage(
            61, "日期调整", "工作日历变动引起的日期调整", "org.moved_index", (Permission.MOVED_DATE_DECIDE,)
        ),
    )
