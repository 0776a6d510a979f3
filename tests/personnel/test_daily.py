"""Sections 四 and 五 of the achievement file: register, self-report, bulletins and reviews of the unit."""

from datetime import date

import pytest

from fivestep_web.assessment.daily.achievements import services as achievements
from fivestep_web.assessment.daily.achievements.rules import AchievementKind, Level
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.samples import sample_payload
from fivestep_web.extensions import db as database
from fivestep_web.org.models import PostHolding
from fivestep_web.personnel import daily
from tests.documents import numbering
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import acting, make_department

TODAY = date(2027, 1, 15)


@pytest.fixture
def department(db):
    from fivestep_web.core import settings

    settings.put("rehearsal_date", TODAY.isoformat())
    numbering.give_agency_codes()
    return make_department()


def years_of(user, today=TODAY):
    holdings = database.session.query(PostHolding).filter_by(person_id=user.person_id).all()
    return daily.unit_years(holdings, [2026], today)


def register(department, kind, title):
    entry = achievements.Entry(
        department.section.id,
        department.topic.id,
        kind,
        Level.CITY,
        date(2026, 5, 6),
        title,
        "市委组织部",
        "文件夹3",
    )
    with unit_of_work():
        return achievements.register(acting(department.head), 2026, entry)


def test_the_register_of_the_own_unit_stands_with_evidence_and_class(department):
    register(department, AchievementKind.AWARD, "先进集体")
    register(department, AchievementKind.SPEECH, "责任到人的做法")
    rows = list(daily.visible(years_of(department.head)))
    assert [row["source"] for row in rows] == [
        {"document": "文件夹3", "archive_class": "表彰奖励类"},
        {"document": "文件夹3", "archive_class": "考核鉴定类"},
    ]
    assert rows[0]["content"] == "组织科：市委组织部获奖（市级），先进集体"
    assert rows[0]["when"] == "2026年5月6日"
    assert list(daily.visible(years_of(department.secretary))) == []


def test_a_withdrawn_achievement_is_in_no_file(department):
    with unit_of_work():
        row = register(department, AchievementKind.AWARD, "先进集体")
        achievements.withdraw(acting(department.head), row, reason="重复")
    assert list(daily.visible(years_of(department.head))) == []


def test_the_latent_part_comes_from_the_units_self_report(department):
    with unit_of_work():
        achievements.hand_in(
            acting(department.head), 2026, department.section.id, visible="无", latent="健全制度", revision=0
        )
    (row,) = daily.latent(years_of(department.members[0]))
    assert (row["when"], row["content"]) == ("2026年", "组织科：健全制度")


def test_issued_bulletins_and_reviews_stand_with_their_numbers_and_drafts_do_not(department):
    block = sample_payload(DocumentKind.MONTHLY_BULLETIN)["blocks"]
    block[0]["rows"][1]["unit_code"] = department.section.code
    numbering.draft(kind=DocumentKind.MONTHLY_BULLETIN, subject="month:7", actor=numbering.SYSTEM)
    assert list(daily.records(years_of(department.head))) == []
    minister = {"actor": numbering.MINISTER}
    for kind, subject, changes in (
        (DocumentKind.MONTHLY_BULLETIN, "month:6", {"blocks": block, "month": 6}),
        (DocumentKind.QUARTERLY_REVIEW, "quarter:2", {}),
    ):
        document_id = numbering.draft(kind=kind, subject=subject, **changes)
        numbering.approve(document_id, day=TODAY, **minister)
        numbering.run_queue()
        numbering.issue(document_id, day=TODAY, **minister)
        numbering.run_queue()
    database.session.rollback()
    rows = list(daily.records(years_of(department.head)))
    own = block[0]["rows"][1]
    assert rows[0]["when"] == "2026年6月"
    assert rows[0]["content"].startswith(f"{own['unit']}到期目标{own['due']}项，已完成{own['done']}项")
    assert rows[0]["source"]["document"].startswith("青组通〔2027〕")
    assert all(row["content"].startswith("第二季度点评，组织科，") for row in rows[1:])


def test_who_holds_no_post_has_no_unit(department):
    stranger = user_with_role(numbering.Role.STF, valid_to=date(2026, 1, 31))
    assert years_of(stranger) == []
