"""Lines of the log cannot be forged."""

import logging

from fivestep_web.operations.logs import OneLine


def shown(message: str) -> str:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, message, None, None)
    return OneLine("%(levelname)s %(message)s").format(record)


def test_line_ends_and_terminal_codes_are_shown_not_obeyed():
    assert shown("好\nINFO forged\x1b[31m\u2028") == "INFO 好\\x0aINFO forged\\x1b[31m\\x2028"


def test_plain_text_is_left_alone():
    assert shown("责任书 letter-1-r1: done") == "INFO 责任书 letter-1-r1: done"
