"""The pages of templates: what is sent, what comes back, who may."""

from io import BytesIO
from urllib.parse import quote

import pytest

from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.documents.opened import shown_text
from fivestep_web.documents.rendering import template_bytes
from fivestep_web.documents.word_templates import queries
from tests.documents.numbering import draft
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import acting
from tests.factories.word_templates import BOOK, LETTER, NEW, WORDS, changed, new_layout, reworded, uploaded
from tests.web import get, post

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("december")]
KIND = f"/templates/{BOOK.value}"


@pytest.fixture
def office(login):
    return login(user_with_role(Role.OFC))


def send(client, data, note="增加及时报告", name="任务书模板.docx"):
    return post(client, KIND, {"file": (BytesIO(data), name), "note": note})


def test_the_list_shows_every_kind_with_what_is_in_use(office):
    new_layout(BOOK, NEW)
    page = get(office, "/templates").text
    assert "目标责任书" in page
    assert "公示" in page
    assert "第1版" in page
    assert "随系统的模板" in page


def test_the_list_and_a_kind_cost_the_same_whatever_they_hold(office, count_queries):
    get(office, "/templates")  # the first page of a session costs more
    counts = []
    for words in ("特此通知甲。", "特此通知乙。", "特此通知丙。"):
        new_layout(BOOK, words)
        counts.append([])
        for address in ("/templates", KIND):
            count_queries.statements.clear()
            get(office, address)
            counts[-1].append(len(count_queries))
    assert counts[0] == counts[1] == counts[2]


def test_the_products_own_template_is_downloaded_under_a_chinese_name(office):
    answer = get(office, f"{KIND}/0/download")
    assert answer.data == template_bytes(BOOK)
    assert quote("任务书模板（随系统）.docx", safe="") in answer.headers["Content-Disposition"]


def test_a_good_template_is_kept_and_leads_to_its_own_page(office):
    answer = send(office, reworded(BOOK))
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"{KIND}/1")
    page = get(office, f"{KIND}/1").text
    assert "等待启用" in page
    assert "任务书模板.docx" in page
    assert "版式符合公文格式标准" in page
    assert get(office, f"{KIND}/1/download").data == reworded(BOOK)
    assert NEW in shown_text(get(office, f"{KIND}/1/preview").data)
    assert "（草稿）" in shown_text(get(office, f"{KIND}/1/preview?draft=1").data)


def test_a_wrong_template_is_told_what_where_and_how_and_the_note_stays(office):
    answer = send(office, changed(BOOK, (WORDS[BOOK], "特此通知。{{ titel }}")), "通知的说法")
    assert answer.status_code == 422
    page = answer.text
    assert "没有字段“titel”" in page
    assert "{{ titel }}" in page
    assert "是不是“title”" in page
    assert "正文" in page
    assert "通知的说法" in page
    assert queries.list_versions(BOOK) == []


def test_what_is_no_template_is_refused_on_the_page(office):
    answer = send(office, b"%PDF-1.7", "试试")
    assert answer.status_code == 422
    assert "“任务书模板.docx”没有读取：文件不是 .docx 文档" in answer.text
    assert "试试" in answer.text


@pytest.mark.parametrize("note", ["", " \r\n　"])
def test_nothing_chosen_or_no_note_is_asked_for(office, note):
    answer = post(office, KIND, {"note": note})
    assert answer.status_code == 422
    assert "请先选择文件" in answer.text
    assert "请写明这一版改了什么" in answer.text


def test_a_template_is_put_to_use_and_gone_back_from(office):
    send(office, reworded(BOOK))
    assert "启用" in get(office, f"{KIND}/1").text
    answer = post(office, f"{KIND}/1/use", {"note": "部务会同意"})
    assert answer.status_code == 303
    assert "现在用的" in get(office, f"{KIND}/1").text
    assert post(office, f"{KIND}/1/use", {"note": "再来"}).status_code == 409
    assert "恢复" in get(office, f"{KIND}/0").text
    assert post(office, f"{KIND}/0/use", {"note": "版面有误"}).status_code == 303
    assert queries.find_live(BOOK) is None
    assert "版面有误" in get(office, KIND).text


def test_a_version_is_not_put_to_use_without_a_word_why(office):
    send(office, reworded(BOOK))
    answer = post(office, f"{KIND}/1/use", {"note": " "})
    assert answer.status_code == 422
    assert "请写明为什么启用或恢复" in answer.text
    assert queries.find_live(BOOK) is None


def test_another_layout_asks_for_a_tick(office):
    send(office, changed(BOOK, ('w:top="2098"', 'w:top="1440"')))
    page = get(office, f"{KIND}/1").text
    assert "第1节的上边距不合规定" in page
    refused = post(office, f"{KIND}/1/use", {"note": "版心改小"})
    assert refused.status_code == 422
    assert "勾选确认" in refused.text
    assert "版心改小" in refused.text
    assert post(office, f"{KIND}/1/use", {"note": "版心改小", "is_confirmed": "y"}).status_code == 303


def test_the_fields_are_listed_with_meaning_and_example(office):
    page = get(office, f"{KIND}/fields").text
    for text in ("{{ part.standard }}", "完成标准", "有时没有", "2026年组织工作任务书", "ordinal"):
        assert text in page


@pytest.mark.parametrize(
    "address", ["/templates/none", f"{KIND}/3", f"{KIND}/3/download", f"{KIND}/3/preview"]
)
def test_what_is_not_there_is_not_found(office, address):
    assert office.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.MIN, Role.SHD, Role.SUP, Role.TSC])
def test_others_see_none_of_it(login, role):
    client = login(user_with_role(role))
    for address in ("/templates", KIND, f"{KIND}/fields", f"{KIND}/0/download"):
        assert client.get(address).status_code == 403
    assert send(client, reworded(BOOK)).status_code == 403


def test_a_note_with_markup_is_shown_as_text(login):
    user = user_with_role(Role.HRO)
    uploaded(acting(user, clock.today()), BOOK, reworded(BOOK), "<b onclick=1>改</b>")
    assert "&lt;b onclick=1&gt;改&lt;/b&gt;" in get(login(user), KIND).text


def test_a_document_says_which_template_made_it(office):
    assert "随系统的模板" in get(office, f"/documents/{draft()}").text
    new_layout(BOOK, NEW)
    assert "第1版模板" in get(office, f"/documents/{draft()}").text


def test_the_menu_of_the_administration_and_the_documents_lead_here(office):
    assert 'href="/templates"' in get(office, "/admin/").text
    assert 'href="/templates"' in get(office, "/documents").text


def test_the_page_of_letters_says_that_their_words_stay(office):
    for page in ("", "/fields"):
        assert "不能增减或改动文字" in get(office, f"/templates/{LETTER.value}{page}").text
        assert "不能增减或改动文字" not in get(office, KIND + page).text


def test_an_odd_name_of_a_file_is_kept_without_its_folder_and_signs(office):
    name = "C:\\资料\\任务书\x01<b>模板" + "长" * 250 + ".docx"
    assert send(office, reworded(BOOK), name=name).status_code == 303
    kept = queries.get_version(BOOK, 1).file_name
    assert len(kept) == 200
    assert kept.endswith("长.docx")
    assert "\x01" not in kept
    assert "<b>" not in get(office, f"{KIND}/1").text
