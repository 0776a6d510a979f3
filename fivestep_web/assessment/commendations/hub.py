"""Where the use of a year's results stands, part by part, and what comes next (R5.15–R5.17)."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from fivestep_web.assessment.commendations import policy, queries
from fivestep_web.assessment.commendations.models import MeetingState
from fivestep_web.assessment.commendations.rules import BRANCH, STATE_LABELS, CommendationState
from fivestep_web.assessment.commendations.year_services import approval_text
from fivestep_web.assessment.publicity import queries as publicity
from fivestep_web.assessment.publicity.rules import PublicityState, Subject
from fivestep_web.core.permissions import Actor, Permission

_S = CommendationState


@dataclass(frozen=True)
class Part:
    """One part of the work: its name, how it stands, the tone of its badge, and where to go on.

    Without a *verb* there is nothing to open yet.
    """

    label: str
    state: str
    tone: str
    note: str
    verb: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)


def parts(actor: Actor, year: int) -> list[Part]:
    """Return the parts in the order they are done, those only that the actor may see."""
    counts = queries.count_states(year)
    found = [_list(actor, counts), _terms(actor, year), _publicity(actor, year, counts)]
    found += [_paper(counts), _meeting(year), _recommendation(counts)]
    if actor.may(Permission.PERSON_FILE_READ):
        note = _("按个人实绩排列，供人事使用；影响期内的注明不符合条件。")
        found.append(
            Part(
                _("优先提拔重用参考名单"),
                _("可查看"),
                "open",
                note,
                _("查看"),
                "commendations.promotion_index",
            )
        )
    return found


def _list(actor: Actor, counts: dict[CommendationState, int]) -> Part:
    home = "commendations.commendation_index"
    label = _("提名和决定")
    if not counts:
        verb = _("列出建议对象") if policy.can_prepare(actor) else _("查看")
        return Part(label, _("未开始"), "quiet", _("还没有按考核结果列出建议对象。"), verb, home)
    note = "，".join(
        _("%(state)s%(count)s个", state=STATE_LABELS[state], count=counts[state])
        for state in _S
        if state in counts
    )
    waiting = counts.get(_S.CANDIDATE, 0) + counts.get(_S.NOMINATED, 0) + counts.get(_S.PUBLICIZING, 0)
    state, tone = (_("办理中"), "open") if waiting else (_("已办结"), "done")
    return Part(label, state, tone, f"{note}。", _("去办理") if waiting else _("查看"), home)


def _terms(actor: Actor, year: int) -> Part:
    terms = queries.find_terms(year)
    basis = approval_text(terms)
    note = basis or _("没有填批准文件，文件为通报表扬。")
    if terms and terms.unit_seats is not None:
        note += _(" 先进单位名额%(seats)s个。", seats=terms.unit_seats)
    state, tone = (_("表彰决定"), "done") if basis else (_("通报表扬"), "quiet")
    verb = _("修改") if policy.can_prepare(actor) else _("查看")
    return Part(_("批准依据和名额"), state, tone, note, verb, "commendations.terms_edit")


def _publicity(actor: Actor, year: int, counts: dict[CommendationState, int]) -> Part:
    label, posted = _("公示"), publicity.find_publicity(year, Subject.COMMENDATION, *PublicityState)
    if posted is None:
        ready = counts.get(_S.NOMINATED, 0)
        note = _("提名%(count)s个，可以安排公示。", count=ready) if ready else _("提名以后安排公示。")
        values = {"subject": Subject.COMMENDATION.value}
        verb = _("安排公示") if ready and actor.may(Permission.CYCLE_PREPARE) else ""
        return Part(label, _("未安排"), "quiet", note, verb, "publicity.publicity_edit", values)
    last = publicity.last_day(posted)
    note = (
        _("到%(day)s为止。", day=f"{last.year}年{last.month}月{last.day}日")
        if last
        else _("等部长批准后开始。")
    )
    tone = "done" if posted.state is PublicityState.ENDED else "open"
    shown = {"publicity_id": posted.id}
    return Part(label, posted.state.label, tone, note, _("查看公示"), "publicity.publicity_show", shown)


def _paper(counts: dict[CommendationState, int]) -> Part:
    label, home = _("表彰文件"), "commendations.commendation_index"
    issued = sum(counts.get(state, 0) for state in (_S.ISSUED, *BRANCH))
    if counts.get(_S.DECIDED):
        note = _("%(count)s个已决定，生成文件后编号、印发。", count=counts[_S.DECIDED])
        return Part(label, _("待印发"), "waiting", note, _("去生成"), home)
    if issued:
        return Part(label, _("已印发"), "done", _("%(count)s个。", count=issued), _("查看"), home)
    return Part(label, _("未开始"), "quiet", _("公示期满、作出决定以后生成。"), "", home)


def _recommendation(counts: dict[CommendationState, int]) -> Part:
    label, home = _("推荐到市、省"), "recommendations.recommendation_index"
    sent = sum(counts.get(state, 0) for state in BRANCH)
    if sent:
        return Part(label, _("已推荐"), "done", _("已推荐%(count)s人。", count=sent), _("查看"), home)
    if counts.get(_S.ISSUED):
        return Part(label, _("可以推荐"), "open", _("从已印发表彰的人员中选择。"), _("去推荐"), home)
    return Part(label, _("未开始"), "quiet", _("表彰文件印发以后逐级推荐。"), "", home)


def _meeting(year: int) -> Part:
    meeting, home = queries.find_meeting(year), "commendations.meeting_show"
    label = _("年度总结表彰会议")
    if meeting is None:
        return Part(label, _("未筹备"), "quiet", _("会上宣读表彰决定。"), _("筹备会议"), home)
    note = f"{meeting.met_on.year}年{meeting.met_on.month}月{meeting.met_on.day}日，{meeting.place}"
    tone = "done" if meeting.state is MeetingState.HELD else "open"
    return Part(label, meeting.state.label, tone, note, _("查看"), home)
