"""The log's page speaks Chinese: whatever the code records has a label."""

import ast
from itertools import chain

import pytest

from fivestep_web.audit import labels
from fivestep_web.config import PROJECT
from fivestep_web.documents.making import LOGGED_AS
from fivestep_web.documents.requests import available_kinds
from fivestep_web.ledger.rules import STATE_LABELS
from fivestep_web.org.labels import ESTABLISHMENT_LABELS, UNIT_KIND_LABELS
from fivestep_web.responsibility.rules import CHANGE_LABELS, STEP_LABELS

SOURCES = [path for folder in ("fivestep_web", "tasks") for path in sorted((PROJECT / folder).rglob("*.py"))]


def is_record(call):
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return name == "record" and len(call.args) == len(("actor", "action", "subject"))


def records():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and is_record(node):
                yield node


def texts(node):
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value
    }


def actions(call):
    return {LOGGED_AS} if isinstance(call.args[1], ast.Name) else texts(call.args[1])


def kinds(call):
    return {text.partition(":")[0] for text in texts(call.args[2]) if ":" in text}


def test_every_recorded_action_has_a_label_and_no_label_is_left_over():
    assert set(chain.from_iterable(actions(call) for call in records())) == set(labels.ACTIONS)


def test_every_kind_of_subject_has_a_label_and_no_label_is_left_over():
    assert set(chain.from_iterable(kinds(call) for call in records())) == set(labels.SUBJECTS)


def test_every_named_fact_has_a_label():
    named = {keyword.arg for call in records() for keyword in call.keywords if keyword.arg}
    assert named - labels.FACTS.keys() == set()


@pytest.mark.usefixtures("app")
def test_states_and_kinds_are_called_as_on_their_own_pages():
    made = {kind.value: kind.label for kind in available_kinds()}
    assert made
    spoken = STATE_LABELS | UNIT_KIND_LABELS | ESTABLISHMENT_LABELS | CHANGE_LABELS | made
    assert {code: labels.VALUES[code] for code in spoken} == spoken
    assert {step: labels.VALUES[step] for step in STEP_LABELS} == {
        step: f"{side}签署" for step, side in STEP_LABELS.items()
    }


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("letter:12", "责任书 12"),
        ("user:*", "账号 全部"),
        ("calendar:days", "工作日历"),
        ("unheard:7", "unheard 7"),
        ("", ""),
    ],
)
def test_a_subject_is_shown_in_words(subject, shown):
    assert labels.subject_shown(subject) == shown


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("责任书 12", "letter:12"),
        ("责任书12", "letter:12"),
        ("责任书", "letter"),
        ("letter:12", "letter:12"),
        ("%", "%"),
        ("别的 3", "别的 3"),
        ("", ""),
    ],
)
def test_a_subject_typed_in_words_is_understood(typed, meant):
    assert labels.subject_meant(typed) == meant


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ({"after": "closed", "before": "in_progress", "review_on": None}, "之前：推进中；之后：已销号"),
        ({"changes": {"target": ["5", "8"], "name": ["", "甲"]}}, "改动：目标值 5 → 8，名称 无 → 甲"),
        ({"sha256": "0123456789abcdef" * 4}, "校验值：0123456789ab"),
        ({"documents": {"57": "0123456789abcdef" * 4}}, "文档：57 0123456789ab"),
        ({"goals": [1, 2], "failed": []}, "目标：1、2；失败：无"),
        ({"documents": {str(number): "ab" for number in range(111)}}, "文档：111项"),
        ({"is_assessed": True}, "参加考核：是"),
        ({"sheets": {"单位": {"new": 3}}}, "工作表：单位 新增 3"),
        ({"issued_at": "2026-12-09T01:27:33.123456+00:00"}, "发出时间：2026-12-09 09:27"),
        ({}, ""),
    ],
)
def test_facts_are_shown_in_words(detail, shown):
    assert labels.detail_shown(detail) == shown
