"""Drafting and issuing many letters in one action (R2.8-R2.11, J1, J4, J5)."""

import pytest
from sqlalchemy import select, update

from fivestep_web.accounts.models import User
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import jobs
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import UnitPeriod
from fivestep_web.responsibility.coverage import expected
from fivestep_web.responsibility.letters import drafting, run_queries
from fivestep_web.responsibility.letters import runs as letter_runs
from fivestep_web.responsibility.models import Goal, Letter, LetterRun, LetterVersion
from fivestep_web.responsibility.rules import LetterKind, LetterState
from tasks import registry, runner
from tests.factories.accounts import user_with_role
from tests.factories.county import make_county
from tests.factories.queue import queued, run_queue
from tests.factories.responsibility import DAY, YEAR, acting, draft, letter_of
from tests.web import post


def start(user, kind=""):
    with unit_of_work():
        return letter_runs.start(acting(user), YEAR, kind).id


def run(user, kind=""):
    run_id = start(user, kind)
    run_queue()
    db.session.expire_all()
    return db.session.get(LetterRun, run_id)


def figures(found):
    return found.drafted, found.total, found.done, found.issued, found.waiting


def states(kind):
    return set(db.session.scalars(select(Letter.state).where(Letter.kind == kind)))


def issued_entries():
    rows = db.session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "letter.issued"))
    return sorted(rows)


def test_one_action_drafts_all_and_issues_what_is_ready(department):
    found = run(department.clerk)
    assert figures(found) == (5, 5, 5, 2, 3)
    assert (found.failure, found.finished_at is not None) == ("", True)
    assert states(LetterKind.DEPARTMENT_UNIT) == {LetterState.ISSUED}
    assert states(LetterKind.SECTION_HEAD_STAFF) == {LetterState.DRAFT}


def test_what_is_left_over_says_by_letter_what_it_lacks(department):
    left_over = {item["number"]: item for item in run(department.clerk).left_over}
    assert set(left_over) == {"责〔2026〕K1号", "责〔2026〕K2号", "责〔2026〕D1号"}
    item = left_over["责〔2026〕D1号"]
    assert item["letter_id"] == letter_of(department.organizer).id
    assert item["name"] == department.organizer.person.name
    assert item["reason"] == "上级责任书 责〔2026〕B1号 待签订，生效后才能发出下一级（一级抓一级）"


def test_a_kind_leaves_the_others_alone(department):
    found = run(department.clerk, "department_unit")
    assert figures(found) == (1, 1, 1, 1, 0)
    assert db.session.query(Letter).count() == 1


def test_every_issued_letter_has_its_own_entry_in_the_log(department):
    run(department.clerk)
    ids = db.session.scalars(select(Letter.id).where(Letter.state == LetterState.ISSUED))
    assert issued_entries() == sorted(f"letter:{letter_id}" for letter_id in ids)


def test_a_letter_without_a_standard_is_named_and_the_others_go_out(department):
    goal = db.session.get(Goal, department.goals[0].id)
    goal.completion_standard = " "
    db.session.commit()
    found = run(department.clerk, "minister_section_head")
    assert figures(found) == (1, 1, 1, 0, 1)
    assert found.left_over[0]["reason"] == f"目标“{goal.name}”没有完成标准，请先补充"


def test_a_unit_with_goals_but_no_head_is_named(department):
    db.session.execute(
        update(UnitPeriod).where(UnitPeriod.unit_id == department.township.id).values(head_id=None)
    )
    db.session.commit()
    found = run(department.clerk)
    (item,) = [item for item in found.left_over if item["letter_id"] is None]
    assert item["number"] == "城关镇"
    assert item["reason"] == "“城关镇”有目标，但没有负责人，责任书不能起草，请先任命负责人"
    assert [each.unit for each in run_queries.list_vacancies(acting(department.clerk), YEAR)] == ["城关镇"]
    assert run_queries.list_vacancies(acting(department.head), YEAR) == []


def test_a_section_without_a_leader_in_charge_is_named(department):
    db.session.execute(
        update(UnitPeriod).where(UnitPeriod.unit_id == department.section.id).values(leader_id=None)
    )
    db.session.commit()
    (item,) = run_queries.list_vacancies(acting(department.clerk), YEAR)
    assert item.reason == "“组织科”有目标，但没有主管领导，责任书不能起草，请先确定主管领导"


def test_what_is_expected_is_what_drafting_plans(demo):
    units = set(db.session.scalars(select(Goal.unit_id)))
    plans = {
        plan.key: (plan.responsible_id, plan.issuer_id) for plan in drafting.plans_of(YEAR, units).values()
    }
    found = {item.key: (item.responsible_id, item.issuer_id) for item in expected.list_expected(YEAR, DAY)}
    assert found == plans
    assert len(found) > 60


def test_a_second_click_gives_the_same_run(department):
    first = start(department.clerk)
    assert start(department.clerk) == first
    assert len(queued()) == 1
    run_queue()
    assert start(department.clerk) != first


def test_another_kind_or_another_person_has_a_run_of_its_own(department):
    assert len({start(department.clerk), start(department.clerk, "unit_member"), start(department.head)}) == 3


def test_a_head_runs_the_letters_of_the_own_unit_only(department):
    draft()
    db.session.execute(update(Letter).values(state=LetterState.IN_FORCE).where(Letter.upper_id.is_(None)))
    db.session.commit()
    found = run(department.head)
    assert figures(found) == (0, 2, 2, 2, 0)
    assert states(LetterKind.SECTION_HEAD_STAFF) == {LetterState.ISSUED}
    assert states(LetterKind.UNIT_MEMBER) == {LetterState.DRAFT}


