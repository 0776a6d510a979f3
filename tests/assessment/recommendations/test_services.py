"""From commended people to the city's document and on to the province (R5.17, N13)."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine

from fivestep_web.assessment.commendations.rules import CommendationState as S
from fivestep_web.assessment.publicity.models import Objection, Publicity
from fivestep_web.assessment.publicity.rules import ObjectionKind, ObjectionState, PublicityState, Subject
from fivestep_web.assessment.recommendations import paper, queries, services
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.checks import violations
from fivestep_web.documents.opened import WordFile, text_of
from fivestep_web.documents.rendering import render
from fivestep_web.extensions import db as database
from tests.assessment.commendations import people
from tests.assessment.commendations.people import ISSUE_DAY, person_id
from tests.assessment.commendations.test_services import HEAD, bar
from tests.assessment.cycles.plans import YEAR, actor_of
from tests.assessment.recommendations.drafts import (
    FACTS,
    SAID,
    commend,
    create,
    free,
    ready,
    sent,
    stored,
)
from tests.factories.accounts import user_with_role

KIND = people.DocumentKind.RECOMMENDATION_LIST


def act(command, user, recommendation_id, *given, **facts):
    with unit_of_work():
        found = queries.get_recommendation(YEAR, recommendation_id, lock=True)
        command(actor_of(user), found, *given, **facts)


def names(recommendation_id):
    return [item.commendation.name for item in stored(recommendation_id).items]


def test_only_issued_people_are_recommended_and_each_once(cast):
    assert free() == []
    with pytest.raises(FieldError, match="已印发"):
        create(cast)
    commend(cast)
    assert len(free()) == 2
    create(cast)
    assert free() == []


def test_who_became_barred_is_neither_recommended_nor_sent(cast):
    recommendation_id = ready(cast)
    bar(person_id(HEAD))
    with time_machine.travel(ISSUE_DAY, tick=True):
        with pytest.raises(Conflict, match="不符合条件"):
            people.issue(cast, KIND)
        item = next(one for one in stored(recommendation_id).items if one.commendation.name == HEAD)
        act(services.withdraw, cast.hr, recommendation_id, item.id, reason="不符合条件")
        with pytest.raises(FieldError, match="不符合条件"), unit_of_work():
            services.create(actor_of(cast.hr), YEAR, replace(FACTS, honour="另一荣誉"), free())
        people.issue(cast, KIND)
    assert people.row_of("甲某0").state is S.RECOMMENDED_TO_CITY
    assert people.row_of(HEAD).state is S.ISSUED


def test_the_order_changes_only_with_a_reason_that_stays(cast):
    commend(cast)
    recommendation_id = create(cast)
    before = names(recommendation_id)
    wanted = [item.id for item in reversed(stored(recommendation_id).items)]
    with pytest.raises(FieldError, match="写明理由"):
        act(services.reorder, cast.hr, recommendation_id, wanted, reason=" ")
    act(services.reorder, cast.hr, recommendation_id, wanted, reason="承担全市试点")
    assert names(recommendation_id) == before[::-1]
    assert [change.reason for change in stored(recommendation_id).orders] == ["承担全市试点"]


def test_nobody_has_a_hand_in_the_own_recommendation(cast, troupe):
    commend(cast)
    own = user_with_role(Role.HRO, name="人某甲")
    mine = people.row_of(HEAD)
    mine.person_id = own.person_id
    database.session.commit()
    with pytest.raises(NotAllowed, match="涉及您本人"), unit_of_work():
        services.create(actor_of(own), YEAR, FACTS, free())
    recommendation_id = create(cast)
    items = stored(recommendation_id).items
    about = next(item.id for item in items if item.commendation.person_id == own.person_id)
    with pytest.raises(NotAllowed, match="涉及您本人"):
        act(services.describe, own, recommendation_id, about, SAID)
    with pytest.raises(NotAllowed, match="涉及您本人"):
        act(services.reorder, own, recommendation_id, [item.id for item in items][::-1], reason="试点")


def test_a_document_with_another_recipient_or_telephone_is_not_numbered(cast):
    recommendation_id = ready(cast)
    with time_machine.travel(ISSUE_DAY, tick=True):
        for changed in ({"recipient": "中共另一市委组织部"}, {"telephone": "0000-12381"}):
            document_id = people.make(cast, KIND)
            act(services.edit, cast.hr, recommendation_id, replace(FACTS, **changed))
            with pytest.raises(Conflict, match="请重新生成"):
                people.approve(cast, document_id)


def test_a_second_version_takes_no_number_after_it_was_sent(cast):
    recommendation_id = sent(cast)
    item = stored(recommendation_id).items[0]
    item.note = "另附"
    database.session.commit()
    with time_machine.travel(ISSUE_DAY, tick=True):
        document_id = people.make(cast, KIND)
        with pytest.raises(Conflict, match="已经上报"):
            people.approve(cast, document_id)


def test_objections_are_given_with_what_became_of_them(cast):
    recommendation_id = ready(cast)
    row = stored(recommendation_id).items[0].commendation
    for state in (ObjectionState.UPHELD, ObjectionState.DISMISSED):
        database.session.add(
            Objection(
                year=YEAR, kind=ObjectionKind.PUBLICITY, state=state, publicity_id=row.publicity_id,
                person_id=row.person_id, about=row.name, objector="群众", contact="—", facts="不实",
                filed_on=date(2027, 1, 21), entered_by_id=cast.hr.person_id, received_by_id=cast.hr.person_id,
            )
        )  # fmt: skip
    database.session.commit()
    (request,) = paper.requests(YEAR)
    assert request.payload["publicity"]["objections"] == "收到异议2件，其中经核查成立1件、经核查不成立1件"


def test_deeds_are_at_most_three_hundred_characters(cast):
    commend(cast)
    recommendation_id = create(cast)
    item = stored(recommendation_id).items[0]
    with pytest.raises(FieldError, match="现有301字"):
        act(services.describe, cast.hr, recommendation_id, item.id, replace(SAID, deeds="好" * 301))
    act(services.describe, cast.hr, recommendation_id, item.id, replace(SAID, deeds="好" * 300))


def test_no_number_before_everybody_is_described(cast):
    commend(cast)
    create(cast)
    with time_machine.travel(ISSUE_DAY, tick=True), pytest.raises(Conflict, match="还没有填全"):
        people.issue(cast, KIND)


def test_its_document_has_all_four_attachments_and_passes_every_check(cast):
    recommendation_id = ready(cast)
    with time_machine.travel(ISSUE_DAY, tick=True):
        (request,) = paper.requests(YEAR)
    payload = request.payload
    assert payload["title"] == "关于推荐2026年度全市组织工作先进个人候选对象的请示"
    assert payload["letterhead"]["main_recipients"] == "中共青河市委组织部"
    (period,) = payload["publicity"]["periods"]
    assert period["candidates"] is None, "all of them"
    assert (period["end_date"], payload["publicity"]["objections"]) == ("2027年1月27日", "未收到异议")
    assert [one["organ"] for one in payload["opinions"]] == ["县纪委监委机关"]
    assert [one["name"] for one in payload["candidates"]] == names(recommendation_id)
    assert violations(KIND, payload, render(KIND, payload)) == []


def test_people_of_two_lists_are_given_with_the_period_of_each(cast):
    recommendation_id = ready(cast)
    first, second = (item.commendation for item in stored(recommendation_id).items)
    earlier = database.session.get_one(Publicity, first.publicity_id)
    later = Publicity(
        year=YEAR, subject=Subject.COMMENDATION, state=PublicityState.ENDED, workdays=7, basis="办法",
        receiver="干部监督科", address="305室", telephone="0000-12380", posted_on=date(2027, 2, 1),
        prepared_by_id=earlier.prepared_by_id,
    )  # fmt: skip
    database.session.add(later)
    database.session.flush()
    second.publicity_id = later.id
    database.session.commit()
    (request,) = paper.requests(YEAR)
    told = [
        (one["candidates"], one["start_date"], one["end_date"], one["workday_count"])
        for one in request.payload["publicity"]["periods"]
    ]
    assert told == [
        (first.name, "2027年1月21日", "2027年1月27日", 5),
        (second.name, "2027年2月2日", "2027年2月10日", 7),
    ]
    data = render(KIND, request.payload)
    assert violations(KIND, request.payload, data) == []
    shown = text_of(WordFile.open(data).document)
    for name, start, end, count in told:
        assert f"公示时间：{name}，{start}至{end}，共{count}个工作日" in shown
        assert f"{name}公示时间为{start}至{end}，共{count}个工作日" in shown


def test_issuing_sends_it_to_the_city_and_nothing_changes_afterwards(cast):
    recommendation_id = sent(cast)
    found = stored(recommendation_id)
    assert {item.commendation.state for item in found.items} == {S.RECOMMENDED_TO_CITY}
    assert found.sent_on == ISSUE_DAY.date()
    with pytest.raises(Conflict, match="已经上报"):
        act(services.edit, cast.hr, recommendation_id, FACTS)


def test_the_province_is_noted_as_the_citys_recommendation(cast):
    recommendation_id = sent(cast)
    item = stored(recommendation_id).items[0]
    told = {"told_on": ISSUE_DAY.date(), "reference": "青河组字〔2027〕3号"}
    early = told | {"told_on": date(2027, 1, 20)}
    with pytest.raises(FieldError, match="不能早于上报"):
        act(services.note_province, cast.office, recommendation_id, [item.id], **early)
    with time_machine.travel(ISSUE_DAY, tick=True):
        act(services.note_province, cast.office, recommendation_id, [item.id], **told)
    assert stored(recommendation_id).items[0].commendation.state is S.RECOMMENDED_TO_PROVINCE
    with time_machine.travel(ISSUE_DAY, tick=True), pytest.raises(FieldError, match="还没有推荐到市"):
        act(services.note_province, cast.office, recommendation_id, [item.id], **told)


def test_who_does_not_prepare_commendations_prepares_no_recommendation(cast):
    commend(cast)
    with pytest.raises(NotAllowed), unit_of_work():
        services.create(actor_of(cast.minister), YEAR, FACTS, free())


def test_whoever_had_the_request_made_does_not_number_it(cast):
    ready(cast)
    with time_machine.travel(ISSUE_DAY, tick=True):
        cast.hr = cast.office
        with pytest.raises(NotAllowed):
            people.issue(cast, KIND)
