"""The flow of an admonition: who takes which step, and what each step needs (domain.md 5.7, N9, N10)."""

from contextlib import contextmanager
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from fivestep_web.assessment.admonitions import opening, queries, requests, services
from fivestep_web.assessment.admonitions.models import Admonition, AdmonitionNotice
from fivestep_web.assessment.admonitions.rules import Source, Step
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.rendering import render
from fivestep_web.extensions import db as database
from fivestep_web.org.queries import get_person
from fivestep_web.personnel.contents import gather
from tests.assessment.admonitions.cast import (
    EFFECT_ENDS,
    PROPOSAL,
    SECRET,
    TALKED,
    WAY,
    YEAR,
    S,
    appointment,
    brought_to,
    finding,
    held,
    make_cast,
    on,
    opened,
    state_of,
    talk,
)
from tests.factories.accounts import user_with_role
from tests.factories.org import person_with_role
from tests.factories.queue import run_queue
from tests.factories.tokens import acting

DECISION = {"authority": "县委书记", "decided_on": date(2026, 8, 24), "opinion": "情节轻微"}


@pytest.fixture
def cast(db):
    return make_cast()


@contextmanager
def refused(kind, words="", field=""):
    with pytest.raises(kind) as caught, unit_of_work():
        yield
    assert words in caught.value.message
    if field:
        assert caught.value.field == field


def files(case_id):
    rows = database.session.scalars(
        select(GeneratedDocument)
        .where(GeneratedDocument.subject == f"admonition:{case_id}")
        .order_by(GeneratedDocument.id)
    )
    return [(row.kind, row.version, row.is_draft, row.state) for row in rows]


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


def test_who_followed_up_does_not_conclude(cast):
    both = user_with_role(Role.MIN, Role.SUP, title="代部长")
    case_id = brought_to(S.RECTIFYING, cast)
    on(EFFECT_ENDS)
    with unit_of_work():
        services.follow_up(acting(both), held(both, case_id), finding())
    with refused(NotAllowed):
        services.conclude(acting(both), held(both, case_id), Step.LIFT, note="")


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


def test_neither_the_person_nor_somebody_without_the_post_holds_or_records_the_talk(cast):
    case_id = brought_to(S.APPROVED, cast)
    on(date(2026, 8, 25))
    for person_id in (cast.secretary.person_id, cast.office.person_id, cast.recorder.person_id):
        with refused(FieldError, field="talker_id"):
            services.notify(
                acting(cast.supervisor),
                held(cast.supervisor, case_id),
                appointment(cast, talker_id=person_id),
            )
    with refused(FieldError, field="talk_on"):
        services.notify(
            acting(cast.supervisor),
            held(cast.supervisor, case_id),
            appointment(cast, talk_on=date(2026, 8, 24)),
        )


@pytest.mark.parametrize("name", ["reason", "problems", "explanation", "requirements", "commitment"])
def test_no_part_of_the_talk_is_left_empty(cast, name):
    case_id = brought_to(S.NOTIFIED, cast)
    on(TALKED)
    with refused(FieldError, "没有的写“无”", name):
        services.record_talk(
            acting(cast.supervisor), held(cast.supervisor, case_id), talk(cast, **{name: " \n"})
        )
    assert state_of(case_id) is S.NOTIFIED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"talked_on": date(2026, 8, 24)}, "talked_on"),
        ({"talked_on": TALKED + timedelta(days=1)}, "talked_on"),
        ({"ends_at": time(9)}, "ends_at"),
        ({"requirement_deadline": TALKED}, "requirement_deadline"),
    ],
)
def test_the_days_and_hours_of_the_talk_fit_together(cast, changes, field):
    case_id = brought_to(S.NOTIFIED, cast)
    on(TALKED)
    with refused(FieldError, field=field):
        services.record_talk(acting(cast.supervisor), held(cast.supervisor, case_id), talk(cast, **changes))


def test_talker_and_recorder_are_two_people(cast):
    both = person_with_role(Role.DEP, Role.SUP, title="副部长兼科长")
    case_id = brought_to(S.NOTIFIED, cast)
    on(TALKED)
    with refused(FieldError, "不能是同一人", "recorder_id"):
        services.record_talk(
            acting(cast.supervisor),
            held(cast.supervisor, case_id),
            talk(cast, talker_id=both.id, recorder_id=both.id),
        )


def test_the_talk_counts_only_once_both_have_signed(cast):
    case_id = brought_to(S.NOTIFIED, cast)
    on(TALKED)
    signed = {"person_signed_on": TALKED, "talker_signed_on": TALKED}
    with refused(Conflict):
        services.confirm_signatures(acting(cast.supervisor), held(cast.supervisor, case_id), **signed)
    with unit_of_work():
        services.record_talk(acting(cast.supervisor), held(cast.supervisor, case_id), talk(cast))
    assert state_of(case_id) is S.NOTIFIED
    for day in (TALKED - timedelta(days=1), TALKED + timedelta(days=1)):
        with refused(FieldError, field="person_signed_on"):
            services.confirm_signatures(
                acting(cast.supervisor), held(cast.supervisor, case_id), **signed | {"person_signed_on": day}
            )
    with unit_of_work():
        services.record_talk(
            acting(cast.supervisor), held(cast.supervisor, case_id), talk(cast, explanation="有不同意见")
        )
        services.confirm_signatures(acting(cast.supervisor), held(cast.supervisor, case_id), **signed)
    assert state_of(case_id) is S.TALKED
    with refused(Conflict):
        services.record_talk(acting(cast.supervisor), held(cast.supervisor, case_id), talk(cast))