def test_the_job_does_nothing_twice(department):
    found = run(department.clerk)
    before = figures(found)
    with unit_of_work():
        letter_runs.draft(found.id)
    assert figures(db.session.get(LetterRun, found.id)) == before
    again = run(department.clerk)
    assert figures(again) == (0, 3, 3, 0, 3)
    assert db.session.query(LetterVersion).count() == 2


def test_who_may_not_issue_or_asks_for_an_unknown_kind_or_a_closed_year_is_refused(department, db):
    with pytest.raises(NotAllowed), unit_of_work():
        letter_runs.start(acting(department.members[0]), YEAR)
    with pytest.raises(DomainError), unit_of_work():
        letter_runs.start(acting(department.clerk), YEAR, "nothing")
    with pytest.raises(Conflict), unit_of_work():
        letter_runs.start(acting(department.clerk), 2031)


def test_rights_lost_meanwhile_end_the_run_with_a_sentence(department):
    run_id = start(department.clerk)
    db.session.get(User, department.clerk.id).is_active = False
    db.session.commit()
    run_queue()
    found = db.session.get(LetterRun, run_id)
    assert found.failure == "办理人的账号已停用，没有继续发出"
    assert db.session.query(Letter).count() == 0


def test_a_letter_that_breaks_the_program_holds_up_no_other(department, monkeypatch):
    draft()
    broken = letter_of(department.head).id
    issue = letter_runs.letter_services.issue

    def sometimes(actor, letter, known=None):
        if letter.id == broken:
            raise RuntimeError("张某")
        return issue(actor, letter, known)

    monkeypatch.setattr(letter_runs.letter_services, "issue", sometimes)
    found = run(department.clerk)
    assert figures(found) == (0, 5, 5, 1, 4)
    (item,) = [item for item in found.left_over if item["letter_id"] == broken]
    assert item["reason"] == "程序出错（RuntimeError），请联系管理员。"
    assert found.finished_at is not None


def test_drafting_that_fails_for_good_is_told_and_may_be_asked_again(department, monkeypatch):
    monkeypatch.setattr(drafting, "draft_letters", lambda actor, year, kind: 1 / 0)
    found = run(department.clerk)
    assert "ZeroDivisionError" in found.failure
    monkeypatch.undo()
    assert figures(run(department.clerk)) == (5, 5, 5, 2, 3)


def test_a_chunk_cut_off_before_its_commit_is_done_again_whole(department, monkeypatch):
    start(department.clerk)
    registry.load()
    runner.run(queued()[0][1])
    (chunk,) = [key for _task, key in queued()]

    def torn(*arguments, **facts):
        raise KeyboardInterrupt

    count = letter_runs._count
    monkeypatch.setattr(letter_runs, "_count", torn)
    with pytest.raises(KeyboardInterrupt):
        runner.run(chunk)
    monkeypatch.setattr(letter_runs, "_count", count)
    db.session.rollback()
    assert issued_entries() == []
    with unit_of_work():
        db.session.execute(update(jobs.Outbox).values(lease_until=None))
    run_queue()
    (found,) = db.session.scalars(select(LetterRun))
    assert figures(found) == (5, 5, 5, 2, 3)
    assert len(issued_entries()) == 2


def test_statements_a_letter_do_not_grow_with_the_county(january, db, count_queries):
    user = make_county(2026, 2, 20)
    count_queries.statements.clear()
    found = run(user, "unit_member")
    assert figures(found) == (40, 40, 40, 40, 0)
    assert len(count_queries) <= 40 * 10 + 80


def test_the_pages_of_a_run(login, department):
    client = login(department.clerk)
    answer = post(client, f"/letters/runs?year={YEAR}", {"kind": ""})
    address = answer.headers["Location"]
    assert answer.status_code == 303
    begun = client.get(address).text
    assert "正在起草" in begun
    assert "共 0" not in begun
    part = client.get(address, headers={"HX-Request": "true"})
    assert 'id="run-progress"' in part.text
    assert "<html" not in part.text
    run_queue()
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Redirect"] == address
    page = client.get(address).text
    assert "已办完" in page
    assert "责〔2026〕D1号" in page
    assert 'data-label="还缺什么">上级责任书 责〔2026〕B1号 待签订' in page
    assert address in client.get(f"/letters?year={YEAR}").text


def test_a_run_half_way_says_how_it_came_out_so_far_and_calls_nothing_a_failure(login, department):
    client = login(department.clerk)
    address = post(client, f"/letters/runs?year={YEAR}", {"kind": ""}).headers["Location"]
    db.session.execute(update(LetterRun).values(total=8, done=5, issued=2, waiting=3))
    db.session.commit()
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(address, headers=headers).text
        assert "已发出 2 份，还不能发出 3 份" in page
        assert "已完成 5，共 8" in page
        assert "失败" not in page


def test_another_head_does_not_see_the_run_and_the_office_does(department):
    run_id = start(department.head)
    stranger = user_with_role(Role.TSC)
    with pytest.raises(NotFound):
        run_queries.get_run(acting(stranger), run_id)
    assert run_queries.get_run(acting(department.clerk), run_id).id == run_id


def test_the_list_of_letters_names_units_without_a_head(login, department):
    db.session.execute(
        update(UnitPeriod).where(UnitPeriod.unit_id == department.township.id).values(head_id=None)
    )
    db.session.commit()
    assert "“城关镇”有目标，但没有负责人" in login(department.clerk).get(f"/letters?year={YEAR}").text
