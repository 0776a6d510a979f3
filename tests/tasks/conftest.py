"""A machine with real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.machine import Machine, a_machine, make_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def machine(template: Path) -> Iterator[Machine]:
    with a_machine(template) as found:
        yield found
