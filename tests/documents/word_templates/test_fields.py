"""What the page of fields says about each kind."""

import pytest

from fivestep_web.documents.filters import FILTERS
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.samples import sample_payload
from fivestep_web.documents.word_templates import fields, guide
from fivestep_web.documents.word_templates.fields import Shape, fields_of, rows_of

LETTER = DocumentKind.RESPONSIBILITY_LETTER


def found(kind, tag):
    (row,) = [row for row in rows_of(kind) if row.tag == tag]
    return row


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_field_of_every_kind_has_a_chinese_meaning(kind):
    assert all(row.field.meaning and not row.field.meaning.isascii() for row in rows_of(kind))


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_value_a_template_is_filled_with_is_a_field(kind):
    assert fields.sample_values(kind).keys() == fields_of(kind).keys()


def test_the_list_of_meanings_has_no_line_that_no_field_uses(monkeypatch):
    used = set()

    class Watched(dict):
        def get(self, name, default=None):
            if name in self:
                used.add(name)
            return super().get(name, default)

        def __getitem__(self, name):
            used.add(name)
            return super().__getitem__(name)

    known = Watched(fields.meanings())
    monkeypatch.setattr(fields, "meanings", lambda: known)
    for kind in DocumentKind:
        fields_of.__wrapped__(kind)
    assert set(known) - used == set()


def test_a_row_shows_how_it_is_written_what_it_is_and_what_the_sample_has():
    goal = sample_payload(LETTER)["goals"][0]
    row = found(LETTER, "{{ item.standard }}")
    assert (row.field.meaning, row.field.shape) == ("完成标准", Shape.TEXT)
    assert (row.example, row.depth) == (goal["standard"], 1)
    assert found(LETTER, "{%tr for item in goals %}").example == "5 项"
    assert found(LETTER, "{{ letter_version }}").field.shape is Shape.NUMBER
    assert found(LETTER, "{{ part.phase }}").depth == 2


def test_what_may_be_absent_is_told():
    assert found(LETTER, "{{ change_note }}").field.may_be_absent
    assert found(LETTER, "{% if verification %}").field.may_be_absent
    assert not found(LETTER, "{{ document_date }}").field.may_be_absent


def test_blocks_and_attachments_show_the_tag_they_need():
    report = DocumentKind.RESEARCH_REPORT
    assert found(report, "{{p attachment_notes }}").field.shape is Shape.BLOCK
    assert found(report, "{%p if 'records' in attached %}").field.meaning == "走访座谈记录目录"


def test_every_filter_is_explained():
    assert guide.FILTERS.keys() == FILTERS.keys()
