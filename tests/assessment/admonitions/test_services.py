"""The flow of an admonition: who takes which step, and what each step needs (domain.md 5.7, N9, N10)."""

from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.assessment.admonitions import opening, queries, services
from fivestep_web.assessment.admonitions.models import Admonition, AdmonitionNotice
from fivestep_web.assessment.admonitions.rules import Source, Step
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.admonitions.cast import (
    DECISION,
    EFFECT_ENDS,
    PROPOSAL,
    SECRET,
    TALKED,
    WAY,
    YEAR,
    S,
    appointment,
    brought_to,
    files,
    finding,
    held,
    on,
    opened,
    refused,
    state_of,
    talk,
)
from tests.factories.accounts import user_with_role
from tests.factories.org import person_with_role
from tests.factories.tokens import acting


def test_a_case_goes_its_whole_way_with_a_step_for_each_state(cast):
    case_id = brought_to(S.LIFTED, cast)
    case = held(cast.supervisor, case_id)
    assert tuple(step.state for step in case.steps) == WAY
    people = [step.by.name for step in case.steps]
    assert people == ["沙某甲", "沙某甲", "林某甲", "沙某甲", "沙某甲", "沙某甲", "沙某甲", "林某甲"]
    assert case.talk.effect_until == EFFECT_ENDS


def test_each_step_is_logged_without_contents_or_the_name(cast):
    case_id = brought_to(S.LIFTED, cast)
    entries = database.session.scalars(
        select(AuditEntry).where(AuditEntry.subject == f"admonition:{case_id}")
    ).all()
    assert [entry.action for entry in entries].count("admonition.moved") == len(WAY) - 1
    for entry in entries:
        assert "马某甲" not in entry.body
        assert SECRET not in entry.body


@pytest.mark.parametrize("state", WAY[:-1])
def test_no_step_is_taken_out_of_its_turn(cast, state):
    case_id = brought_to(state, cast)
    supervisor, minister = acting(cast.supervisor), acting(cast.minister)

    signed = {"person_signed_on": TALKED, "talker_signed_on": TALKED}
    later = appointment(cast, talk_on=date(2028, 1, 4))
    attempts = (
        (S.CANDIDATE, lambda case: services.propose(supervisor, case, services.Proposal(**PROPOSAL))),
        (S.PROPOSED, lambda case: services.decide(minister, case, Step.APPROVE, **DECISION)),
        (S.APPROVED, lambda case: services.notify(supervisor, case, later)),
        (S.NOTIFIED, lambda case: services.record_talk(supervisor, case, talk(cast))),
        (None, lambda case: services.confirm_signatures(supervisor, case, **signed)),
        (S.TALKED, lambda case: services.begin_rectifying(supervisor, case, note="收到")),
        (S.RECTIFYING, lambda case: services.follow_up(supervisor, case, finding())),
        (S.FOLLOWED_UP, lambda case: services.conclude(minister, case, Step.LIFT, note="")),
    )
    for turn, attempt in attempts:
        if turn is not state:
            with refused(Conflict):
                attempt(held(cast.supervisor, case_id))
    assert state_of(case_id) is state


@pytest.mark.parametrize("state", [S.CANDIDATE, S.APPROVED, S.NOTIFIED, S.TALKED, S.RECTIFYING])
def test_only_supervision_takes_the_steps_of_supervision(cast, state):
    case_id = brought_to(state, cast)
    for user in (cast.minister, cast.executive):
        who = acting(user)
        with refused(NotAllowed):
            services.propose(who, held(user, case_id), services.Proposal(**PROPOSAL))
        with refused(NotAllowed):
            services.notify(who, held(user, case_id), appointment(cast))
        with refused(NotAllowed):
            services.record_talk(who, held(user, case_id), talk(cast))
        with refused(NotAllowed):
            services.begin_rectifying(who, held(user, case_id), note="收到")
        with refused(NotAllowed):
            services.follow_up(who, held(user, case_id), finding())
    assert state_of(case_id) is state


def test_only_the_minister_decides(cast):
    case_id = brought_to(S.PROPOSED, cast)
    for user in (cast.executive, cast.supervisor, cast.recorder):
        with refused(NotAllowed):
            services.decide(acting(user), held(user, case_id), Step.APPROVE, **DECISION)
    assert state_of(case_id) is S.PROPOSED


