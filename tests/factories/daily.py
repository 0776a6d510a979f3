"""A county whose ledger has something to tell month by month, and its bulletins on their way to a number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.assessment.daily.achievements.models import SelfReport
from fivestep_web.assessment.daily.bulletins import queries, services
from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.core import clock, settings
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, Unit, UnitKind
from tests.documents.numbering import give_agency_codes
from tests.factories.accounts import user_with_role
from tests.factories.ledger import MOMENT, County, ProgressEventFactory, actor_of, make_county
from tests.factories.org import UnitFactory
from tests.factories.queue import run_queue

TODAY = date(2026, 8, 10)


@dataclass
class Daily:
    """The county, a township of it, the clerk who prepares and the leader who reviews."""

    county: County
    township: Unit
    clerk: User
    reviewer: User

    @property
    def office(self) -> Actor:
        return actor_of(self.clerk)

    @property
    def leader(self) -> Actor:
        return actor_of(self.reviewer)

    def goal(
        self, *, due: date, done_on: date | None = None, unit: Unit | None = None, **facts: object
    ) -> int:
        """Return a unit goal of the section, or of *unit*, due and where wanted completed on these days."""
        unit = unit or self.county.unit
        entry = self.county.entry(deadline=due, unit=unit, **facts)
        goal_id = entry.goal_id
        if done_on:
            ProgressEventFactory(
                goal=entry.goal,
                happened_on=done_on,
                done=Decimal(10),
                completed_on=done_on,
                evidence="验收单",
            )
        return goal_id


def play(day: date) -> None:
    """Make *day* the business date."""
    settings.put("rehearsal_date", day.isoformat())
    db.session.commit()


def make_daily(today: date = TODAY) -> Daily:
    """Return a county on *today* with one section and one township, without goals."""
    play(today)
    give_agency_codes()
    county = make_county()
    township = UnitFactory(name="城关镇", kind=UnitKind.TOWNSHIP)
    reviewer = user_with_role(Role.EXD)
    db.session.commit()
    return Daily(county, township, county.office, reviewer)


def found(year: int, month: int) -> MonthlyBulletin:
    """Return the bulletin as it is stored now."""
    db.session.rollback()
    bulletin = queries.find_bulletin(year, month)
    assert bulletin is not None
    return bulletin


def reviewed(daily: Daily, month: int) -> None:
    """Draft a month's bulletin, hand it in and review it."""
    with unit_of_work():
        services.submit(daily.office, services.draft(daily.office, 2026, month))
    run_queue()
    with unit_of_work():
        services.pass_on(daily.leader, found_locked(2026, month))
    run_queue()


def found_locked(year: int, month: int) -> MonthlyBulletin:
    """Return the bulletin within the running unit of work."""
    bulletin = queries.find_bulletin(year, month)
    assert bulletin is not None
    return bulletin


def issued(daily: Daily, month: int, day: date = TODAY) -> int:
    """Have a month's bulletin reviewed, numbered and issued; return its document."""
    reviewed(daily, month)
    document_id = document_of(daily, month)
    with unit_of_work():
        numbering.approve(daily.leader, document_id, approved_on=day)
    run_queue()
    with unit_of_work():
        numbering.issue(daily.leader, document_id, issued_on=day)
    run_queue()
    db.session.rollback()
    return document_id


def document_of(daily: Daily, month: int) -> int:
    """Return the newest document of a month's bulletin."""
    db.session.rollback()
    return queries.papers(daily.leader, 2026)[queries.subject_of(month)].document_id


def store_issued(year: int, months: dict[int, dict[str, tuple[int, int]]]) -> None:
    """Store issued bulletins without their way to the number: due and done by month and unit code."""
    db.session.merge(Blob(sha256="0" * 64, size=0, data=b""))
    for month, units in months.items():
        rows = [{"unit_code": code, "due": due, "done": done} for code, (due, done) in units.items()]
        db.session.add(
            GeneratedDocument(
                year=year,
                kind=queries.KIND,
                subject=queries.subject_of(month),
                version=1,
                title=f"{month}月通报",
                file_name=f"{month}.docx",
                download_name=f"{month}.docx",
                is_draft=False,
                payload={"month": month, "blocks": [{"rows": rows}]},
                content_sha256=f"{month:064}",
                template_sha256="0" * 64,
                blob_sha256="0" * 64,
                state=DocumentState.ISSUED,
                requested_at=MOMENT,
            )
        )
    db.session.commit()


def hand_in_reports(year: int, unit_ids: Iterable[int], text: str = "全年目标按期完成。") -> None:
    """Store a self-report with *text* as both parts for each unit that has none."""
    reported = set(db.session.scalars(select(SelfReport.unit_id).where(SelfReport.year == year)))
    person_id = db.session.scalars(select(Person.id).order_by(Person.id).limit(1)).one()
    db.session.add_all(
        SelfReport(
            year=year,
            unit_id=unit_id,
            visible=text,
            latent=text,
            submitted_by_id=person_id,
            submitted_at=clock.now(),
        )
        for unit_id in sorted(set(unit_ids) - reported)
    )
    db.session.commit()
