"""An admonition from candidate to end: supervision, minister, talker and the person, over six months."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serving
from tests.browser.steps import check, download, main_of, play, row, waiting

pytestmark = pytest.mark.browser

SUPERVISOR, MINISTER, TALKER, PERSON = "P0029", "P0001", "P0004", "P0043"
OFFICE, ORGANIZER, PERSONNEL, ADMINISTRATOR = "P0007", "P0048", "P0032", "admin"
SLOWEST = 60  # seconds until a busy machine has made a file
MATTER = "内部资料，等我办理"


@pytest.fixture
def own_site():
    """A demo county of one's own: its rehearsal date moves over half a year."""
    with serving(["demo"]) as address:
        yield address


def open_matter(page: Page, verb: str) -> None:
    """Go from the today page to the contents of what waits."""
    waiting(page, MATTER, "打开").first.click()
    check(page)
    main_of(page).get_by_role("button", name=verb).click()
    expect(main_of(page)).to_contain_text("本次查阅已记录")
    check(page)


def fill(page: Page, **texts: str) -> None:
    for label, text in texts.items():
        main_of(page).get_by_label(label.replace("_", "：")).fill(text)


def submit(page: Page, verb: str, done: str) -> None:
    main_of(page).get_by_role("button", name=verb, exact=True).click()
    expect(main_of(page)).to_contain_text(done)


def nothing_waits(page: Page) -> None:
    page.goto("/")
    expect(main_of(page).get_by_role("heading", name=re.compile(f"^{MATTER}"))).to_have_count(0)


def test_a_candidate_becomes_an_admonition_and_is_lifted_after_six_months(sign_in_at, own_site, tmp_path):
    clock, supervisor, minister = (
        sign_in_at(own_site, name) for name in (ADMINISTRATOR, SUPERVISOR, MINISTER)
    )
    play(clock, "2026-06-01")
    propose(supervisor)
    approve(minister)
    play(clock, "2026-06-02")
    notify(supervisor)
    sign_for_it(sign_in_at(own_site, PERSON, phone=True))
    talker = sign_in_at(own_site, TALKER, phone=True)
    open_matter(talker, "查阅内容")
    expect(main_of(talker)).to_contain_text("诫勉〔2026〕1号")
    play(clock, "2026-06-08")
    talk(supervisor)
    see_the_entry(sign_in_at(own_site, PERSONNEL))
    for username in (OFFICE, ORGANIZER):
        see_nothing(sign_in_at(own_site, username, scripts=False))
    play(clock, "2026-12-08")
    follow_up(supervisor)
    conclude(minister)
    take_the_notice(minister, tmp_path)


def propose(page: Page) -> None:
    page.goto("/results/2026/admonitions")
    check(page)
    row(page, "吴某甲").get_by_role("button", name="列为建议对象").click()
    expect(main_of(page)).to_contain_text("已列为建议对象")
    open_matter(page, "查阅并办理")
    fill(page, 研究机关="部务会议", 研究日期="2026-05-29")
    submit(page, "提出诫勉建议", "等部长审批")
    nothing_waits(page)


def approve(page: Page) -> None:
    open_matter(page, "查阅并办理")
    expect(main_of(page)).to_contain_text("年度总分67.08分，低于70.00分")
    main_of(page).get_by_label("同意诫勉谈话").check()
    fill(page, 批准人职务="县委书记")
    submit(page, "审批", "审批意见已保存")


def notify(page: Page) -> None:
    open_matter(page, "查阅并办理")
    fill(page, 谈话日期="2026-06-08", 谈话时间="09:00", 谈话地点="三楼谈话室")
    main_of(page).get_by_label("谈话人").select_option(label="副部长（干部） 廖某甲")
    submit(page, "编号并送达通知书", "通知书已编号、送达")


def sign_for_it(page: Page) -> None:
    open_matter(page, "查看通知")
    expect(main_of(page)).to_contain_text("经县委书记于2026年6月1日批准，决定对你进行诫勉谈话")
    expect(main_of(page)).not_to_contain_text("办理过程")
    submit(page, "签收", "通知书已签收")
    nothing_waits(page)
    main_of(page).get_by_role("link", name="内部资料").click()
    expect(row(page, "诫勉〔2026〕1号")).to_be_visible()
    check(page)


def talk(page: Page) -> None:
    open_matter(page, "查阅并办理")
    fill(
        page,
        开始时间="09:00",
        结束时间="10:20",
        本人说明="对考核结果没有异议，年中人员调整后没有重新分工",
        指出的问题="三项目标逾期未完成",
        整改要求="一个月内完成逾期目标，每周报送进展",
        整改时限="2026-07-08",
        本人表态及整改措施="重新分工到人，按周对账",
    )
    main_of(page).get_by_label("记录人").select_option(index=1)
    submit(page, "保存谈话记录", "谈话记录已保存")
    open_matter(page, "查阅并办理")
    submit(page, "登记双方签字", "影响期从谈话之日起计算")
    open_matter(page, "查阅并办理")
    fill(page, 收到的整改材料="6月8日当面交来书面检查和整改措施")
    submit(page, "转入整改期", "满六个月时会提醒回访")
    nothing_waits(page)


def see_the_entry(page: Page) -> None:
    page.goto("/assessment/2026")
    main_of(page).get_by_role("link", name="诫勉登记").click()
    expect(row(page, "诫勉〔2026〕1号", "吴某甲")).to_contain_text("2026年12月8日")
    expect(main_of(page)).not_to_contain_text("三项目标逾期未完成")
    check(page)


def see_nothing(page: Page) -> None:
    nothing_waits(page)
    expect(main_of(page).get_by_role("link", name="内部资料")).to_have_count(0)
    page.goto("/admonitions")
    expect(main_of(page)).to_contain_text("没有您可以查看的诫勉事项")
    answer = page.goto("/admonitions/1")
    assert answer is not None
    assert answer.status == 404


def follow_up(page: Page) -> None:
    open_matter(page, "查阅并办理")
    fill(page, 改正情况="逾期目标已全部完成，报送及时", 结论="改正明显，建议期满结束")
    main_of(page).get_by_label("已改正").check()
    submit(page, "保存回访评估", "等部长审定")


def conclude(page: Page) -> None:
    open_matter(page, "查阅并办理")
    main_of(page).get_by_label("已改正，期满结束").check()
    submit(page, "审定回访结论", "回访结论已审定")
    nothing_waits(page)
    page.goto("/admonitions")
    expect(row(page, "吴某甲")).to_contain_text("期满")
    check(page)


def take_the_notice(page: Page, folder: Path) -> None:
    """Download the notice; the export stands among the readings when the matter is opened again."""
    notice = main_of(page).get_by_role("button", name=re.compile("诫勉谈话通知书"))
    for _second in range(SLOWEST):
        read(page)
        if notice.count():
            break
        page.wait_for_timeout(1000)
    assert download(page, notice, folder).name == "诫勉〔2026〕1号 诫勉谈话通知书.docx"
    read(page)
    expect(row(page, "导出").first).to_be_visible()


def read(page: Page) -> None:
    page.goto("/admonitions/1")
    main_of(page).get_by_role("button", name="查阅内容").click()
    expect(main_of(page)).to_contain_text("本次查阅已记录")
