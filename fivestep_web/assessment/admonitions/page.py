"""What the page of an admonition's contents shows: the form of each turn, filled with what is known."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fivestep_web.assessment.admonitions import forms, policy, queries, rules
from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.policy import Access, Turn
from fivestep_web.assessment.admonitions.rules import Source
from fivestep_web.assessment.admonitions.services import Record
from fivestep_web.core import clock
from fivestep_web.core.forms import BaseForm, to_choose
from fivestep_web.core.permissions import Actor
from fivestep_web.org.queries import unit_names_on

FORMS: Final[Mapping[Turn, type[BaseForm]]] = {
    Turn.PROPOSE: forms.ProposeForm,
    Turn.DECIDE: forms.DecideForm,
    Turn.NOTIFY: forms.NotifyForm,
    Turn.RECORD: forms.RecordForm,
    Turn.SIGN: forms.SignForm,
    Turn.RECTIFY: forms.RectifyForm,
    Turn.FOLLOW_UP: forms.FollowUpForm,
    Turn.CONCLUDE: forms.ConcludeForm,
}
VERBS: Final = {
    Turn.PROPOSE: _l("提出诫勉建议"),
    Turn.DECIDE: _l("审批"),
    Turn.NOTIFY: _l("编号并送达通知书"),
    Turn.RECORD: _l("保存谈话记录"),
    Turn.SIGN: _l("登记双方签字"),
    Turn.RECTIFY: _l("转入整改期"),
    Turn.FOLLOW_UP: _l("保存回访评估"),
    Turn.CONCLUDE: _l("审定回访结论"),
}
HINTS: Final = {
    Turn.PROPOSE: _l("提出后由部长审批；提出人不能审批。"),
    Turn.DECIDE: _l("同意的，由干部监督编号、送达通知书；不同意的，保留在建议名单上，不再通知。"),
    Turn.NOTIFY: _l("按顺序编诫勉号，生成通知书；本人登录后即可看到并签收。"),
    Turn.RECORD: _l("保存后生成记录表（草稿），打印后双方签字；签字以前可以修改。"),
    Turn.SIGN: _l("双方签字后记录定稿，从谈话之日起六个月为影响期。"),
    Turn.RECTIFY: _l("收到本人书面检查和整改措施后办理。"),
    Turn.FOLLOW_UP: _l("谈话满六个月后回访，结论报部长审定。"),
    Turn.CONCLUDE: _l("认定已改正的期满结束；没有改正的另行处理。"),
}


def form_of(actor: Actor, turn: Turn, case: Admonition, *, is_sent: bool = False) -> BaseForm:
    """Return the form of a turn: as sent, or filled with what is known."""
    made = FORMS[turn]() if is_sent else FORMS[turn](formdata=None, data=_known(actor, turn, case))
    people = queries.people_for(case, clock.today()) if turn in {Turn.NOTIFY, Turn.RECORD} else None
    if people is not None and "talker_id" in made:
        made["talker_id"].choices = to_choose(people.talkers)
    if people is not None and "recorder_id" in made:
        made["recorder_id"].choices = to_choose(people.recorders)
    return made


def _known(actor: Actor, turn: Turn, case: Admonition) -> dict[str, Any]:
    today = clock.today()
    if turn is Turn.PROPOSE:
        return _proposal(case, today)
    if turn is Turn.DECIDE:
        return {"authority": actor.position, "decided_on": today}
    if turn is Turn.RECORD:
        return _record(case)
    if turn is Turn.SIGN and case.talk is not None:
        return {"person_signed_on": case.talk.talked_on, "talker_signed_on": case.talk.talked_on}
    return {"visited_on": today} if turn is Turn.FOLLOW_UP else {}


def _proposal(case: Admonition, today: date) -> dict[str, Any]:
    findings = ""
    if case.source is Source.RESULTS:
        unit = unit_names_on(today).get(case.unit_id, "")
        findings = f"你负责的{unit}{case.reason}"
    return {
        "findings": findings,
        "period_start": date(case.year, 1, 1),
        "period_end": max(date(case.year, 1, 1), min(date(case.year, 12, 31), today)),
    }


def _record(case: Admonition) -> dict[str, Any]:
    if case.talk is not None:
        return {part.name: getattr(case.talk, part.name) for part in fields(Record)}
    if case.notice is None or case.proposal is None:
        return {}
    return {
        "talked_on": case.notice.talk_on,
        "starts_at": case.notice.talk_at,
        "place": case.notice.place,
        "talker_id": case.notice.talker_id,
        "reason": case.proposal.findings,
    }


def summary(actor: Actor, case: Admonition) -> dict[str, Any]:
    """Return what the cover of a case shows: no contents."""
    access = policy.access_of(actor, case)
    turns = policy.turns(actor, case, clock.today())
    return {
        "case": case,
        "is_subject": access is Access.SUBJECT,
        "states": [state.label for state in rules.path_of(case.state)],
        "verb": VERBS[turns[0]] if turns else "",
        "waits_for": waits_for(case),
    }


def contents(actor: Actor, case: Admonition, sent: Mapping[str, BaseForm]) -> dict[str, Any]:
    """Return all that the reader is given of a case, with the forms of what the reader can do now.

    *sent* are forms that are to be mended, by the name of their turn, `receive` for the receipt.
    """
    reads_all = policy.access_of(actor, case) is Access.ALL
    receipt = receipt_form(actor, case) if policy.can_receive(actor, case) else None
    return {
        **summary(actor, case),
        "sheets": [
            (turn.value, sent.get(turn.value) or form_of(actor, turn, case), VERBS[turn], HINTS[turn])
            for turn in policy.turns(actor, case, clock.today())
        ],
        "receipt": sent.get("receive", receipt),
        "files": queries.list_files(actor, case),
        "readings": queries.list_readings(case.id) if reads_all else None,
    }


def receipt_form(actor: Actor, case: Admonition, *, is_sent: bool = False) -> BaseForm:
    """Return the form by which the actor notes the receipt: the person signs, the supervisors give a day."""
    if policy.is_subject(actor, case):
        return BaseForm() if is_sent else BaseForm(formdata=None)
    if is_sent:
        return forms.PaperReceiptForm()
    return forms.PaperReceiptForm(formdata=None, data={"received_on": clock.today()})


def waits_for(case: Admonition) -> str:
    """Return in one sentence whom or what a case waits for."""
    state = rules.AdmonitionState
    if case.state is state.NOTIFIED and case.notice is not None and case.talk is None:
        return str(_("定于%(day)s谈话，谈话后由干部监督记录", day=f"{case.notice.talk_on:%Y-%m-%d}"))
    if case.state is state.RECTIFYING and case.talk is not None:
        return str(_("%(day)s满六个月，届时由干部监督回访评估", day=f"{case.talk.effect_until:%Y-%m-%d}"))
    sentences = {
        state.CANDIDATE: _("等干部监督提出诫勉建议；建议对象不是诫勉决定"),
        state.PROPOSED: _("等部长审批"),
        state.APPROVED: _("等干部监督编号、送达通知书"),
        state.NOTIFIED: _("等谈话双方在记录表上签字"),
        state.TALKED: _("等本人交来整改措施，转入整改期"),
        state.FOLLOWED_UP: _("等部长审定回访结论"),
    }
    return str(sentences.get(case.state, ""))
