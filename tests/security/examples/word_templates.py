"""Examples of Word templates: uploaded, put to use, looked at."""

from io import BytesIO

from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import acting
from tests.factories.word_templates import BOOK, reworded, uploaded
from tests.security.example import Example


def template_create():
    file = (BytesIO(reworded(BOOK)), "任务书模板.docx")
    return Example(
        user_with_role(Role.HRO), {"kind_name": BOOK.value}, {"file": file, "note": "增加及时报告"}
    )


def checked():
    """Have a version uploaded; return who did it and where it is."""
    user = user_with_role(Role.HRO)
    number = uploaded(acting(user, clock.today()), BOOK, reworded(BOOK))
    return user, {"kind_name": BOOK.value, "number": number}


def template_use():
    user, values = checked()
    return Example(user, values, {"note": "部务会同意"})


def of_version():
    return Example(*checked())


def of_kind():
    return Example(user_with_role(Role.OFC), {"kind_name": BOOK.value})


UNSAFE = {"templates.template_create": template_create, "templates.template_use": template_use}
PAGES = {
    "templates.template_kind": of_kind,
    "templates.template_fields": of_kind,
    "templates.template_show": of_version,
    "templates.template_download": of_version,
    "templates.template_preview": of_version,
}
