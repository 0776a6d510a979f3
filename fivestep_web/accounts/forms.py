"""Shape of what is typed at the door and about people, posts and accounts."""

from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, BoxesField, choices, id_or_none, to_choose
from fivestep_web.core.permissions import ROLE_LABELS, Role
from fivestep_web.org import queries
from fivestep_web.org.forms import MAX_CODE, MAX_NAME, trimmed
from fivestep_web.org.labels import ESTABLISHMENT_LABELS
from fivestep_web.org.models import Establishment


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
        _l("原密码"),
        [InputRequired(_l("请输入原密码")), Length(max=1024)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("新密码"),
        [InputRequired(_l("请输入新密码")), Length(max=1024)],
        description=_l("至少 8 个字符，可以是一句好记的话，可以粘贴"),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("再输一遍新密码"),
        [InputRequired(_l("请再输一遍新密码")), EqualTo("new", _l("两次输入的新密码不一样，请重新输入"))],
        render_kw={"autocomplete": "new-password"},
    )


class PersonForm(BaseForm):
    """A comrade's name and telephone."""

    name = StringField(_l("姓名"), [DataRequired(_l("请输入姓名")), Length(max=MAX_NAME)], filters=[trimmed])
    phone = StringField(_l("手机"), [Optional(), Length(max=40)], filters=[trimmed])
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])


def _roles(label: LazyString) -> BoxesField:
    return BoxesField(
        label,
        [InputRequired(_l("请至少选择一个角色，没有角色的同志登录后什么也看不到"))],
        choices=choices((role.value, label) for role, label in ROLE_LABELS.items()),
        coerce=Role,
    )


class PostForm(BaseForm):
    """A post held from a day on, with its roles."""

    unit_id = SelectField(_l("单位"), [InputRequired(_l("请选择单位"))], coerce=id_or_none)
    title = StringField(
        _l("职务"),
        [DataRequired(_l("请输入职务")), Length(max=MAX_NAME)],
        filters=[trimmed],
        description=_l("例如 科长、组织委员"),
    )
    establishment = SelectField(
        _l("编制"),
        [Optional()],
        choices=choices(
            [("", _l("不填")), *((kind.value, label) for kind, label in ESTABLISHMENT_LABELS.items())]
        ),
    )
    roles = _roles(_l("角色"))
    from_day = DateField(_l("从哪天起任职"), [InputRequired(_l("请选择日期"))])

    def offer(self) -> "PostForm":
        """Fill the list of units."""
        self.unit_id.choices = to_choose((unit.id, unit.name) for unit in queries.list_units())
        return self

    @property
    def chosen_establishment(self) -> Establishment | None:
        return Establishment(self.establishment.data) if self.establishment.data else None


class NewPersonForm(PostForm, PersonForm):
    """A comrade who was not there before, with the first post and the sign-in name."""

    code = StringField(
        _l("工号"),
        [DataRequired(_l("请输入工号")), Length(max=MAX_CODE)],
        filters=[trimmed],
        description=_l("导入年度工作簿时用它对应人员，以后不能改"),
    )
    username = StringField(
        _l("登录名"), [Optional(), Length(max=60)], filters=[trimmed], description=_l("不填则与工号相同")
    )


class RolesForm(BaseForm):
    """Other roles for a post held."""

    roles = _roles(_l("从今天起的角色"))


class EndForm(BaseForm):
    """The last day of a post."""

    last_day = DateField(_l("任职到哪天止"), [InputRequired(_l("请选择日期"))])


class AccountForm(BaseForm):
    """A sign-in name for someone without an account."""

    username = StringField(
        _l("登录名"), [DataRequired(_l("请输入登录名")), Length(max=60)], filters=[trimmed]
    )


class HandOutForm(BaseForm):
    """Whose initial passwords are made: the chosen accounts, or all that never had a password."""

    scope = HiddenField()
    accounts = SelectMultipleField(coerce=int, validate_choice=False)


def post_form(today: date) -> PostForm:
    """Return an empty form for a post from *today* on."""
    return PostForm(formdata=None, data={"from_day": today}).offer()
