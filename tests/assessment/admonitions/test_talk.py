"""The notice, the talk with its record, and the follow-up six months later (N9, N10)."""

from datetime import date, time, timedelta

import pytest

from fivestep_web.assessment.admonitions import services
from fivestep_web.assessment.admonitions.rules import Step
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from tests.assessment.admonitions.cast import (
    EFFECT_ENDS,
    TALKED,
    S,
    appointment,
    brought_to,
    finding,
    held,
    on,
    refused,
    state_of,
    talk,
)
from tests.factories.accounts import user_with_role
from tests.factories.org import person_with_role
from tests.factories.tokens import acting


def test_who_followed_up_does_not_conclude(cast):
    both = user_with_role(Role.MIN, Role.SUP, title="代部长")
    case_id = brought_to(S.RECTIFYING, cast)
    on(EFFECT_ENDS)
    with unit_of_work():
        services.follow_up(acting(both), held(both, case_id), finding())
    with refused(NotAllowed):
        services.conclude(acting(both), held(both, case_id), Step.LIFT, note="")


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
