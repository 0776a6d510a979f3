"""Shape of what is typed about keys, PINs and marks."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, PasswordField, TextAreaField
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from fivestep_web.core.forms import BaseForm

LONGEST = 1024
OWN = {"autocomplete": "off", "spellcheck": "false"}
NEW = {"autocomplete": "new-password", "spellcheck": "false"}


def pin_field(label: str, missing: str, **more: object) -> PasswordField:
    """Return the field of the own PIN."""
    return PasswordField(label, [InputRequired(missing), Length(max=LONGEST)], render_kw=OWN, **more)


def new_pin_field(label: str, missing: str) -> PasswordField:
    """Return the field of a PIN to be set."""
    return PasswordField(
        label,
        [InputRequired(missing), Length(max=LONGEST)],
        description=_l(
            "8 至 64 个字符，数字、字母混用更安全；不要用生日、手机号、登录密码。系统不保存 PIN，请牢记"
        ),
        render_kw=NEW,
    )


class NewPinForm(BaseForm):
    """A PIN, twice."""

    pin = new_pin_field(_l("签名 PIN"), _l("请输入签名 PIN"))
    again = PasswordField(
        _l("再输一遍 PIN"),
        [InputRequired(_l("请再输一遍 PIN")), EqualTo("pin", _l("两次输入的 PIN 不一样，请重新输入"))],
        render_kw=NEW,
    )


class FirstKeyForm(NewPinForm):
    """The first key, and where to go back to."""

    next = HiddenField()


class ChangePinForm(NewPinForm):
    """The old PIN and the new one."""

    pin = new_pin_field(_l("新 PIN"), _l("请输入新 PIN"))
    old = pin_field(_l("原 PIN"), _l("请输入原 PIN"))


class RenewForm(NewPinForm):
    """Another key, for a lost or known PIN."""

    end_old = BooleanField(
        _l("PIN 可能已被他人知道，立即停用现在的密钥"),
        [Optional()],
        description=_l("停用后，到新密钥启用之前不能签署"),
    )


class ApproveForm(BaseForm):
    """Vouching for another's key with the own PIN."""

    is_compared = BooleanField(
        _l("已当面核对本人，并核对密钥指纹与其纸质使用约定书一致"),
        [InputRequired(_l("请先当面核对本人和密钥指纹，再勾选"))],
    )
    pin = pin_field(_l("您的签名 PIN"), _l("请输入您的签名 PIN"))


class RefuseForm(BaseForm):
    """Why a key is not vouched for."""

    reason = TextAreaField(
        _l("理由"),
        [InputRequired(_l("请写明理由")), Length(max=2000, message=_l("理由最多 2000 字，请精简"))],
        render_kw={"rows": 2},
    )


class MarkForm(BaseForm):
    """A mark drawn on the page, or an image file."""

    drawn = HiddenField()
    picture = FileField(
        _l("图片"),
        [Optional()],
        description=_l("PNG 或 JPEG，2 MB 以内；用深色笔签在白纸上，拍正、拍清楚即可，系统自动裁去空白"),
        render_kw={"accept": "image/png,image/jpeg"},
    )
