"""The written notice of the own result, and the person's opinion of it, signed or recorded (N3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask_babel import gettext as _

from fivestep_web.assessment import notices
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.grades import policy, standing
from fivestep_web.assessment.grades.models import ResultNotice, ResultOpinion
from fivestep_web.assessment.grades.rules import Stance, Way
from fivestep_web.assessment.grades.standing import Candidate, Year
from fivestep_web.assessment.publicity import deadlines
from fivestep_web.audit import services as audit
from fivestep_web.audit.facts import ROW, facts_of
from fivestep_web.audit.rules import canonical, plain, sha256_of
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents import services as documents
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.extensions import db
from fivestep_web.keys.entry import OpenKey, settle

FORMAT = "fivestep-opinion-1"
# what of the document the page shows and the signature covers
TOLD = (
    "recipient",
    "unit_and_position",
    "unit",
    "series",
    "unit_count",
    "total_score",
    "rank",
    "own_score",
    "personal_score",
    "figure_note",
    "goals",
    "completed_count",
)
HIDDEN_NOTICE = ("content", "sha256")
HIDDEN_OPINION = ("stance", "text", "signed_bytes", "value")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of the own result."""

    stance: Stance
    text: str = ""


def give(actor: Actor, cycle: AssessmentCycle, person_ids: Collection[int], given_on: date) -> int:
    """Give the notices of decided grades that were not given yet, to *person_ids*; return how many.

    Their Word files are made; the days to ask for a review run from *given_on*. Whom an open objection is
    about waits for the answer (N8).
    """
    if not actor.may(Permission.GRADE_PREPARE) or actor.person_id is None:
        raise NotAllowed(_("通知由人事或常务副部长送达。"))
    known = standing.read(cycle.year)
    untold = [
        item
        for item in known.candidates
        if item.person_id in person_ids and is_untold(item) and policy.can_prepare(actor, item.person_id)
    ]
    waiting = [item for item in untold if not is_held(known, item)]
    if not waiting:
        raise Conflict(_why_none(untold))
    _demand_day(waiting, given_on)
    requests = {request.person_id: request for request in notices.notice_payloads(cycle.year)}
    ask_by = deadlines.read().ask_by(given_on)
    for item in waiting:
        _store(actor, item, requests.get(item.person_id), given_on, ask_by)
    ids = {item.person_id for item in waiting}
    final = [item for item in notices.notice_payloads(cycle.year) if item.person_id in ids]
    documents.request_documents(actor, cycle.year, final, _("个人考核结果通知"))
    return len(waiting)


def is_untold(candidate: Candidate) -> bool:
    """Say whether a decided grade has not been told yet; a correction under way is told once decided."""
    return candidate.decided is not None and candidate.notice is None


def is_held(known: Year, candidate: Candidate) -> bool:
    """Say whether a notice waits for the answer to an open objection about the person (N8)."""
    return candidate.person_id in known.objected


def _why_none(held: Sequence[Candidate]) -> str:
    if not held:
        return str(_("没有需要送达的通知，可能刚刚送达，请刷新。"))
    names = "、".join(item.name for item in held)
    return str(_("关于%(names)s的异议或复核申请还没有答复，答复以后再送达通知。", names=names))


def _demand_day(waiting: list[Candidate], given_on: date) -> None:
    if given_on > clock.today():
        raise FieldError("given_on", _("送达日期不能晚于今天。"))
    for item in waiting:
        grade = item.decided
        if grade is not None and grade.decided_on is not None and given_on < grade.decided_on:
            raise FieldError(
                "given_on",
                _("%(name)s的等次%(day)s才确定，送达日期不能更早。", name=item.name, day=grade.decided_on),
            )


