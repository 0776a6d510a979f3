"""The migrations make what the models say."""

import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from fivestep_web.extensions import db as database

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
