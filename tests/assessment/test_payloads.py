"""The drafts of results, commendation and admonition list, made from the computed year."""

import io
import zipfile

import pytest

from fivestep_web.assessment.admonitions.requests import list_payloads as admonition_payloads
from fivestep_web.assessment.commendations.paper import requests as commendation_payloads
from fivestep_web.assessment.payloads import result_payloads
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payload_checks import check_payload
from fivestep_web.documents.rendering import render
from fivestep_web.documents.requests import gather
from tests.assessment.county import county, load, ratings

HIGH, LOW = (92, 93, 94, 95, 96), (40, 50, 54, 58, 60)


@pytest.fixture
def town(db):
    sheets = county(4, marks=HIGH)
    sheets["评价"] = sheets["评价"][:1] + ratings(["K01", "K02"], HIGH) + ratings(["K03"], LOW)
    sheets["评价"] += [["社会调查", "N1", "K01", "不了解"]]
    sheets["加减分"] += [
        ["K01", "加分", 2, "交流", "简报"],
        ["K02", "加分", 2, "创新", None],
        ["K02", "一票否决", None, "事故", "通报"],
    ]
    sheets["人员"][2][1], sheets["人员"][6][1] = "赵某甲", "丁某甲"
    load(sheets)


def text_of(request):
    data = render(request.kind, request.payload)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read("word/document.xml").decode()


def test_every_request_is_a_whole_draft_that_passes_every_check(town):
    for kind, source in (
        (DocumentKind.ANNUAL_ASSESSMENT_RESULT, result_payloads),
        (DocumentKind.COMMENDATION_DECISION, commendation_payloads),
        (DocumentKind.ADMONITION_LIST, admonition_payloads),
    ):
        request = source(2026)[0]
        assert (request.kind, request.subject, request.is_draft) == (kind, "all", True)
        assert check_payload(kind, request.payload)["draft"] is True
        assert violations(kind, request.payload, render(kind, request.payload)) == []
        assert list(gather(kind, 2026)) == [request]


def test_the_results_name_ties_adjustments_and_units_without_a_total(town):
    payload = result_payloads(2026)[0].payload
    series = payload["series"][0]
    assert [row["rank"] for row in series["results"]] == ["1", "1", "3", "—"]
    assert [(grade["grade"], grade["count"]) for grade in series["grades"]] == [
        ("优秀", 2),
        ("较差", 1),
        ("暂无总分", 1),
    ]
    notes = "".join(payload["notes"])
    for words in (
        "总分＝四组评价×100%＋加分－扣分",
        "科室第1名并列：第K01科、第K02科",
        "第K01科加分2分：交流（简报）。",
        "第K02科一票否决：事故（通报），总分不变，不列入表彰和推荐。",
        "第K04科没有总分，不排位次：",
        "规则版本",
    ):
        assert words in notes
    survey = payload["validity"][0]
    assert (survey["issued_count"], survey["valid_count"]) == ("—", "15")
    assert "不了解1条" in survey["note"]


def test_no_draft_claims_a_publicity_that_has_not_been(town):
    assert "尚未完成公示" in text_of(result_payloads(2026)[0])
    praise = text_of(commendation_payloads(2026)[0])
    assert "名单尚未公示" in praise
    assert "未收到影响表彰的异议" not in praise


def test_the_commendation_lists_units_by_rank_and_persons_by_strokes(town):
    payload = commendation_payloads(2026)[0].payload
    assert payload["title"] == "关于对2026年度组织工作先进单位和个人予以通报表扬的通报"
    assert [row["unit"] for row in payload["units"]] == ["第K01科"], "a veto bars the unit"
    assert payload["approval_basis"] is None
    assert all(row["unit_and_position"].startswith("第K0") for row in payload["persons"])


def test_the_admonition_list_quotes_the_figures_and_decides_nothing(town):
    payload = admonition_payloads(2026)[0].payload
    assert payload["candidates"] == [
        {
            "sequence": 1,
            "name": "张某甲",
            "unit_and_position": "第K03科科长",
            "trigger": "年度总分53.20，较差",
            "proposed_way": "诫勉谈话",
            "approval_opinion": "待批准",
        }
    ]
    assert (payload["score_threshold"], payload["satisfaction_threshold"]) == ("60.00", "60.00%")


@pytest.mark.usefixtures("db")
def test_both_triggers_of_a_unit_make_one_line():
    sheets = county(1)
    others = ratings(["K01"], LOW, ["群众评价", "领导评价", "科室互评"])
    sheets["评价"] = sheets["评价"][:1] + others + ratings(["K01"], [100, 0, 0, 0, 0], ["社会调查"])
    load(sheets)
    lines = admonition_payloads(2026)[0].payload["candidates"]
    assert len(lines) == 1
    assert lines[0]["trigger"].endswith("较差；满意率20.00%")


@pytest.mark.usefixtures("db")
def test_nothing_is_drafted_before_there_are_ratings():
    sheets = county(1)
    sheets["评价"] = sheets["评价"][:1]
    load(sheets)
    assert (result_payloads(2026), commendation_payloads(2026), admonition_payloads(2026)) == ([], [], [])