def _store(
    actor: Actor, candidate: Candidate, request: DocumentRequest | None, given_on: date, ask_by: date
) -> None:
    grade = candidate.decided
    if grade is None:
        return
    payload = request.payload if request else notices.empty_facts(candidate.score)
    content: dict[str, Any] = {name: payload[name] for name in TOLD}
    content |= {
        "grade": grade.label,
        "remarks": grade.remarks,
        "reason": grade.reason,
        "given_on": given_on.isoformat(),
        "ask_by": ask_by.isoformat(),
    }
    notice = ResultNotice(
        grade_id=grade.id,
        year=grade.year,
        person_id=grade.person_id,
        content=content,
        sha256=sha256_of(content),
        given_on=given_on,
        ask_by=ask_by,
        given_by_id=actor.person_id or 0,
    )
    db.session.add(notice)
    db.session.flush()
    row = facts_of(notice, keyed=HIDDEN_NOTICE)
    audit.record(actor, "result_notice.given", f"result_notice:{notice.id}", **{ROW: row})


def sign(
    actor: Actor, notice: ResultNotice, opened: OpenKey, said: Said, *, shown: str, address: str
) -> None:
    """Record the actor's opinion of the own notice, signed with the own key over the text shown (S1).

    Raises NotAllowed for another's notice, Conflict for one that was answered or is no longer the one shown.
    """
    if actor.person_id != notice.person_id or not actor.may(Permission.OWN_RESULT):
        raise NotAllowed(_("只有本人可以签署意见。"))
    _demand_open(notice)
    if shown != notice.sha256:
        raise Conflict(_("通知内容在您打开之后有变化，没有签署。请重新阅读后再签。"))
    _demand_reason(said)
    key = settle(actor, opened)
    opinion = ResultOpinion(
        notice_id=notice.id,
        stance=said.stance,
        text=cast("str", plain(said.text)),
        way=Way.KEY,
        dated_on=clock.today(),
        witness="",
        entered_by_id=actor.person_id or 0,
        entered_at=clock.now(),
        key_id=key.id,
    )
    opinion.signed_bytes = canonical(
        statement(notice, opinion, public_key=opened.public_key, algorithm=opened.algorithm, address=address)
    )
    opinion.value = opened.sign(opinion.signed_bytes)
    db.session.add(opinion)
    db.session.flush()
    audit.record(actor, "opinion.signed", f"opinion:{opinion.id}", **_row(opinion))


def statement(
    notice: ResultNotice, opinion: ResultOpinion, *, public_key: str, algorithm: str, address: str
) -> dict[str, Any]:
    """Return what the signature of an opinion says; its canonical spelling is what is signed."""
    return {
        "format": FORMAT,
        "algorithm": algorithm,
        "public_key": public_key,
        "key": opinion.key_id,
        "notice": notice.id,
        "notice_sha256": notice.sha256,
        "year": notice.year,
        "person": notice.person_id,
        "stance": opinion.stance,
        "text": opinion.text,
        "signed_at": opinion.entered_at,
        "address": address,
    }


def record_paper(actor: Actor, notice: ResultNotice, said: Said, dated_on: date, witness: str) -> None:
    """Record an opinion signed on paper, or that the person refused, with the day and a witness."""
    if not policy.can_prepare(actor, notice.person_id):
        raise NotAllowed(_("纸质意见由人事或常务副部长登记，本人的由他人登记。"))
    _demand_open(notice)
    _demand_reason(said)
    if not notice.given_on <= dated_on <= clock.today():
        raise FieldError("dated_on", _("日期应在送达之后、今天以前。"))
    opinion = ResultOpinion(
        notice_id=notice.id,
        stance=said.stance,
        text=said.text,
        way=Way.PAPER,
        dated_on=dated_on,
        witness=witness,
        entered_by_id=actor.person_id or 0,
        entered_at=clock.now(),
    )
    db.session.add(opinion)
    db.session.flush()
    audit.record(actor, "opinion.recorded", f"opinion:{opinion.id}", **_row(opinion))


def _demand_open(notice: ResultNotice) -> None:
    if notice.opinion is not None:
        raise Conflict(_("这份通知已经有本人意见，不能再改。"))


def _demand_reason(said: Said) -> None:
    if said.stance is Stance.DISAGREE and not said.text:
        raise FieldError("text", _("不同意的，请写明意见。"))


def _row(opinion: ResultOpinion) -> dict[str, object]:
    return {ROW: facts_of(opinion, keyed=HIDDEN_OPINION)}
