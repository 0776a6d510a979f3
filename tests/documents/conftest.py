"""What tests of documents share."""

import fcntl

import pytest

from fivestep_web.core import settings as instance
from fivestep_web.documents import requests
from tests.documents.numbering import TODAY, give_agency_codes
from tests.documents.office import convert
from tests.documents.pages import Printed
from tests.factories.org import PlanYearFactory


@pytest.fixture(autouse=True)
def ungated(monkeypatch):
    """Let every kind go out, from applications made later too: gates are tested with their features."""
    for held, register in (("_gates", "register_gate"), ("_issued", "register_issue")):
        monkeypatch.setattr(requests, held, {})
        monkeypatch.setattr(requests, register, lambda *_given: None)


@pytest.fixture
def december(db):
    """Set the day, the agency codes and the year that numbers are taken in."""
    instance.put("rehearsal_date", TODAY.isoformat())
    give_agency_codes()
    PlanYearFactory(year=2026)


@pytest.fixture(scope="session")
def printed(tmp_path_factory):
    """Return the pages of every file of `office`, converted once for all processes of a test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "printed"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            convert(folder)
            (folder / "done").touch()
    return Printed(folder)
