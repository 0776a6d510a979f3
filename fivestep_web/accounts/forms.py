"""Shape of what is typed at the door."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from fivestep_web.core.forms import BaseForm


class LoginForm(BaseForm):
    """Sign-in name and password."""

    username = StringField(
        _l("登录名"),
        [InputRequired(_l("请输入登录名")), Length(max=60)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = PasswordField(
        _l("密码"),
        [InputRequired(_l("请输入密码")), Length(max=1024)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(BaseForm):
    """The old password and the new one twice."""

    old = PasswordField(
        _l("原密码"), [InputRequired(_l("请输入原密码"))], render_kw={"autocomplete": "current-password"}
    )
    new = PasswordField(
        _l("新密码"),
        [InputRequired(_l("请输入新密码"))],
        description=_l("至少 8 个字符，可以是一句好记的话，可以粘贴"),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("再输一遍新密码"),
        [InputRequired(_l("请再输一遍新密码")), EqualTo("new", _l("两次输入的新密码不一样，请重新输入"))],
        render_kw={"autocomplete": "new-password"},
    )
