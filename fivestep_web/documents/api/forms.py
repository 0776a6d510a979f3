"""Shape of a token to be drawn up."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from fivestep_web.core import clock
from fivestep_web.core.forms import BaseForm, BoxesField, choices, id_or_none, to_choose
from fivestep_web.documents import requests
from fivestep_web.documents.api import policy, queries
from fivestep_web.documents.api.models import LONGEST_NAME
from fivestep_web.documents.api.rules import LONGEST_LIFE, TokenAct
from fivestep_web.documents.api.services import TokenWish, today
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.org.forms import trimmed
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import list_years


class TokenForm(BaseForm):
    """What a token may reach, until when, and who answers for it."""

    name = StringField(
        _l("名称"),
        [DataRequired(_l("请输入名称")), Length(max=LONGEST_NAME, message=_l("名称最长 100 个字"))],
        filters=[trimmed],
        description=_l("写明给哪个系统用，例如 人事管理系统"),
    )
    owner_id = SelectField(
        _l("负责人"),
        [InputRequired(_l("请选择负责人"))],
        coerce=id_or_none,
        description=_l("令牌由负责人本人领取；能看到的文档不超过负责人当时能看到的"),
    )
    acts = BoxesField(
        _l("用途"),
        [InputRequired(_l("请至少选择一项用途"))],
        choices=choices((act.value, act.label) for act in TokenAct),
    )
    kinds = BoxesField(
        _l("文档种类"),
        [InputRequired(_l("请至少选择一种文档"))],
        description=_l("诫勉文档、测评票和计票表、个人考核结果通知不通过接口提供"),
    )
    year = SelectField(_l("年度"), [Optional()], coerce=id_or_none)
    unit_id = SelectField(_l("单位"), [Optional()], coerce=id_or_none)
    expires_on = DateField(
        _l("有效期至"), [InputRequired(_l("请选择日期"))], description=_l("最长一年，到期须重新签发")
    )

    def offer(self) -> "TokenForm":
        """Fill the lists; the longest life stands there before anything is typed. Returns itself."""
        kinds = [kind for kind in requests.available_kinds() if policy.is_offered(kind)]
        self.owner_id.choices = to_choose(queries.list_owners(clock.today()))
        self.kinds.choices = choices((kind.value, kind.label) for kind in kinds)
        self.year.choices = choices([("", _l("全部年度")), *((year, year) for year in list_years())])
        self.unit_id.choices = choices([("", _l("全部单位")), *unit_choices()])
        if not self.is_submitted():
            self.acts.data = [act.value for act in TokenAct]
            self.expires_on.data = today() + LONGEST_LIFE - timedelta(days=1)
        return self

    @property
    def wish(self) -> TokenWish:
        """Return what was chosen."""
        return TokenWish(
            name=self.name.data,
            owner_id=self.owner_id.data,
            acts=[TokenAct(act) for act in self.acts.data],
            kinds=[DocumentKind(kind) for kind in self.kinds.data],
            year=self.year.data,
            unit_id=self.unit_id.data,
            expires_on=self.expires_on.data,
        )
