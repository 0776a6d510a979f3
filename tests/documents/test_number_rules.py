"""Numbers in their form, and courses of steps that no rule lets astray."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.numbers.rules import (
    ALLOWED,
    SERIES,
    NumberState,
    Stage,
    Step,
    approval_fault,
    issue_fault,
    number_text,
    stage_of,
    stamped,
    takes_number,
)
from fivestep_web.documents.samples import draft_payload

FORM = re.compile(r"[\u4e00-\u9fff]+〔20\d\d〕[1-9]\d*号")  # part D, D8
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(st.sampled_from(["青组发", "青组通", "组字"]), st.integers(2000, 2099), st.integers(1, 10**6))
def test_a_number_has_the_form_of_the_standard(code, year, number):
    assert FORM.fullmatch(number_text(code, year, number))


def test_the_kinds_of_part_c_with_a_number_are_those_of_the_three_series():
    codes = {kind.code for kind in SERIES}
    assert codes == {"C02", "C03", "C04", "C07", "C08", "C09", "C10", "C11"}
    assert takes_number(DocumentKind.TASK_BOOK, None, None)
    assert not takes_number(DocumentKind.TASK_BOOK, 3, None)
    assert not takes_number(DocumentKind.TIMETABLE, 3, 7)
    assert not takes_number(DocumentKind.RESPONSIBILITY_LETTER, None, None)


@pytest.mark.parametrize(
    ("document", "number", "is_issue_asked", "stage"),
    [
        ("queued", None, False, Stage.UNFINISHED),
        ("failed", None, False, Stage.UNFINISHED),
        ("superseded", None, False, Stage.OUTDATED),
        ("ready", None, False, Stage.DRAFT),
        ("ready", NumberState.LIVING, False, Stage.NUMBERING),
        ("numbered", NumberState.LIVING, False, Stage.NUMBERED),
        ("numbered", NumberState.LIVING, True, Stage.ISSUING),
        ("issued", NumberState.LIVING, True, Stage.ISSUED),
        ("superseded", NumberState.LIVING, True, Stage.REPLACED),
        ("superseded", NumberState.DROPPED, False, Stage.DROPPED),
    ],
)
def test_the_stage_follows_from_the_file_and_the_number(document, number, is_issue_asked, stage):
    assert stage_of(document, number, is_issue_asked=is_issue_asked) is stage


class Course:
    """A document as steps and finished files move it; what is not allowed changes nothing."""

    def __init__(self):
        self.document, self.number, self.is_issue_asked = "ready", None, False

    @property
    def stage(self):
        return stage_of(self.document, self.number, is_issue_asked=self.is_issue_asked)

    def take(self, step):
        if step == "file":
            moved = {Stage.NUMBERING: "numbered", Stage.ISSUING: "issued"}
            self.document = moved.get(self.stage, self.document)
        elif self.stage in ALLOWED[step]:
            if step is Step.APPROVE:
                self.number = NumberState.LIVING
            elif step is Step.ISSUE:
                self.is_issue_asked = True
            else:
                self.number, self.document = NumberState.DROPPED, "superseded"


@given(st.lists(st.sampled_from([*Step, "file"]), max_size=20))
def test_no_course_leaves_an_issued_document_or_a_dropped_number_or_numbers_twice(steps):
    course, taken = Course(), 0
    for step in steps:
        before = course.stage
        course.take(step)
        taken += before is Stage.DRAFT and course.stage is Stage.NUMBERING
        if before in {Stage.ISSUED, Stage.DROPPED}:
            assert course.stage is before
        if course.stage is Stage.ISSUED and before is not Stage.ISSUED:
            assert before is Stage.ISSUING
        if course.stage is Stage.DROPPED and before is not Stage.DROPPED:
            assert before in {Stage.NUMBERING, Stage.NUMBERED}
    assert taken <= 1


@given(DAYS, DAYS, st.integers(2021, 2040))
def test_a_document_is_approved_by_today_and_not_before_the_year_before_its_own(day, today, year):
    is_right = day <= today and day >= date(year - 1, 1, 1)
    assert (approval_fault(day, today, year) == "") is is_right


@given(DAYS, st.integers(-3, 400), st.integers(0, 400))
def test_a_document_is_issued_between_its_approval_and_today(approved, after, waited):
    issued, today = approved + timedelta(after), approved + timedelta(waited)
    assert (issue_fault(issued, approved, today) == "") is (approved <= issued <= today)


def test_a_stamp_changes_the_head_the_dates_and_the_imprint_alone():
    draft = draft_payload(DocumentKind.TASK_BOOK)
    draft["letterhead"]["printing_date"] = None
    before = repr(draft)
    numbered = stamped(draft, "青组发〔2026〕1号", date(2026, 1, 5), None)
    issued = stamped(numbered, "青组发〔2026〕1号", date(2026, 1, 5), date(2026, 1, 6))
    assert repr(draft) == before
    assert {name for name in draft if draft[name] != numbered[name]} == {"draft", "number", "document_date"}
    assert {name for name in draft if numbered[name] != issued[name]} == {"issued", "letterhead"}
    assert (issued["document_date"], issued["letterhead"]["printing_date"]) == (
        "2026年1月5日",
        "2026年1月6日",
    )
