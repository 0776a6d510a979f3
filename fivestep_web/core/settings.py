"""Facts about the whole instance, one row each: the county's name, whether it is a demo."""

from flask import g
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from fivestep_web.core.database import Base
from fivestep_web.extensions import db

DEFAULTS = {
    "county": "本县",
    "agency_code_decision": "组发",
    "agency_code_bulletin": "组通",
    "agency_code_report": "组字",
    "letter_qr": "yes",
}


class InstanceSetting(Base):
    """One named fact of the instance."""

    __tablename__ = "instance_setting"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str]


def find(name: str) -> str | None:
    """Return the stored value, else its default, else None. All are read once per request."""
    if "instance_settings" not in g:
        rows = db.session.execute(select(InstanceSetting.name, InstanceSetting.value))
        g.instance_settings = {row.name: row.value for row in rows}
    stored: dict[str, str] = g.instance_settings
    return stored.get(name, DEFAULTS.get(name))


def get(name: str) -> str:
    """Return the stored value or its default; KeyError when there is neither."""
    value = find(name)
    if value is None:
        raise KeyError(name)
    return value


def put(name: str, value: str) -> None:
    """Store *value* under *name* in the running unit of work."""
    g.pop("instance_settings", None)
    g.pop("rehearsal", None)
    row = db.session.get(InstanceSetting, name)
    if row is None:
        db.session.add(InstanceSetting(name=name, value=value))
    else:
        row.value = value


def is_demo() -> bool:
    """Say whether this instance holds the demo county (示例数据)."""
    return find("rehearsal_date") is not None


def department_name() -> str:
    """Return 中共青禾县委组织部."""
    return f"中共{get('county')}委组织部"
