"""Who has a part in an admonition, and a case brought as far as wanted, step by step as people do it."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.assessment.admonitions import opening, queries, services
from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.rules import AdmonitionState, Source, Step
from fivestep_web.core import settings
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.extensions import db
from fivestep_web.org.models import UnitKind
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory, UnitFactory, stored_at_once
from tests.factories.tokens import acting
from tests.remembered import remembered

YEAR = 2026
TALKED, EFFECT_ENDS = date(2026, 8, 31), date(2027, 2, 28)
SECRET = "第三季度未按要求报送进展"
S = AdmonitionState
WAY = (S.CANDIDATE, S.PROPOSED, S.APPROVED, S.NOTIFIED, S.TALKED, S.RECTIFYING, S.FOLLOWED_UP, S.LIFTED)


def on(day: date, at: str = "09:00") -> None:
    """Play the day."""
    settings.put("rehearsal_date", f"{day.isoformat()}T{at}")
    db.session.commit()


@dataclass
class Cast:
    """The accounts of a small department and a township."""

    minister: User
    executive: User
    deputy: User
    other_deputy: User
    supervisor: User
    recorder: User
    personnel: User
    office: User
    administrator: User
    secretary: User
    organizer: User

    @property
    def strangers(self) -> list[User]:
        """Everybody who must not even know of the secretary's case."""
        return [self.other_deputy, self.office, self.administrator, self.organizer]


@remembered
def make_cast() -> Cast:
    """Store the accounts; the township's secretary is the one who will be admonished."""
    with stored_at_once():
        PlanYearFactory(year=YEAR)
        lead = UnitFactory(name="部领导", kind=UnitKind.LEADERSHIP)
        township = UnitFactory(name="马厂乡党委", kind=UnitKind.TOWNSHIP)
        supervision = UnitFactory(name="干部监督科")
        cast = Cast(
            minister=user_with_role(Role.MIN, unit=lead, title="部长", name="林某甲"),
            executive=user_with_role(Role.EXD, unit=lead, title="常务副部长", name="何某甲"),
            deputy=user_with_role(Role.DEP, unit=lead, title="副部长（干部）", name="廖某甲"),
            other_deputy=user_with_role(Role.DEP, unit=lead, title="副部长（组织）", name="唐某甲"),
            supervisor=user_with_role(Role.SUP, Role.SHD, unit=supervision, title="科长", name="沙某甲"),
            recorder=user_with_role(Role.SUP, Role.STF, unit=supervision, title="科员", name="沙某乙"),
            personnel=user_with_role(Role.HRO, title="人事干事", name="文某甲"),
            office=user_with_role(Role.OFC, title="督查干事", name="办某甲"),
            administrator=user_with_role(Role.ADM, title="系统管理员", name="管某甲"),
            secretary=user_with_role(Role.TSC, unit=township, title="党委书记", name="马某甲"),
            organizer=user_with_role(Role.ORG, unit=township, title="组织委员", name="马某乙"),
        )
        township.periods[0].head = cast.secretary.person
    return cast


DECISION = {"authority": "县委书记", "decided_on": date(2026, 8, 24), "opinion": "情节轻微"}
PROPOSAL: dict[str, Any] = {
    "findings": "你负责的马厂乡党委年度总分58.20分，等次为较差",
    "period_start": date(2026, 1, 1),
    "period_end": date(2026, 7, 31),
    "study_body": "部务会议",
    "studied_on": date(2026, 8, 20),
}


def appointment(cast: Cast, **changes: Any) -> services.Appointment:
    facts = {
        "talk_on": TALKED, "talk_at": time(9), "place": "三楼谈话室", "talker_id": cast.deputy.person_id,
    }  # fmt: skip
    return services.Appointment(**facts | changes)


