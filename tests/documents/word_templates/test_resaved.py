"""Templates as programs save them: with parts, marks and names of their own, and nothing of it in the way."""

import io
import re
import subprocess

import pytest
from docx import Document

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import DOCUMENT, WordFile, shown_text, text_of
from fivestep_web.documents.package import archive, packed, unpacked
from fivestep_web.documents.rendering import WordTemplate, render, template_bytes
from fivestep_web.documents.samples import sample_payload
from fivestep_web.documents.template import CompiledTemplate
from fivestep_web.documents.word_templates.checking import check
from fivestep_web.documents.word_templates.standins import editable
from tests.factories.word_templates import BOOK, NEW, with_part

DECISION = DocumentKind.COMMENDATION_DECISION
LEDGER = DocumentKind.LEDGER_BOOK
WORDML = "http://schemas.microsoft.com/office/word/2010/wordml"
RELATIONSHIPS = "word/_rels/document.xml.rels"
OWN = {
    "word/theme/theme1.xml": "theme",
    "word/webSettings.xml": "webSettings",
    "word/stylesWithEffects.xml": "stylesWithEffects",
}


def downloaded(kind) -> bytes:
    """Return the product's template as HR gets it."""
    return editable(template_bytes(kind))


def made(kind, ready) -> bytes:
    return render(kind, sample_payload(kind), template=WordTemplate(CompiledTemplate(ready)))


def as_word_saves_it(kind) -> bytes:
    """Return the template with what Word adds: revision marks, a fallback, names of styles, other members."""
    parts = unpacked(downloaded(kind))
    xml = parts[DOCUMENT].decode()
    xml = re.sub(r"<w:p>", '<w:p w:rsidR="00A1" w14:paraId="1A2B3C4D" w14:textId="77777777">', xml)
    xml = re.sub(r"<w:sectPr>", '<w:sectPr w:rsidR="00A1" w:rsidSect="00A2">', xml)
    xml = xml.replace("<w:r>", '<w:proofErr w:type="gramStart"/><w:r w:rsidRPr="00A1">')
    xml = xml.replace("</mc:Choice>", f"</mc:Choice><mc:Fallback>{_fallback(xml)}</mc:Fallback>")
    xml = xml.replace("<w:document ", f'<w:document xmlns:w14="{WORDML}" mc:Ignorable="w14" ', 1)
    xml = xml.replace(
        "<w:body>", '<w:body><w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>'
    )
    styles = parts["word/styles.xml"].decode()
    for number, key in enumerate(re.findall(r'w:styleId="(Gw\w+)"', styles)):
        styles = styles.replace(f'"{key}"', f'"a{number}"')
        xml = xml.replace(f'<w:pStyle w:val="{key}"/>', f'<w:pStyle w:val="a{number}"/>')
    parts |= {DOCUMENT: xml.encode(), "word/styles.xml": styles.encode()}
    parts |= dict.fromkeys((*OWN, "docProps/app.xml", "customXml/item1.xml"), b"<a/>")
    rows = "".join(
        f'<Relationship Id="rIdOwn{name[5]}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/{kind}" Target="{name.removeprefix("word/")}"/>'
        for name, kind in OWN.items()
    )
    parts[RELATIONSHIPS] = parts[RELATIONSHIPS].replace(b"</Rel", f"{rows}</Rel".encode())
    return archive(packed(name, data) for name, data in reversed(parts.items()))


def _fallback(xml: str) -> str:
    """Return the text box as VML holds it: with the same paragraphs again."""
    inside = re.search("<w:txbxContent>.*?</w:txbxContent>", xml)
    return f"<w:pict>{inside[0]}</w:pict>" if inside else "<w:pict/>"


def body(data: bytes) -> str:
    """Return the text of the main part, without line ends and the pages that contents name."""
    return re.sub(r"\t\d+", "", text_of(WordFile.open(data).document).replace("\n", ""))


@pytest.mark.parametrize("kind", DocumentKind)
def test_what_word_adds_is_left_out_and_the_documents_are_the_same(kind):
    report = check(kind, as_word_saves_it(kind))
    assert (report.findings, report.departures) == ([], [])
    ours, theirs = (
        WordFile.open(data) for data in (render(kind, sample_payload(kind)), made(kind, report.ready))
    )
    assert ours.members.keys() == theirs.members.keys()
    assert [text.tag for text in ours.document.iter()] == [text.tag for text in theirs.document.iter()]
    assert ours.styled.keys() == theirs.styled.keys()
    assert b"rsid" not in theirs.members[DOCUMENT]


