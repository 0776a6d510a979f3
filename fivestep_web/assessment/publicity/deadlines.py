"""The deadlines of objections in force in this instance (N8)."""

from dataclasses import asdict, fields

from flask_babel import gettext as _

from fivestep_web.assessment.publicity.rules import Deadlines
from fivestep_web.audit import services as audit
from fivestep_web.core import settings
from fivestep_web.core.errors import NotAllowed
from fivestep_web.core.permissions import Actor, Permission

PREFIX = "objection_days_"


def read() -> Deadlines:
    """Return the deadlines in force: those of N8 unless others were set."""
    stored = {field.name: settings.find(PREFIX + field.name) for field in fields(Deadlines)}
    return Deadlines(**{name: int(value) for name, value in stored.items() if value is not None})


def change(actor: Actor, wanted: Deadlines) -> None:
    """Set the deadlines for objections received and answered from now on."""
    if not actor.may(Permission.CYCLE_APPROVE):
        raise NotAllowed(_("异议的期限由部长定。"))
    before = asdict(read())
    after = asdict(wanted)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    for name in changed:
        settings.put(PREFIX + name, str(after[name]))
    if changed:
        audit.record(actor, "setting.changed", "setting:objection", changed=changed)
