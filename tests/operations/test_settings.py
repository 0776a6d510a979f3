"""Every setting is documented, and nothing is that is not one."""

import re

from fivestep_web.config import PROJECT

NAME = re.compile(r"FIVESTEP_[A-Z_]+[A-Z]")


def test_the_settings_that_are_read_are_the_ones_that_are_documented():
    read = set(NAME.findall((PROJECT / "fivestep_web" / "config.py").read_text()))
    documented = set(NAME.findall((PROJECT / "docs" / "settings.md").read_text()))
    assert read == documented
