"""From candidates to the issued document: who may do what, what holds whom (R5.15–R5.16, 5.8, N12)."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.rules import AdmonitionState
from fivestep_web.assessment.admonitions.rules import Source as AdmonitionSource
from fivestep_web.assessment.commendations import drawing, paper, queries, year_services
from fivestep_web.assessment.commendations.year_services import Terms
from fivestep_web.assessment.models import Adjustment, AdjustmentKind, AdjustmentState
from fivestep_web.assessment.publicity.rules import ObjectionState
from fivestep_web.assessment.publicity.services import end_due
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.documents.checks import violations
from fivestep_web.documents.rendering import render
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
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
from tests.assessment.cycles.plans import YEAR, actor_of
from tests.assessment.publicity.people import answer, file, receive
from tests.factories.accounts import user_with_role

HEAD = "丁某甲"
NO_TERMS = Terms("", "", "", None, None, "")


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


def test_an_issued_document_takes_its_rows_along_and_nobody_leaves_them(cast):
    bring_to(cast, S.ISSUED)
    assert {row.state for row in rows()} == {S.ISSUED}
    with pytest.raises(Conflict, match="现在是“已印发”"):
        people.remove(cast.hr, row_of(HEAD))


def test_no_number_without_a_decision(cast):
    bring_to(cast, S.PUBLICIZING)
    with pytest.raises(Conflict, match="还没有作出表彰决定"):
        people.issue(cast)


def test_a_document_of_another_list_takes_no_number(cast):
    bring_to(cast, S.DECIDED)
    with time_machine.travel(ISSUE_DAY, tick=True):
        assert paper.gate(YEAR, "all") == ""
        with unit_of_work():
            documents.request_documents(actor_of(cast.hr), YEAR, paper.requests(YEAR), "表彰")
        people.remove(cast.hr, row_of(HEAD))
        assert "请重新生成" in paper.gate(YEAR, "all")


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
