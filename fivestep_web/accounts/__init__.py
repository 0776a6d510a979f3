from flask import Flask

from fivestep_web.core.permissions import Permission


def init_app(app: Flask) -> None:
    """Register sign-in, sessions, the account pages and the administration of people and accounts."""
    from fivestep_web.accounts import admin_views, identity, people_views, sessions, views
    from fivestep_web.core.admin_menu import AdminPage, add

    app.session_interface = sessions.DatabaseSessions()
    identity.init_app(app)
    for module in (views, people_views, admin_views):
        app.register_blueprint(module.blueprint)
    managers, keepers = (Permission.ORG_MANAGE,), (Permission.ACCOUNT_MANAGE,)
    add(app, AdminPage(20, "人员", "任职、免职、角色", "people.person_index", managers))
    add(app, AdminPage(30, "角色", "每个角色由谁担任", "people.role_index", managers))
    add(app, AdminPage(40, "账号", "初始密码、停用、退出登录", "account_admin.account_index", keepers))
