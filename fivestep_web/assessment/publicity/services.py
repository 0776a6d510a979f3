"""Commands that prepare, post, end and stop publicities (domain.md 5.8)."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.publicity import lists, notices, policy, queries, rules
from fivestep_web.assessment.publicity.models import Publicity
from fivestep_web.assessment.publicity.rules import PublicityState, Subject
from fivestep_web.assessment.scoring import score_year
from fivestep_web.audit import services as audit
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import SYSTEM, Actor, Permission
from fivestep_web.extensions import db

# from which state of the year's assessment on a list may be posted; results go with the step itself
POSTABLE = {
    Subject.EXCELLENT: (
        CycleState.REVIEWED,
        CycleState.PUBLICIZING,
        CycleState.CONFIRMED,
        CycleState.FILED,
    ),
    Subject.COMMENDATION: (CycleState.CONFIRMED, CycleState.FILED),
}
DONE = (PublicityState.RUNNING, PublicityState.ENDED)
# whom the department adds after a list ended is publicized on a further one, without those of the first
REPEATED = dict.fromkeys((Subject.EXCELLENT, Subject.COMMENDATION), (PublicityState.RUNNING,))
Posted = Callable[[Actor, Publicity], None]
_posted: dict[Subject, Posted] = {}


def on_posted(subject: Subject, callback: Posted) -> None:
    """Call *callback* whenever a list of *subject* is posted, in the same unit of work."""
    _posted[subject] = callback


@dataclass(frozen=True, slots=True)
class Terms:
    """What a publicity says beside its list."""

    workdays: int
    basis: str
    receiver: str
    address: str
    telephone: str


def schedule(actor: Actor, cycle: AssessmentCycle, subject: Subject, terms: Terms) -> Publicity:
    """Prepare a publicity, or change the one that waits to be posted."""
    if not actor.may(Permission.CYCLE_PREPARE) or actor.person_id is None:
        raise NotAllowed(_("公示由办公室、人事或常务副部长安排。"))
    if queries.find_publicity(cycle.year, subject, *REPEATED.get(subject, DONE)):
        raise Conflict(_("%(subject)s已经公示，不能再改。", subject=subject.label))
    if terms.workdays < rules.LEAST_WORKDAYS:
        raise FieldError("workdays", _("公示不少于%(days)s个工作日。", days=rules.LEAST_WORKDAYS))
    publicity = queries.find_publicity(cycle.year, subject, PublicityState.SCHEDULED)
    if publicity is None:
        publicity = Publicity(year=cycle.year, subject=subject, state=PublicityState.SCHEDULED)
        db.session.add(publicity)
    for name in Terms.__slots__:
        setattr(publicity, name, getattr(terms, name))
    publicity.prepared_by_id = actor.person_id
    db.session.flush()
    audit.record(
        actor,
        "publicity.scheduled",
        f"publicity:{publicity.id}",
        kind=subject.value,
        year=cycle.year,
        workdays=terms.workdays,
    )
    return publicity


def post(actor: Actor, cycle: AssessmentCycle, publicity: Publicity) -> None:
    """Post a prepared list: it is frozen, its period begins the day after, its notice (C18) is made."""
    if not policy.can_post(actor, publicity):
        raise NotAllowed(_("公示由部长批准；考核结果随“开始公示”一并公示。"))
    if cycle.state not in POSTABLE[publicity.subject]:
        states = "”或“".join(state.label for state in POSTABLE[publicity.subject])
        raise Conflict(_("考核进入“%(states)s”以后才能公示。", states=states))
    if publicity.subject is Subject.COMMENDATION:
        gaps = lists.commendation_gaps(cycle.year)
        if gaps:
            raise Conflict(gaps[0].sentence)
    start(actor, publicity)


def start(actor: Actor, publicity: Publicity) -> None:
    """Let a prepared publicity run from today; raises Conflict where nobody stands on the list."""
    publicity.lines = lists.DRAWN_UP[publicity.subject](score_year(publicity.year))
    if not publicity.lines:
        raise Conflict(_("名单上没有人，不能公示。"))
    publicity.state = PublicityState.RUNNING
    publicity.posted_on = clock.today()
    publicity.posted_by_id = actor.person_id
    db.session.flush()
    lines = [f"{line.name} {line.outcome}" for line in publicity.lines]
    audit.record(
        actor,
        "publicity.posted",
        f"publicity:{publicity.id}",
        kind=publicity.subject.value,
        year=publicity.year,
        last_day=queries.last_day(publicity),
        lines=lines,
    )
    notices.request(actor, publicity)
    if publicity.subject in _posted:
        _posted[publicity.subject](actor, publicity)


def end_due(year: int | None = None) -> None:
    """End every running publicity whose last day is over and to which no objection is open."""
    for publicity in queries.list_running(year):
        if is_due(publicity):
            _finish(SYSTEM, publicity, PublicityState.ENDED)


def is_over(publicity: Publicity) -> bool:
    """Say whether the last day of a running publicity is over."""
    ends_on = queries.last_day(publicity)
    return ends_on is not None and clock.today() > ends_on


def is_due(publicity: Publicity) -> bool:
    """Say whether a running publicity may end today."""
    ends_on = queries.last_day(publicity)
    return ends_on is not None and rules.can_end(clock.today(), ends_on, queries.count_open(publicity))


def stop(actor: Actor, publicity: Publicity) -> None:
    """Stop a publicity whose list is worked out anew."""
    _finish(actor, publicity, PublicityState.STOPPED)


def _finish(actor: Actor, publicity: Publicity, state: PublicityState) -> None:
    publicity.state = state
    publicity.ended_on = clock.today()
    db.session.flush()
    audit.record(
        actor,
        "publicity.ended" if state is PublicityState.ENDED else "publicity.stopped",
        f"publicity:{publicity.id}",
        kind=publicity.subject.value,
        year=publicity.year,
    )