def test_no_follow_up_before_six_calendar_months(cast):
    case_id = brought_to(S.RECTIFYING, cast)
    early = EFFECT_ENDS - timedelta(days=1)
    on(early)
    with refused(FieldError, "谈话满六个月（2027-02-28）后才能回访评估", "visited_on"):
        services.follow_up(acting(cast.supervisor), held(cast.supervisor, case_id), finding(visited_on=early))
    with refused(FieldError, "不能晚于今天", "visited_on"):
        services.follow_up(acting(cast.supervisor), held(cast.supervisor, case_id), finding())
    on(EFFECT_ENDS)
    with unit_of_work():
        services.follow_up(acting(cast.supervisor), held(cast.supervisor, case_id), finding())
    assert state_of(case_id) is S.FOLLOWED_UP


def test_only_found_correction_lifts_it(cast):
    case_id = brought_to(S.RECTIFYING, cast)
    on(EFFECT_ENDS)
    with unit_of_work():
        services.follow_up(
            acting(cast.supervisor), held(cast.supervisor, case_id), finding(is_corrected=False)
        )
    minister = acting(cast.minister)
    with refused(DomainError, "没有改正的，不能期满结束"):
        services.conclude(minister, held(cast.minister, case_id), Step.LIFT, note="")
    with refused(FieldError, field="note"):
        services.conclude(minister, held(cast.minister, case_id), Step.FURTHER, note="")
    with refused(Conflict):
        services.conclude(minister, held(cast.minister, case_id), Step.APPROVE, note="好")
    with unit_of_work():
        services.conclude(minister, held(cast.minister, case_id), Step.FURTHER, note="移送处理")
    assert state_of(case_id) is S.FURTHER_ACTION


def test_the_person_signs_for_the_notice_once(cast):
    case_id = brought_to(S.NOTIFIED, cast)
    on(date(2026, 8, 26))
    with unit_of_work():
        services.receive(acting(cast.secretary), held(cast.secretary, case_id))
    notice = held(cast.secretary, case_id).notice
    assert (notice.received_on, notice.is_paper_receipt) == (date(2026, 8, 26), False)
    for user in (cast.secretary, cast.supervisor):
        with refused(Conflict):
            services.receive(acting(user), held(user, case_id))


def test_a_paper_receipt_is_noted_by_supervision_with_its_day(cast):
    case_id = brought_to(S.NOTIFIED, cast)
    on(date(2026, 8, 27))
    for user in (cast.minister, cast.deputy):
        with refused(Conflict):
            services.receive(acting(user), held(user, case_id))
    for day in (date(2026, 8, 24), date(2026, 8, 28)):
        with refused(FieldError, field="received_on"):
            services.receive(acting(cast.supervisor), held(cast.supervisor, case_id), received_on=day)
    with unit_of_work():
        services.receive(
            acting(cast.supervisor), held(cast.supervisor, case_id), received_on=date(2026, 8, 26)
        )
    notice = held(cast.supervisor, case_id).notice
    assert (notice.received_on, notice.is_paper_receipt) == (date(2026, 8, 26), True)


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


def test_the_word_files_follow_the_steps_and_pass_every_check(cast):
    case_id = brought_to(S.LIFTED, cast)
    run_queue()
    assert [row[:3] for row in files(case_id)] == [
        (DocumentKind.ADMONITION_NOTICE, 1, False),
        (DocumentKind.ADMONITION_RECORD, 1, True),
        (DocumentKind.ADMONITION_RECORD, 2, False),
        (DocumentKind.ADMONITION_RECORD, 3, False),
    ]
    states = [row[3] for row in files(case_id)]
    assert states == [
        DocumentState.READY,
        DocumentState.SUPERSEDED,
        DocumentState.SUPERSEDED,
        DocumentState.READY,
    ], states
    for row in database.session.scalars(select(GeneratedDocument)):
        assert row.is_confidential
        assert row.payload["number"] == "诫勉〔2026〕1号"
        assert violations(row.kind, row.payload, render(row.kind, row.payload)) == []


def test_the_list_is_final_and_dated_once_all_are_decided_on(cast):
    brought_to(S.PROPOSED, cast)
    assert requests.list_payloads(YEAR)[0].is_draft
    case_id = database.session.scalars(select(Admonition.id)).one()
    on(date(2026, 8, 24))
    with unit_of_work():
        services.decide(acting(cast.minister), held(cast.minister, case_id), Step.APPROVE, **DECISION)
    (request,) = requests.list_payloads(YEAR)
    assert not request.is_draft
    assert request.payload["document_date"] == "2026年8月24日"
    assert violations(request.kind, request.payload, render(request.kind, request.payload)) == []


def test_the_materials_for_a_promotion_hold_it_while_it_is_in_effect(cast):
    brought_to(S.FOLLOWED_UP, cast)
    run_queue()
    person = get_person(cast.secretary.person_id)
    for user, count in ((cast.minister, 1), (cast.executive, 1)):
        materials = gather(acting(user), person, [YEAR], TALKED)
        assert len(materials.admonitions) == count
        assert materials.admonitions[0].ends_on == EFFECT_ENDS
        assert [row.kind for row in materials.admonitions[0].files] == [
            DocumentKind.ADMONITION_RECORD,
            DocumentKind.ADMONITION_NOTICE,
        ]
    assert gather(acting(cast.personnel), person, [YEAR], TALKED).admonitions is None
    assert gather(acting(cast.minister), person, [YEAR], EFFECT_ENDS + timedelta(days=1)).admonitions == ()


def test_building_the_documents_again_makes_nothing_new(cast):
    brought_to(S.LIFTED, cast)
    run_queue()
    kinds = (DocumentKind.ADMONITION_NOTICE, DocumentKind.ADMONITION_RECORD)
    with unit_of_work():
        asked = documents.build(acting(cast.supervisor), YEAR, kinds)
    assert (asked.created, asked.existing) == (0, 2)
