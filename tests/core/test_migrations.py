"""The migrations make what the models say."""

import re
from datetime import date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove, CycleRules
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.score_settings import Group
from fivestep_web.config import PROJECT
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services
from fivestep_web.documents.models import BatchDocument, GeneratedDocument
from fivestep_web.extensions import db as database
from tests.assessment.county import county, load
from tests.documents.sources import letter_wanted
from tests.factories.org import PlanYearFactory

FOLDER = str(PROJECT / "migrations")
LITERAL = re.compile(r"'([^']*)'")


def test_tables_columns_and_indexes_are_those_of_the_models(db):
    connection = database.session.connection()
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, database.metadata) == []


def test_checks_allow_the_values_of_the_models(db):
    inspector = inspect(database.session.connection())
    wanted, found = {}, {}
    for table in database.metadata.sorted_tables:
        checks = [item for item in table.constraints if isinstance(item, CheckConstraint)]
        texts = (item.sqltext.compile(compile_kwargs={"literal_binds": True}) for item in checks)
        wanted[table.name] = values_in(texts)
        found[table.name] = values_in(item["sqltext"] for item in inspector.get_check_constraints(table.name))
    assert found == wanted


def values_in(checks):
    """Return the values each check names: databases spell the rest in their own way."""
    return sorted(sorted(set(LITERAL.findall(str(check)))) for check in checks)


def stored():
    """Return how many documents there are, and how many rows that refer to one."""
    counts = [
        database.session.scalar(select(func.count()).select_from(table))
        for table in (GeneratedDocument, BatchDocument)
    ]
    database.session.remove()
    return counts


def ask_for_letters():
    PlanYearFactory(year=2026)
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [letter_wanted(1), letter_wanted(2)], "责任书")


def test_a_table_that_others_refer_to_is_changed_with_its_rows(own_app):
    ask_for_letters()
    assert stored() == [2, 2]
    downgrade(directory=FOLDER, revision="f4b8107ce52a")
    assert stored() == [2, 2]
    upgrade(directory=FOLDER)
    assert stored() == [2, 2]
    with pytest.raises(IntegrityError), unit_of_work():
        database.session.execute(text("DELETE FROM generated_document"))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_migration_that_leaves_a_reference_to_nothing_changes_nothing(own_app, caplog):
    ask_for_letters()
    downgrade(directory=FOLDER, revision="f4b8107ce52a")
    raw = database.engine.raw_connection()
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("DELETE FROM generated_document WHERE id = 1")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.close()
    with pytest.raises(SystemExit):
        upgrade(directory=FOLDER)
    assert "rows refer to what is not there: [('batch_document', 1, 'generated_document'" in caplog.text
    checks = inspect(database.engine).get_check_constraints("generated_document")
    assert not any("personal_result_notice" in item["sqltext"] for item in checks)


def test_scores_become_whole_numbers_and_texts_again(own_app):
    load(county(1, marks=(80, "92.5", "88.123456789012345")))
    before = kept_scores()
    assert ("92.5", 1) in before
    downgrade(directory=FOLDER, revision="e7b2c4d6f801")
    texts = database.session.execute(text("SELECT DISTINCT score FROM rating_tally")).scalars().all()
    database.session.remove()
    assert sorted(texts) == ["80", "88.123456789012345", "92.5"]
    upgrade(directory=FOLDER)
    assert kept_scores() == before


def test_groups_that_voted_again_did_so_on_both_series(own_app):
    PlanYearFactory(year=2026)
    cycle = AssessmentCycle(year=2026, name="考核", cut_off_date=date(2026, 12, 31))
    days = {"moved_on": date(2026, 12, 30), "moved_at": clock.now(), "state": CycleState.VOTING}
    cycle.moves = [CycleMove(groups=groups, **days) for groups in ([], [["social_survey", "乡镇"]])]
    database.session.add(cycle)
    database.session.commit()
    database.session.remove()
    downgrade(directory=FOLDER, revision="c3a9e5d71b26")
    assert voted_again() == [[], ["social_survey"]]
    upgrade(directory=FOLDER)
    assert voted_again() == [[], [["social_survey", "科室"], ["social_survey", "乡镇"]]]


def test_a_vote_counted_before_a_change_was_judged_by_the_rules_of_that_day(own_app):
    PlanYearFactory(year=2026)
    cycle = AssessmentCycle(year=2026, name="考核", cut_off_date=date(2026, 12, 31), rule_version=2)
    database.session.add(cycle)
    database.session.flush()
    first, counted, second = (datetime(2026, 12, day, 9, tzinfo=clock.ZONE) for day in (1, 2, 3))
    for version, approved_at in ((1, first), (2, second)):
        rules = {"settings": {}, "sha256": "0" * 64, "approved_at": approved_at}
        database.session.add(CycleRules(cycle_id=cycle.id, version=version, **rules))
    vote = {"cycle_id": cycle.id, "series": Series.SECTIONS, "sealed_at": first, "swept_at": first}
    for group, counted_at in ((Group.LEADER_EVALUATION, counted), (Group.SOCIAL_SURVEY, None)):
        database.session.add(Poll(rater_group=group, counted_at=counted_at, **vote))
    database.session.commit()
    database.session.remove()
    downgrade(directory=FOLDER, revision="d3a7c50e918b")
    upgrade(directory=FOLDER)
    assert database.session.scalars(select(Poll.rule_version).order_by(Poll.id)).all() == [1, None]
    database.session.remove()


def voted_again():
    found = database.session.scalars(select(CycleMove.groups).order_by(CycleMove.id)).all()
    database.session.remove()
    return found


def kept_scores():
    rows = database.session.execute(select(RatingTally.score, RatingTally.count)).all()
    database.session.remove()
    return sorted((str(score), count) for score, count in rows)