def talk(cast: Cast, **changes: Any) -> services.Record:
    facts = {
        "talked_on": TALKED,
        "starts_at": time(9),
        "ends_at": time(10, 20),
        "place": "三楼谈话室",
        "talker_id": cast.deputy.person_id,
        "recorder_id": cast.recorder.person_id,
        "reason": "年度总分58.20分，等次为较差",
        "problems": SECRET,
        "explanation": "没有异议",
        "requirements": "一个月内完成逾期目标",
        "requirement_deadline": date(2026, 9, 30),
        "commitment": "按周对账，按期完成",
    }
    return services.Record(**facts | changes)


def finding(**changes: Any) -> services.Finding:
    facts = {
        "visited_on": EFFECT_ENDS,
        "correction": "逾期目标已全部完成",
        "is_corrected": True,
        "conclusion": "改正明显",
    }
    return services.Finding(**facts | changes)


def held(user: User, case_id: int) -> Admonition:
    """Return the case locked, as *user* sees it."""
    return queries.get_case(acting(user), case_id, lock=True)


def opened(cast: Cast) -> int:
    on(date(2026, 8, 17))
    with unit_of_work():
        return opening.open_case(
            acting(cast.supervisor), YEAR, cast.secretary.person_id, Source.OTHER, "上半年工作严重滞后"
        ).id


def _propose(cast: Cast, case: int) -> None:
    on(date(2026, 8, 21))
    services.propose(acting(cast.supervisor), held(cast.supervisor, case), services.Proposal(**PROPOSAL))


def _approve(cast: Cast, case: int) -> None:
    on(date(2026, 8, 24))
    facts = {"authority": "县委书记", "decided_on": date(2026, 8, 24), "opinion": ""}
    services.decide(acting(cast.minister), held(cast.minister, case), Step.APPROVE, **facts)


def _notify(cast: Cast, case: int) -> None:
    on(date(2026, 8, 25))
    services.notify(acting(cast.supervisor), held(cast.supervisor, case), appointment(cast))


def _talk(cast: Cast, case: int) -> None:
    on(TALKED, "15:00")
    who = acting(cast.supervisor)
    services.record_talk(who, held(cast.supervisor, case), talk(cast))
    signed = {"person_signed_on": TALKED, "talker_signed_on": TALKED}
    services.confirm_signatures(who, held(cast.supervisor, case), **signed)


def _rectify(cast: Cast, case: int) -> None:
    on(date(2026, 9, 7))
    services.begin_rectifying(
        acting(cast.supervisor), held(cast.supervisor, case), note="9月7日收到书面检查和整改措施"
    )


def _follow_up(cast: Cast, case: int) -> None:
    on(EFFECT_ENDS)
    services.follow_up(acting(cast.supervisor), held(cast.supervisor, case), finding())


def _lift(cast: Cast, case: int) -> None:
    on(date(2027, 3, 1))
    services.conclude(acting(cast.minister), held(cast.minister, case), Step.LIFT, note="")


STEPS = (_propose, _approve, _notify, _talk, _rectify, _follow_up, _lift)


def brought_to(state: AdmonitionState, cast: Cast) -> int:
    """Return the id of the secretary's case, brought along the usual way to *state*."""
    case_id = opened(cast)
    for step in STEPS[: WAY.index(state)]:
        with unit_of_work():
            step(cast, case_id)
    return case_id


def talked_unsigned(cast: Cast) -> int:
    """Return the id of a case whose talk is recorded and not signed yet."""
    case_id = brought_to(S.NOTIFIED, cast)
    on(TALKED, "15:00")
    with unit_of_work():
        services.record_talk(acting(cast.supervisor), held(cast.supervisor, case_id), talk(cast))
    return case_id


def state_of(case_id: int) -> AdmonitionState:
    return db.session.get_one(Admonition, case_id, populate_existing=True).state


@contextmanager
def refused(kind, words="", field=""):
    with pytest.raises(kind) as caught, unit_of_work():
        yield
    assert words in caught.value.message
    if field:
        assert caught.value.field == field


def files(case_id):
    rows = db.session.scalars(
        select(GeneratedDocument)
        .where(GeneratedDocument.subject == f"admonition:{case_id}")
        .order_by(GeneratedDocument.id)
    )
    return [(row.kind, row.version, row.is_draft, row.state) for row in rows]
