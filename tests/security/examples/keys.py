"""Examples of keys and marks: made, re-sealed, asked for, vouched for, refused, withdrawn; drawn, removed."""

import base64
import io

from PIL import Image, ImageDraw

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.keys import images, marks, rules, services
from fivestep_web.keys.models import MarkSource
from tests.factories.accounts import user_with_role
from tests.factories.keys import PIN, actor_of, make_key
from tests.security.example import Example

NEW_PIN = "夏种冬藏2027"


def picture() -> bytes:
    """Return a PNG with a few strokes."""
    image = Image.new("RGB", (400, 160), "white")
    ImageDraw.Draw(image).line([(40, 120), (120, 30), (200, 120), (300, 40)], fill="black", width=6)
    stored = io.BytesIO()
    image.save(stored, "PNG")
    return stored.getvalue()


def keyless():
    return Example(user_with_role(Role.STF), data={"pin": PIN, "again": PIN, "next": ""})


def with_key():
    user = user_with_role(Role.STF)
    make_key(user)
    return user


def pin_change():
    return Example(with_key(), data={"old": PIN, "pin": NEW_PIN, "again": NEW_PIN})


def renewal():
    return Example(with_key(), data={"pin": NEW_PIN, "again": NEW_PIN})


def requested():
    """Return the key somebody with a first key asked for, and whose it is."""
    user = with_key()
    new = rules.make_key(NEW_PIN, rules.LIGHT_COSTS)
    with unit_of_work():
        key = services.ask_for_key(actor_of(user), new, end_old=False)
    return key, user


def withdrawal():
    _key, user = requested()
    return Example(user)


def approval():
    key, _owner = requested()
    officer = user_with_role(Role.HRO)
    make_key(officer)
    data = {"pin": PIN, "is_compared": "y"}
    return Example(officer, {"key_id": key.id}, data)


def refusal():
    key, _owner = requested()
    return Example(user_with_role(Role.HRO), {"key_id": key.id}, {"reason": "不是本人"})


def decision_page():
    key, _owner = requested()
    return Example(user_with_role(Role.HRO), {"key_id": key.id})


def mark():
    drawn = "data:image/png;base64," + base64.b64encode(picture()).decode()
    return Example(user_with_role(Role.STF), data={"drawn": drawn})


def mark_removal():
    user = user_with_role(Role.STF)
    with unit_of_work():
        marks.set_mark(actor_of(user), images.clean_mark(picture()), MarkSource.UPLOAD)
    return Example(user)


UNSAFE = {
    "keys.key_create": keyless,
    "keys.pin_update": pin_change,
    "keys.key_renew": renewal,
    "keys.key_withdraw": withdrawal,
    "keys.mark_update": mark,
    "keys.mark_remove": mark_removal,
    "key_approvals.key_approve": approval,
    "key_approvals.key_refuse": refusal,
}
PAGES = {"key_approvals.key_decide": decision_page}
