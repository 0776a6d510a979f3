"""Templates: filled as docxtpl fills them, and able to say nothing but fields, choices and repetitions."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from fivestep_web.documents.filters import FILTERS
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import DOCUMENT
from fivestep_web.documents.package import archive, packed, unpacked
from fivestep_web.documents.payloads.letters import LETTER_CODES
from fivestep_web.documents.pictures import letter_pictures
from fivestep_web.documents.rendering import (
    context,
    core_properties,
    packaged_template,
    prepare,
    render,
    template_bytes,
)
from fivestep_web.documents.samples import draft_payload, letter_payload, sample_payload
from fivestep_web.documents.template import CompiledTemplate
from fivestep_web.documents.template_code import compiled
from fivestep_web.documents.values import word_text

LETTER = DocumentKind.RESPONSIBILITY_LETTER
ADMONITION = DocumentKind.ADMONITION_LIST
HOSTILE = "<w:p/>&‹副市长›]]>{{7*7}}𠮷𫠝㛃龘\n第二行\t第三格" + "张" * 200
TEXT_PARTS = (DOCUMENT, "word/header_odd.xml", "word/header_even.xml")


def by_docxtpl(kind: DocumentKind, values: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the members that docxtpl itself makes of the template, in a sandbox, values escaped."""
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=word_text)
    environment.filters.update(FILTERS)
    template = DocxTemplate(io.BytesIO(template_bytes(kind)))
    template.render(dict(values), environment)
    made = io.BytesIO()
    template.save(made)
    return unpacked(made.getvalue())


def canonical(xml: bytes) -> bytes:
    """Return *xml* so that equal documents are equal bytes; docxtpl numbers drawings in its own way."""
    root = etree.fromstring(xml)
    for node in root.iter("{*}docPr"):
        node.set("id", "0")
    return etree.tostring(root, method="c14n")


def hostile(value: Any) -> Any:
    """Return *value* with a hostile text after each of its own that people write."""
    if isinstance(value, dict):
        return {name: item if name == "shape" else hostile(item) for name, item in value.items()}
    if isinstance(value, list):
        return [hostile(item) for item in value]
    return value + HOSTILE if type(value) is str else value


def payloads() -> list[Any]:
    made = [
        pytest.param(kind, make(kind), id=f"{kind.value}-{make.__name__.partition('_')[0]}")
        for kind in DocumentKind
        for make in (sample_payload, draft_payload)
    ]
    return made + [pytest.param(LETTER, letter_payload(kind), id=kind) for kind in LETTER_CODES]


@pytest.mark.parametrize("altered", [lambda value: value, hostile], ids=["plain", "hostile"])
@pytest.mark.parametrize(("kind", "payload"), payloads())
def test_every_template_gives_the_document_that_docxtpl_gives(kind, payload, altered, monkeypatch):
    monkeypatch.setattr("fivestep_web.documents.template._without_empty_last_section", lambda xml: xml)
    monkeypatch.setattr("fivestep_web.documents.template.with_page_numbers", lambda xml: xml)
    pictures = letter_pictures(payload, {}) if kind is LETTER else {}
    values = {
        name: value if name in {"ballot_table", "tally_table"} else altered(value)
        for name, value in context(kind, payload, pictures).items()
    }
    data = packaged_template(kind).render(values, b"<core/>", pictures.values())
    ours, theirs = unpacked(data), by_docxtpl(kind, values)
    for part in TEXT_PARTS:
        assert canonical(ours[part]) == canonical(theirs[part])


def test_a_worker_makes_every_template_ready_before_it_divides():
    packaged_template.cache_clear()
    prepare()
    assert packaged_template.cache_info().currsize == len(DocumentKind)
    assert packaged_template.cache_info().misses == len(DocumentKind)


def filled(part: str, text: str) -> bytes:
    """Return a file made with *text* at the end of a part of a template."""
    parts = unpacked(template_bytes(ADMONITION))
    before, end, after = parts[part].rpartition(b"</w:p>")
    parts[part] = before + f"<w:r><w:t>{text}</w:t></w:r>".encode() + end + after
    template = CompiledTemplate(archive(packed(name, content) for name, content in parts.items()))
    payload = sample_payload(ADMONITION)
    return template.render(context(ADMONITION, payload), core_properties(ADMONITION, payload))


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ title.__init__.__globals__ }}",
        "{{ cycler }}",
        "{{ lipsum() }}",
        "{{ range(9) }}",
        "{{ title.format.__self__.__class__ }}",
    ],
)
@pytest.mark.parametrize("part", ["word/document.xml", "word/header_odd.xml", "word/footer_even.xml"])
def test_a_hostile_template_is_stopped_in_every_part(part, attack):
    with pytest.raises((SecurityError, UndefinedError)):
        filled(part, attack)


