"""Names of files, titles broken by sense."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.documents.archive import unique
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.layout import signature
from fivestep_web.documents.names import download_name, file_name
from fivestep_web.documents.samples import draft_payload, sample_payload
from fivestep_web.documents.titles import title_lines


def test_file_names_tell_kind_year_scope_day_and_version():
    name = file_name(DocumentKind.RESPONSIBILITY_LETTER, 2026, "X01", date(2026, 1, 5), 2)
    assert name == "responsibility_letter-2026-X01-20260105-v2.docx"
    with pytest.raises(ValueError, match="范围编码"):
        file_name(DocumentKind.TASK_BOOK, 2026, "../all", date(2026, 1, 5), 1)


def test_download_names_are_number_and_title():
    kind = DocumentKind.TASK_BOOK
    assert (
        download_name(sample_payload(kind)) == "青组发〔2026〕2号 关于印发《2026年组织工作任务书》的通知.docx"
    )
    assert download_name(draft_payload(kind)) == "关于印发《2026年组织工作任务书》的通知（草稿）.docx"


@given(title=st.text(max_size=120), number=st.none() | st.text(max_size=20))
def test_download_names_fit_every_file_system(title, number):
    name = download_name({"title": title, "number": number, "draft": False})
    assert not set(name) & set('\\/:*?"<>|\n\r\t\x00')
    assert len(name.encode()) <= 255
    assert name.endswith(".docx")


def test_a_long_name_is_told_apart_and_still_fits_every_file_system():
    name, used = "考核/" + "长" * 83 + ".docx", set()
    names = [unique(name, used) for _time in range(3)]
    assert len(set(names)) == 3
    assert names[2].endswith("长（3）.docx")
    assert all(len(item.removeprefix("考核/").encode()) <= 255 for item in names)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("2026年度诫勉谈话建议名单", ["2026年度诫勉谈话建议名单"]),
        (
            "关于表彰2026年度组织工作先进集体和先进个人的决定",
            ["关于表彰2026年度组织工作", "先进集体和先进个人的决定"],
        ),
        (
            "关于对2026年度组织工作先进单位和个人予以通报表扬的通报",
            ["关于对2026年度组织工作先进单位", "和个人予以通报表扬的通报"],
        ),
        ("第一行\n第二行", ["第一行", "第二行"]),
    ],
)
def test_long_titles_break_by_sense(title, lines):
    assert title_lines(title).split("\n") == lines


@given(title=st.text(alphabet="关于印发组织工作任务书的通知《》、，的2026年", max_size=60))
def test_breaking_a_title_changes_no_character(title):
    lines = title_lines(title).split("\n")
    assert "".join(lines) == title
    assert not any(line.startswith(("的", "》", "、", "，")) for line in lines[1:])


def test_the_signature_is_centred_over_a_date_four_characters_from_the_right():
    block = signature("中共青禾县委组织部", "2026年1月15日")
    assert '<w:ind w:right="880"/>' in block
    assert '<w:ind w:rightChars="400" w:right="1280"/>' in block