def test_who_proposed_never_approves_even_as_minister(cast):
    both = user_with_role(Role.MIN, Role.SUP, title="代部长")
    case_id = opened(cast)
    on(date(2026, 8, 24))
    with unit_of_work():
        services.propose(acting(both), held(both, case_id), services.Proposal(**PROPOSAL))
    with refused(NotAllowed, "提出人和本人都不能审批"):
        services.decide(acting(both), held(both, case_id), Step.APPROVE, **DECISION)
    with unit_of_work():
        services.decide(acting(cast.minister), held(cast.minister, case_id), Step.APPROVE, **DECISION)
    assert state_of(case_id) is S.APPROVED


@pytest.mark.parametrize(("step", "state"), [(Step.DECLINE, S.DECLINED), (Step.DOWNGRADE, S.DOWNGRADED)])
def test_a_proposal_not_approved_ends_with_its_reason(cast, step, state):
    case_id = brought_to(S.PROPOSED, cast)
    on(date(2026, 8, 24))
    with refused(FieldError, "请写明理由", "opinion"):
        services.decide(
            acting(cast.minister), held(cast.minister, case_id), step, **DECISION | {"opinion": " "}
        )
    with unit_of_work():
        services.decide(acting(cast.minister), held(cast.minister, case_id), step, **DECISION)
    assert state_of(case_id) is state
    assert files(case_id) == []
    with refused(NotFound):
        held(cast.secretary, case_id)
    reopened = opened(cast)
    assert reopened != case_id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period_end": date(2025, 12, 31)}, "period_end"),
        ({"studied_on": None}, "studied_on"),
        ({"study_body": ""}, "study_body"),
        ({"studied_on": date(2026, 8, 22)}, "studied_on"),
    ],
)
def test_a_proposal_that_contradicts_itself_is_refused(cast, changes, field):
    case_id = opened(cast)
    on(date(2026, 8, 21))
    with refused(FieldError, field=field):
        proposal = services.Proposal(**PROPOSAL | changes)
        services.propose(acting(cast.supervisor), held(cast.supervisor, case_id), proposal)


@pytest.mark.parametrize("day", [date(2026, 8, 20), date(2026, 8, 25)])
def test_the_decision_is_of_a_day_between_the_proposal_and_today(cast, day):
    case_id = brought_to(S.PROPOSED, cast)
    on(date(2026, 8, 24))
    with refused(FieldError, "批准日期", "decided_on"):
        services.decide(
            acting(cast.minister),
            held(cast.minister, case_id),
            Step.APPROVE,
            **DECISION | {"decided_on": day},
        )


def test_numbers_follow_each_other_without_gap_in_the_year_of_the_notice(cast):
    texts = []
    for _place in range(3):
        case_id = brought_to(S.LIFTED, cast)
        texts.append(held(cast.supervisor, case_id).notice.text)
    assert texts == ["诫勉〔2026〕1号", "诫勉〔2026〕2号", "诫勉〔2026〕3号"]
    assert database.session.scalars(select(AdmonitionNotice.number)).all() == [1, 2, 3]


def test_supervision_opens_a_case_with_a_reason_and_one_at_a_time(cast):
    who, person_id = acting(cast.supervisor), cast.secretary.person_id
    with refused(FieldError, field="reason"):
        opening.open_case(who, YEAR, person_id, Source.BASICALLY_COMPETENT, " ")
    with refused(FieldError, field="source"):
        opening.open_case(who, YEAR, person_id, Source.RESULTS, "理由")
    with refused(FieldError, "没有任职", "person_id"):
        left = person_with_role(Role.STF, valid_to=date(2026, 1, 31))
        opening.open_case(who, YEAR, left.id, Source.OTHER, "理由")
    opened(cast)
    with refused(DomainError, "已有正在办理的诫勉事项"):
        opening.open_case(who, YEAR, person_id, Source.OTHER, "又一个理由")


def test_nobody_opens_the_own_case_and_others_than_supervision_none(cast):
    with refused(NotAllowed):
        opening.open_case(acting(cast.minister), YEAR, cast.secretary.person_id, Source.OTHER, "理由")
    with refused(NotAllowed):
        opening.open_case(acting(cast.recorder), YEAR, cast.recorder.person_id, Source.OTHER, "理由")


def test_a_supervisor_has_no_part_in_the_own_case(cast):
    with unit_of_work():
        case_id = opening.open_case(
            acting(cast.supervisor), YEAR, cast.recorder.person_id, Source.OTHER, "理由"
        ).id
    with refused(NotFound):
        held(cast.recorder, case_id)
    with unit_of_work():
        case = database.session.get_one(Admonition, case_id)
        people = queries.people_for(case, date(2026, 8, 31))
    assert cast.recorder.person_id not in dict(people.recorders)
    assert cast.supervisor.person_id in dict(people.recorders)