@pytest.mark.parametrize(
    "tag",
    [
        "{{ title.upper() }}",
        "{{ title['format'] }}",
        "{{ title[0] }}",
        "{{ 'a'.b }}",
        "{{ ('a' ~ 'b').c }}",
        "{{ (title | cell).format }}",
        "{{ 'a' * 9 }}",
        "{{ 9 ** 9 }}",
        "{{ [title] }}",
        "{{ {'a': title} }}",
        "{{ title._private }}",
        "{{ _private }}",
        "{{ self }}{{ self._TemplateReference__context }}",
        "{% set title = 'a' %}",
        "{% include 'a' %}",
        "{% import 'a' as b %}",
        "{% extends 'a' %}",
        "{% macro a() %}{% endmacro %}",
        "{% block a %}{% endblock %}",
        "{% for a, b in rows %}{% endfor %}",
        "{% for a in rows recursive %}{{ loop(a) }}{% endfor %}",
        "{% filter cell %}a{% endfilter %}",
        "{% with %}{% endwith %}",
        "{{ title | upper }}",
        "{{ title | attr('a') }}",
        "{% if title %}{{ title | upper }}{% endif %}",
        "{% if title is callable %}{% endif %}",
        "{% autoescape false %}{{ title }}{% endautoescape %}",
    ],
)
def test_a_template_that_says_more_than_it_may_is_refused_when_it_is_compiled(tag):
    with pytest.raises(SecurityError):
        compiled(tag, FILTERS)


@pytest.mark.parametrize("tag", ["{{ title", "{% if title %}", "{% for %}", "{{ title | }}"])
def test_a_wrong_tag_is_found_when_it_is_compiled(tag):
    with pytest.raises(TemplateSyntaxError):
        compiled(tag, FILTERS)


@pytest.mark.parametrize(
    ("tag", "error"),
    [
        ("{{ title.format }}", TypeError),
        ("{{ title.loop.first }}", TypeError),
        ("{{ rows.append }}", TypeError),
        ("{{ rows }}", TypeError),
        ("{{ one }}", TypeError),
        ("{{ one.keys }}", KeyError),
        ("{{ nothing }}", TypeError),
        ("{{ yes }}", TypeError),
        ("{{ unknown }}", UndefinedError),
        ("{{ loop.index }}", UndefinedError),
        ("{% if unknown %}a{% endif %}", UndefinedError),
        ("{% for a in rows %}{{ loop }}{% endfor %}", TypeError),
        ("{% for a in rows %}{{ loop.changed }}{% endfor %}", TypeError),
        ("{% for a in rows %}{{ loop.first.real }}{% endfor %}", TypeError),
        ("{{ one.name.upper }}", TypeError),
    ],
)
def test_what_is_no_field_is_never_looked_up_as_an_attribute(tag, error):
    values = {"title": "标题", "rows": ["甲"], "one": {"name": "乙"}, "nothing": None, "yes": True}
    with pytest.raises(error):
        compiled(tag, FILTERS)(values)


def test_fields_choices_and_repetitions_are_filled():
    source = (
        "{% for row in rows if row.kept %}{{ loop.index }}.{{ row.of.name | cell }}"
        "{% if loop.last %}。{% else %}；{% endif %}{% endfor %}"
        "{{ rows | length + 1 }}{{ 'x' if a is none else 'y' }}"
    )
    names = ((True, "甲<"), (False, "乙"), (True, ""))
    rows = [{"kept": kept, "of": {"name": name}} for kept, name in names]
    assert compiled(source, FILTERS)({"rows": rows, "a": None}).decode() == "1.甲&lt;；2.—。4x"


def test_a_produced_letter_used_as_a_template_shows_its_text_and_runs_nothing():
    payload = sample_payload(LETTER)
    payload["goals"][0]["goal"] = "{{ cycler.__init__.__globals__.os.popen('id') }}"
    produced = render(LETTER, payload)
    with pytest.raises(SecurityError):
        CompiledTemplate(produced)


def test_tags_in_a_templates_core_properties_are_never_read():
    parts = unpacked(template_bytes(ADMONITION))
    parts["docProps/core.xml"] = b"{{ cycler.__init__.__globals__ }}"
    template = CompiledTemplate(archive(packed(name, content) for name, content in parts.items()))
    payload = sample_payload(ADMONITION)
    data = template.render(context(ADMONITION, payload), core_properties(ADMONITION, payload))
    assert data == render(ADMONITION, payload)


def test_a_missing_field_stops_the_rendering():
    payload = sample_payload(ADMONITION)
    values = context(ADMONITION, payload)
    del values["score_threshold"]
    template = CompiledTemplate(template_bytes(ADMONITION))
    with pytest.raises(UndefinedError):
        template.render(values, b"")
