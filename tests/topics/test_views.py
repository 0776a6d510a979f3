import pytest

from fivestep_web.core.permissions import Role
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import TopicCategoryFactory, TopicFactory, make_department
from tests.web import get

pytestmark = pytest.mark.one_database


@pytest.fixture
def department(db):
    return make_department()


@pytest.fixture
def topics(department):
    """Three topics in two categories, entered against the categories' order."""
    late = TopicCategoryFactory(position=900, code="added", name="办公室增设")
    early = TopicCategoryFactory(position=-1, code="leading_bodies", name="领导班子和干部队伍建设")
    facts = {"lead_unit": department.township, "leader": department.leader.person}
    return [
        TopicFactory(code="B2", name="村级活动场所", category=late, **facts),
        TopicFactory(code="A1", name="年轻干部 100% 递进培养", category=early, **facts),
        TopicFactory(code="B1", name="<b>后进村</b>", category=late, tier="signature", **facts),
    ]


def test_topics_stand_by_category_then_code(login, department, topics):
    page = get(login(department.clerk), "/topics").text
    places = [page.index(f"/topics/{topic.id}") for topic in (topics[1], topics[2], topics[0])]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("category=leading_bodies", {"A1"}),
        ("tier=signature", {"B1"}),
        ("tier=nonsense&category=added", {"B1", "B2"}),
        ("keyword=村", {"B1", "B2"}),
        ("keyword=100%25", {"A1"}),
        ("keyword=_", set()),
    ],
)
def test_filters_stand_in_the_address(login, department, topics, query, codes):
    page = get(login(department.clerk), f"/topics?{query}")
    assert page.status_code == 200
    assert {code for code in ("A1", "B1", "B2") if f"<td>{code}</td>" in page.text} == codes


def test_a_filter_by_lead_unit(login, department, topics):
    page = get(login(department.clerk), f"/topics?unit_id={department.section.id}").text
    assert f"/topics/{department.topic.id}" in page
    assert f"/topics/{topics[0].id}" not in page


def test_the_fragment_is_the_rows(login, department, topics):
    fragment = get(login(department.clerk), "/topics", htmx=True)
    assert fragment.status_code == 200
    assert fragment.text.lstrip().startswith('<div id="topic-rows"')


def test_an_empty_list_says_why_and_who_fills_it(login, department):
    assert "课题由办公室随年度工作簿导入" in get(login(department.clerk), "/topics?keyword=没有").text


def test_a_topic_shows_its_text_inert_and_leads_on(login, department, topics):
    page = get(login(department.clerk), f"/topics/{topics[2].id}")
    assert page.status_code == 200
    assert "&lt;b&gt;后进村" in page.text
    assert "年底前见效" in page.text
    assert f'href="/goals?topic_id={topics[2].id}"' in page.text
    assert f'href="/ledger/{topics[2].id}"' in page.text


def test_links_lead_only_where_one_may_go(login, department, topics):
    panel = user_with_role(Role.PNL)
    page = get(login(panel), f"/topics/{topics[0].id}").text
    assert f"/goals?topic_id={topics[0].id}" in page
    assert f"/ledger/{topics[0].id}" not in page


def test_refusals(login, client, department):
    assert get(client, "/topics").status_code == 401
    assert get(login(user_with_role(Role.ADM)), "/topics").status_code == 403
    member = login(department.members[0])
    assert get(member, "/topics/999999").status_code == 404
    assert member.post("/topics", base_url="http://127.0.0.1:8000").status_code in {400, 405}


def test_the_list_costs_the_same_for_many_topics(login, department, topics, count_queries):
    client = login(department.clerk)
    get(client, "/topics")
    count_queries.statements.clear()
    get(client, "/topics")
    few = len(count_queries)
    for _ in range(30):
        TopicFactory(lead_unit=department.section, leader=department.leader.person)
    count_queries.statements.clear()
    get(client, "/topics")
    assert len(count_queries) == few