@pytest.mark.parametrize("kind", DocumentKind)
def test_what_python_docx_saves_passes(kind):
    document, saved = Document(io.BytesIO(downloaded(kind))), io.BytesIO()
    document.save(saved)
    report = check(kind, saved.getvalue())
    assert (report.findings, report.departures) == ([], [])


@pytest.fixture(scope="module")
def from_libreoffice(tmp_path_factory):
    """Return every template as LibreOffice saves it, converted in one run."""
    folder = tmp_path_factory.mktemp("resaved")
    for kind in DocumentKind:
        (folder / f"{kind.value}.docx").write_bytes(downloaded(kind))
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
    files = map(str, sorted(folder.glob("*.docx")))
    subprocess.run(
        [*command, "docx:MS Word 2007 XML", "--outdir", str(folder / "out"), *files],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return {kind: (folder / "out" / f"{kind.value}.docx").read_bytes() for kind in DocumentKind}


@pytest.mark.office
@pytest.mark.parametrize("kind", DocumentKind)
def test_what_libreoffice_saves_makes_the_same_text(from_libreoffice, kind):
    report = check(kind, from_libreoffice[kind])
    assert report.findings == []
    assert {departure.partition("：")[0] for departure in report.departures} <= {"D7", "D11"}
    assert body(made(kind, report.ready)) == body(render(kind, sample_payload(kind)))


def test_a_changed_paragraph_of_a_resaved_template_comes_through():
    document, saved = Document(io.BytesIO(template_bytes(BOOK))), io.BytesIO()
    (paragraph,) = [each for each in document.paragraphs if "特此通知" in each.text]
    paragraph.runs[-1].text = NEW
    document.save(saved)
    report = check(BOOK, saved.getvalue())
    assert report.findings == []
    assert NEW in shown_text(made(BOOK, report.ready))


@pytest.mark.parametrize("kind", DocumentKind)
def test_what_hr_downloads_has_tags_only_where_word_takes_them(kind):
    xml = unpacked(downloaded(kind))[DOCUMENT].decode()
    assert re.findall(r'="[^"]*\{\{|<w:instrText[^>]*>[^<]*\{\{', xml) == []
    assert (downloaded(kind) == template_bytes(kind)) is (kind is not LEDGER)


def test_the_ledgers_shading_and_bookmarks_come_back_on_upload():
    report = check(LEDGER, downloaded(LEDGER))
    assert (report.findings, report.departures) == ([], [])
    ours, theirs = render(LEDGER, sample_payload(LEDGER)), made(LEDGER, report.ready)
    assert unpacked(ours)[DOCUMENT].count(b"w:fill=") == unpacked(theirs)[DOCUMENT].count(b"w:fill=")
    for pattern in (rb'w:fill="\w+"', rb'w:name="part_\d+"', rb" PAGEREF part_\d+ ", rb'Start w:id="\d+"'):
        assert re.findall(pattern, unpacked(ours)[DOCUMENT]) == re.findall(
            pattern, unpacked(theirs)[DOCUMENT]
        )
    assert text_of(WordFile.open(ours).document) == text_of(WordFile.open(theirs).document)


def test_a_bookmark_of_the_ledger_that_ends_in_another_paragraph_comes_back_too():
    def stretched(xml: bytes) -> bytes:
        return re.sub(rb'(<w:bookmarkEnd w:id="9001"/>)(.*?</w:p>)', rb"\2\1", xml, count=1, flags=re.DOTALL)

    saved = with_part(downloaded(LEDGER), DOCUMENT, stretched)
    assert saved != downloaded(LEDGER)
    report = check(LEDGER, saved)
    assert report.findings == []
    assert b" PAGEREF part_1 " in unpacked(made(LEDGER, report.ready))[DOCUMENT]


def test_a_shading_divided_over_runs_and_a_page_already_counted_are_read_the_same():
    def as_saved(xml: bytes) -> bytes:
        divided = b"{% cell</w:t></w:r><w:r><w:t>bg entry.signal.shape | shade %}"
        xml = xml.replace(b"{% cellbg entry.signal.shape | shade %}", divided)
        return re.sub(rb"(PAGEREF part_each .{0,900}?<w:t[^>]*>)0<", rb"\g<1>7<", xml)

    saved = with_part(downloaded(LEDGER), DOCUMENT, as_saved)
    assert saved != downloaded(LEDGER)
    report = check(LEDGER, saved)
    assert report.findings == []
    assert body(made(LEDGER, report.ready)) == body(render(LEDGER, sample_payload(LEDGER)))
    contents = re.findall(r"\t(\d+)", text_of(WordFile.open(made(LEDGER, report.ready)).document))
    assert contents == re.findall(
        r"\t(\d+)", text_of(WordFile.open(render(LEDGER, sample_payload(LEDGER))).document)
    )
