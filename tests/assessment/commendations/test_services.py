"""From candidates to the issued document: who may do what, what holds whom (R5.15–R5.16, 5.8, N12)."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.rules import AdmonitionState
from fivestep_web.assessment.admonitions.rules import Source as AdmonitionSource
from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.commendations import drawing, paper, queries, standing, year_services
from fivestep_web.assessment.commendations.year_services import Terms
from fivestep_web.assessment.grades import files
from fivestep_web.assessment.grades import services as grades
from fivestep_web.assessment.models import Adjustment, AdjustmentKind, AdjustmentState
from fivestep_web.assessment.publicity.rules import ObjectionState, Subject
from fivestep_web.assessment.publicity.services import end_due
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.checks import violations
from fivestep_web.documents.numbers import services as numbers
from fivestep_web.documents.numbers.queries import get_document
from fivestep_web.documents.rendering import render
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit, UnitPeriod
from tests.assessment.commendations import people
from tests.assessment.commendations.people import (
    ISSUE_DAY,
    S,
    bring_to,
    ids,
    person_id,
    row_of,
    rows,
    unit_id,
)
from tests.assessment.cycles.plans import CONFIRM_DAY, YEAR, actor_of
from tests.assessment.publicity.people import answer, file, receive, stored
from tests.factories.accounts import user_with_role
from tests.factories.org import person_with_role

HEAD = "丁某甲"
NO_TERMS = Terms("", "", "", None, None)


def bar(person_id):
    """Let an approved admonition bar the person."""
    unit = database.session.scalars(select(Unit).where(Unit.code == "K03")).one()
    database.session.add(
        Admonition(
            year=YEAR, person_id=person_id, unit_id=unit.id, post="科长", source=AdmonitionSource.OTHER,
            reason="工作滞后", state=AdmonitionState.APPROVED, steps=[],
        )
    )  # fmt: skip
    database.session.commit()


def save(user, **changed):
    with unit_of_work():
        values = {name: getattr(NO_TERMS, name) for name in Terms.__slots__} | changed
        year_services.save_terms(actor_of(user), YEAR, Terms(**values))


def add(user, key, reason="驻村工作突出"):
    with unit_of_work():
        drawing.add(actor_of(user), YEAR, key, reason=reason)


def test_candidates_are_those_of_the_rules_each_with_its_rule_and_figures(cast):
    people.draw(cast.office)
    found = rows()
    assert {row.state for row in found} == {S.CANDIDATE}
    assert [row.name for row in found if row.is_unit][:2] == ["第1科", "第2科"]
    assert row_of("第1科").reason == "年度总分90.00分，不低于90分（优秀），位次第1"
    head = row_of(HEAD)
    assert head.reason == "所负责单位年度总分90.00分（优秀）"
    assert head.pool.value == "civil_servant"


def test_drawing_up_again_adds_nobody_twice_and_leaves_what_people_decided(cast):
    people.draw(cast.office)
    people.nominate(cast.hr, [row_of("第1科").id])
    people.remove(cast.hr, row_of("第2科"))
    people.draw(cast.office)
    assert len(rows()) == len({row.name for row in rows()}) == 9
    assert row_of("第1科").state is S.NOMINATED
    assert row_of("第2科").state is S.REMOVED


def test_who_meets_the_rule_no_more_leaves_the_list_of_candidates(cast):
    people.draw(cast.office)
    database.session.add(
        Adjustment(
            year=YEAR,
            unit_id=unit_id("K03"),
            kind=AdjustmentKind.VETO,
            reason="安全责任事故",
            state=AdjustmentState.APPROVED,
            is_imported=True,
        )
    )
    database.session.commit()
    people.draw(cast.office)
    assert {"第3科", HEAD} & {row.name for row in rows()} == set()


def test_only_the_office_and_personnel_nominate(cast):
    people.draw(cast.office)
    for user in (cast.minister, cast.deputy, user_with_role(Role.STF)):
        with pytest.raises(NotAllowed):
            people.nominate(user, ids())


def test_nobody_nominates_the_own_person(cast, troupe):
    people.draw(cast.office)
    own = user_with_role(Role.HRO, name="人某甲")
    row_of(HEAD).person_id = own.person_id
    database.session.commit()
    with pytest.raises(NotAllowed, match="涉及您本人"):
        people.nominate(own, [row_of(HEAD).id])


def test_more_than_the_quota_of_units_is_refused_with_the_count(cast):
    save(cast.office, unit_seats=2)
    people.draw(cast.office)
    units = [row.id for row in rows() if row.is_unit]
    with pytest.raises(DomainError, match="先进单位名额2个，提名后共3个，超出1个"):
        people.nominate(cast.hr, units[:3])
    people.nominate(cast.hr, units[:2])
    with pytest.raises(DomainError, match="超出1个"):
        people.nominate(cast.hr, units[2:3])


def test_more_people_than_a_fifth_of_the_pool_are_refused(cast):
    people.draw(cast.office)
    for number in range(3):
        add(cast.hr, (unit_id("K03"), person_id(f"甲某{number}")))
    with pytest.raises(DomainError, match="公务员先进个人名额3个，提名后共4个，超出1个"):
        people.nominate(cast.hr, [row.id for row in rows() if not row.is_unit])


def test_fewer_seats_than_units_that_were_named_are_refused(cast):
    people.draw(cast.office)
    people.nominate(cast.hr, [row.id for row in rows() if row.is_unit][:3])
    with pytest.raises(FieldError, match="超过这个名额") as refused:
        save(cast.office, unit_seats=2)
    assert refused.value.field == "unit_seats"
    save(cast.office, unit_seats=3)


def approve_share(user):
    """Let personnel record that the higher share of civil servants was approved."""
    with unit_of_work():
        approval = {Pool.CIVIL_SERVANT: ("青组〔2026〕9号", date(2026, 12, 1))}
        grades.approve_seats(actor_of(user), YEAR, approval)


def test_only_a_recorded_approval_of_a_pool_raises_its_share_and_the_decision_asks_again(cast):
    third = database.session.scalars(select(Unit).where(Unit.code == "K03")).one()
    person_with_role(Role.STF, unit=third, name="甲某10")  # the sixteenth: a fifth are 3, a quarter 4
    with time_machine.travel(CONFIRM_DAY, tick=True):
        people.draw(cast.office)
        approve_share(cast.hr)
        for number in range(3):
            add(cast.hr, (unit_id("K03"), person_id(f"甲某{number}")))
        persons = [row.id for row in rows() if not row.is_unit]
        people.nominate(cast.hr, persons)
        people.post(cast)
        with unit_of_work():
            grades.approve_seats(actor_of(cast.hr), YEAR, {})
    with time_machine.travel(ISSUE_DAY, tick=True):
        with pytest.raises(DomainError, match="公务员先进个人名额3个，提名后共4个"):
            people.decide(cast.minister, persons)
        approve_share(cast.hr)
        people.decide(cast.minister, persons)
    assert len(ids(S.DECIDED)) == 4


def test_a_barred_person_is_refused_at_every_step_without_a_why(cast):
    people.draw(cast.office)
    bar(person_id(HEAD))
    with pytest.raises(DomainError, match=f"^{HEAD}不符合条件，不能办理。$"):
        people.nominate(cast.hr, [row_of(HEAD).id])
    people.draw(cast.office)
    assert HEAD not in {row.name for row in rows()}
    with pytest.raises(FieldError, match="不符合条件，不能列入"):
        add(cast.hr, (unit_id("K03"), person_id(HEAD)))


def test_who_became_barred_after_the_decision_holds_up_the_document(cast):
    bring_to(cast, S.DECIDED)
    with time_machine.travel(ISSUE_DAY, tick=True):
        bar(person_id(HEAD))
        with pytest.raises(Conflict, match="不符合条件的对象"):
            people.issue(cast)
        people.remove(cast.minister, row_of(HEAD), reason="不符合条件")
        people.issue(cast)
    assert row_of("第1科").state is S.ISSUED
    assert row_of(HEAD).state is S.REMOVED


def test_nobody_decides_what_they_nominated_and_nobody_before_the_period_is_over(cast):
    bring_to(cast, S.PUBLICIZING)
    everybody = ids(S.PUBLICIZING)
    with pytest.raises(DomainError, match="公示期未满"):
        people.decide(cast.minister, everybody)
    with time_machine.travel(ISSUE_DAY, tick=True):
        with pytest.raises(NotAllowed):
            people.decide(cast.hr, everybody)
        both = user_with_role(Role.EXD, Role.HRO, name="常某乙")
        extra = row_of("第1科")
        extra.moves[-2].by_id = both.person_id
        database.session.commit()
        with pytest.raises(NotAllowed, match="您提名的"):
            people.decide(both, everybody)
        people.decide(cast.minister, everybody)
    assert ids(S.DECIDED) == everybody


def test_an_objection_holds_the_one_it_is_about_and_no_other(cast, troupe):
    bring_to(cast, S.PUBLICIZING)
    objection_id = file(user_with_role(Role.STF, name="群某甲"), about="第3科")
    with time_machine.travel(ISSUE_DAY, tick=True):
        held = row_of("第3科")
        with pytest.raises(DomainError, match="第3科异议没有答复"):
            people.decide(cast.minister, [held.id])
        people.decide(cast.minister, [row.id for row in rows(S.PUBLICIZING) if row.id != held.id])
        receive(troupe.receiver, objection_id)
        answer(troupe.handler, objection_id, ObjectionState.UPHELD)
        with pytest.raises(DomainError, match="第3科异议成立"):
            people.decide(cast.minister, [held.id])
        people.remove(cast.hr, row_of("第3科"), reason="异议成立")
    assert len(ids(S.DECIDED)) == 8


def test_an_objection_to_the_whole_list_holds_everybody_on_it(cast, troupe):
    bring_to(cast, S.PUBLICIZING)
    objection_id = file(user_with_role(Role.STF, name="群某甲"), about=Subject.COMMENDATION.label)
    with time_machine.travel(ISSUE_DAY, tick=True):
        with pytest.raises(DomainError, match="异议没有答复"):
            people.decide(cast.minister, [row_of("第1科").id])
        assert paper.requests(YEAR)[0].payload["publicity_end_date"] is None, "not 未收到异议"
        receive(troupe.receiver, objection_id)
        answer(troupe.handler, objection_id, ObjectionState.DISMISSED)
        assert paper.requests(YEAR)[0].payload["publicity_end_date"] == "2027年1月27日"
        people.decide(cast.minister, [row_of("第1科").id])
    assert row_of("第1科").state is S.DECIDED


def test_an_objection_upheld_after_the_decision_holds_up_the_document(cast, troupe):
    bring_to(cast, S.PUBLICIZING)
    objection_id = file(user_with_role(Role.STF, name="群某甲"), about="第3科")
    with time_machine.travel(ISSUE_DAY, tick=True):
        receive(troupe.receiver, objection_id)
        answer(troupe.handler, objection_id, ObjectionState.DISMISSED)
        people.decide(cast.minister, ids(S.PUBLICIZING))
        document_id = people.make(cast)
        stored(objection_id).state = ObjectionState.UPHELD
        database.session.commit()
        with pytest.raises(Conflict, match="异议没有答复或者成立"):
            people.approve(cast, document_id)
        people.remove(cast.hr, row_of("第3科"), reason="异议成立")
        people.issue(cast)
    assert row_of("第1科").state is S.ISSUED


def propose_veto(user):
    """Propose a veto of the third section, which has another head since the new year."""
    found = Adjustment(
        year=YEAR, unit_id=unit_id("K03"), kind=AdjustmentKind.VETO, reason="安全责任事故",
        state=AdjustmentState.PROPOSED, proposed_by_id=user.person_id,
    )  # fmt: skip
    database.session.add(found)
    current = database.session.scalars(
        select(UnitPeriod).where(UnitPeriod.unit_id == unit_id("K03"), UnitPeriod.valid_to.is_(None))
    ).one()
    current.valid_to = date(YEAR, 12, 31)
    fresh = UnitPeriod(
        unit_id=current.unit_id, name=current.name, kind=current.kind, valid_from=date(YEAR + 1, 1, 1)
    )
    database.session.flush()
    database.session.add(fresh)
    database.session.commit()
    return found


def test_a_veto_bars_once_it_is_approved_and_the_head_of_the_years_end(cast):
    people.draw(cast.office)
    veto = propose_veto(cast.office)
    both = [row_of("第3科"), row_of(HEAD)]
    assert not any(one.is_barred for one in standing.facts_of(YEAR, both).values())
    veto.decided_by_id, veto.meeting_on = cast.hr.person_id, CONFIRM_DAY.date()
    veto.state = AdjustmentState.APPROVED
    database.session.commit()
    both = [row_of("第3科"), row_of(HEAD)]
    assert all(one.is_barred for one in standing.facts_of(YEAR, both).values())


def test_an_issued_document_takes_its_rows_along_and_nobody_leaves_them(cast):
    bring_to(cast, S.ISSUED)
    assert {row.state for row in rows()} == {S.ISSUED}
    with pytest.raises(Conflict, match="现在是“已印发”"):
        people.remove(cast.hr, row_of(HEAD))


def test_achievement_files_name_the_award_of_those_only_whom_the_document_names(cast):
    with time_machine.travel(CONFIRM_DAY, tick=True):
        add(cast.hr, (unit_id("K03"), person_id("甲某0")))
    bring_to(cast, S.DECIDED)
    with time_machine.travel(ISSUE_DAY, tick=True):
        people.remove(cast.minister, row_of("甲某0"))
        document_id = people.issue(cast)
        number = get_document(document_id).payload["number"]
        found = files.contents(YEAR)
    assert found[person_id(HEAD)]["rewards"] == [{"award": "先进个人", "document": number}]
    assert found[person_id("甲某0")]["rewards"] == []


def test_no_number_without_a_decision(cast):
    bring_to(cast, S.PUBLICIZING)
    with pytest.raises(Conflict, match="还没有作出表彰决定"):
        people.issue(cast)


def test_a_document_of_another_list_takes_no_number(cast):
    bring_to(cast, S.DECIDED)
    with time_machine.travel(ISSUE_DAY, tick=True):
        document_id = people.make(cast)
        people.remove(cast.hr, row_of(HEAD))
        with pytest.raises(Conflict, match="请重新生成"):
            people.approve(cast, document_id)


def test_a_numbered_document_that_names_who_was_removed_is_not_issued_beside_a_new_one(cast):
    bring_to(cast, S.DECIDED)
    with time_machine.travel(ISSUE_DAY, tick=True):
        first = people.make(cast)
        people.approve(cast, first)
        people.remove(cast.hr, row_of(HEAD))
        second = people.make(cast)
        with pytest.raises(Conflict, match="请重新生成"):
            people.send_out(cast, first)
        with unit_of_work():
            numbers.drop(actor_of(cast.office), first, reason="名单有变化")
        people.approve(cast, second)
        people.send_out(cast, second)
    assert (row_of("第1科").state, row_of(HEAD).state) == (S.ISSUED, S.REMOVED)


def test_with_an_approval_it_is_a_decision_without_one_a_bulletin(cast):
    save(
        cast.office, approval_title="关于同意表彰项目的批复", approval_number="青评组〔2026〕3号",
        approval_authority="市评比达标表彰工作领导小组", approved_on=date(2026, 11, 2),
    )  # fmt: skip
    bring_to(cast, S.DECIDED)
    with time_machine.travel(ISSUE_DAY, tick=True):
        (request,) = paper.requests(YEAR)
        payload = request.payload
        assert payload["title"] == "关于表彰2026年度组织工作先进集体和先进个人的决定"
        basis = "市评比达标表彰工作领导小组《关于同意表彰项目的批复》（青评组〔2026〕3号，2026年11月2日）"
        assert payload["approval_basis"] == basis
        assert payload["publicity_end_date"] == "2027年1月27日"
        assert [row["name"] for row in payload["persons"]] == [HEAD]
        assert violations(request.kind, payload, render(request.kind, payload)) == []
        with pytest.raises(Conflict, match="已经作出表彰决定"):
            save(cast.office)


def test_an_approval_is_given_in_full_or_not_at_all(cast):
    with pytest.raises(FieldError, match="要填就填全") as refused:
        save(cast.office, approval_number="青评组〔2026〕3号")
    assert refused.value.field == "approval_title"


def test_who_is_added_needs_a_reason_and_is_not_on_the_list_already(cast):
    people.draw(cast.office)
    with pytest.raises(FieldError, match="请写明提出的理由"):
        add(cast.hr, (unit_id("K03"), person_id("甲某1")), reason=" ")
    with pytest.raises(FieldError, match="已经在名单上"):
        add(cast.hr, (unit_id("K01"), None))
    people.remove(cast.hr, row_of("第1科"))
    add(cast.hr, (unit_id("K01"), None))
    assert [row.state for row in rows() if row.name == "第1科"] == [S.REMOVED, S.CANDIDATE]


def test_nobody_proposes_the_own_person(cast):
    people.draw(cast.office)
    with pytest.raises(NotAllowed, match="涉及您本人"):
        add(cast.hr, (unit_id("K02"), cast.hr.person_id))


def test_drawing_up_again_follows_a_person_to_another_unit_and_keeps_what_people_wrote(cast):
    people.draw(cast.office)
    people.remove(cast.hr, row_of("第1科"))
    add(cast.hr, (unit_id("K01"), None), reason="承担全市试点")
    head = row_of(HEAD)
    head.unit_id, head.post = unit_id("K04"), "第4科科长"
    database.session.commit()
    people.draw(cast.office)
    assert (row_of(HEAD).unit_id, row_of(HEAD).state) == (unit_id("K03"), S.CANDIDATE)
    first = [row for row in rows() if row.name == "第1科"]
    assert [(row.state, row.reason) for row in first if row.state is S.CANDIDATE] == [
        (S.CANDIDATE, "承担全市试点")
    ]
    assert len(first) == 2


def test_units_are_listed_by_series_and_then_by_rank(cast):
    people.draw(cast.office)
    row_of("第1科").rank = 2  # the townships are all first of theirs
    database.session.commit()
    units = [row.name for row in rows() if row.is_unit]
    assert units == ["第2科", "第3科", "第4科", "第1科", "第1镇", "第2镇", "第3镇", "第4镇"]


def test_later_nominations_are_publicized_by_a_further_list(cast):
    people.draw(cast.office)
    people.nominate(cast.hr, [row_of("第1科").id])
    first = people.post(cast)
    people.nominate(cast.hr, [row_of("第2科").id])
    with pytest.raises(Conflict, match="已经公示"):
        people.post(cast)
    with time_machine.travel(ISSUE_DAY, tick=True):
        with unit_of_work():
            end_due()
        second = people.post(cast)
        people.decide(cast.deputy, [row_of("第1科").id])
    assert (row_of("第1科").publicity_id, row_of("第2科").publicity_id) == (first, second)


def test_every_step_is_logged_and_tells_nothing_of_a_bar(cast):
    bring_to(cast, S.ISSUED)
    logged = database.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
    mine = [entry for entry in logged if entry.subject == f"commendation:{row_of(HEAD).id}"]
    assert len(mine) == 4
    assert queries.is_issued(YEAR)
