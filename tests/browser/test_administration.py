"""The administrator's forms, and the first sign-in of the comrade they made; with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import SCRIPTS, main_of, row, unfold

pytestmark = pytest.mark.browser

OWN_PASSWORD = "秋水长天一色-2026"


def save(page: Page, verb: str) -> None:
    main_of(page).get_by_role("button", name=verb, exact=True).click()


@SCRIPTS
def test_a_unit_is_made_and_renamed_from_a_day_on(sign_in, scripts):
    code, name, renamed = ("Z01", "青山街道", "青山新区") if scripts else ("Z02", "绿水街道", "绿水新区")
    page = sign_in("admin", scripts=scripts, phone=not scripts)
    page.get_by_role("link", name="去管理").click()
    page.get_by_role("link", name="单位", exact=True).click()
    page.get_by_role("link", name="新建单位").click()
    page.get_by_label("单位编码").fill("K01")
    page.get_by_label("单位名称").fill(name)
    page.get_by_label("类别").select_option("基层党组织")
    page.get_by_label("从哪天起").fill("2026-03-02")
    save(page, "建立单位")
    expect(main_of(page)).to_contain_text("单位编码“K01”已经存在")
    expect(page.get_by_label("单位名称")).to_have_value(name)
    expect(page.get_by_label("从哪天起")).to_have_value("2026-03-02")
    page.get_by_label("单位编码").fill(code)
    save(page, "建立单位")
    expect(main_of(page)).to_contain_text(f"已建立单位“{name}”")

    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_label("单位名称").fill(renamed)
    page.get_by_label("从哪天起").fill("2026-01-05")
    save(page, "保存变更")
    expect(main_of(page)).to_contain_text("变更日期不能早于现有情况开始的日期")
    expect(page.get_by_label("单位名称")).to_have_value(renamed)
    page.get_by_label("从哪天起").fill("2026-09-01")
    save(page, "保存变更")
    expect(main_of(page)).to_contain_text(f"已修改单位“{renamed}”")
    page.get_by_role("link", name=renamed, exact=True).click()
    expect(row(page, name, "8月31日")).to_be_visible()
    expect(row(page, renamed, "9月1日", "至今")).to_be_visible()


def make_person(page: Page, code: str, name: str) -> None:
    """Make a comrade with a post and a role, after a try without a role."""
    page.goto("/admin/people/new")
    page.get_by_label("工号").fill(code)
    page.get_by_label("姓名").fill(name)
    page.get_by_label("单位").select_option("研究室")
    page.get_by_label("职务").fill("科员")
    page.get_by_label("编制").select_option("公务员")
    page.get_by_label("从哪天起任职").fill("2026-11-02")
    save(page, "建立人员")
    expect(main_of(page)).to_contain_text("请至少选择一个角色")
    expect(page.get_by_label("姓名")).to_have_value(name)
    expect(page.get_by_label("从哪天起任职")).to_have_value("2026-11-02")
    page.get_by_label("科室人员").check()
    save(page, "建立人员")
    expect(main_of(page)).to_contain_text(f"已建立人员“{name}”")
    page.get_by_label("姓名或工号").fill(code)
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name=name, exact=True).click()


def give_and_take_posts(page: Page) -> None:
    """Give another role, a second post, and end that again on a later day than its first."""
    unfold(page, "改角色")
    main_of(page).get_by_label("办公室", exact=True).locator("visible=true").first.check()
    save(page, "保存角色")
    expect(main_of(page)).to_contain_text("角色已修改，从今天起生效")
    expect(row(page, "研究室 科员", "12月9日", "至今")).to_contain_text("办公室")
    expect(row(page, "研究室 科员", "12月8日")).to_be_visible()

    page.get_by_label("单位").last.select_option("办公室")
    page.get_by_label("职务").last.fill("机要员")
    page.get_by_label("从哪天起任职").fill("2026-12-01")
    page.get_by_label("科室人员").locator("visible=true").last.check()
    save(page, "任职")
    expect(main_of(page)).to_contain_text("已任职")
    post = row(page, "办公室 机要员")
    post.locator("summary").filter(has_text="免职").click()
    post.get_by_label("任职到哪天止").fill("2026-11-20")
    post.get_by_role("button", name="确认免职").click()
    expect(main_of(page)).to_contain_text("免职日期不能早于任职日期 2026-12-01")
    expect(post.get_by_label("任职到哪天止")).to_have_value("2026-11-20")
    post.get_by_label("任职到哪天止").fill("2026-12-08")
    post.get_by_role("button", name="确认免职").click()
    expect(main_of(page)).to_contain_text("已免职")
    expect(row(page, "办公室 机要员")).to_contain_text("12月8日")


def hand_out_password(page: Page, code: str) -> str:
    """Give the account its initial password and return it from the sheet that is shown once."""
    page.goto("/admin/accounts")
    save(page, "发给选中的账号")
    expect(main_of(page)).to_contain_text("没有选中账号")
    row(page, code).get_by_role("checkbox").check()
    save(page, "发给选中的账号")
    expect(page.get_by_role("heading", level=1, name="初始密码单")).to_be_visible()
    return row(page, code).get_by_role("cell").last.inner_text().strip()


def enter(page: Page, username: str, password: str) -> None:
    page.goto("/login")
    page.get_by_label("登录名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def change_password(page: Page, old: str, new: str) -> None:
    page.get_by_label("原密码").fill(old)
    page.get_by_label("新密码", exact=True).fill(new)
    page.get_by_label("再输一遍新密码").fill(new)
    save(page, "修改密码")


@SCRIPTS
def test_a_new_comrade_gets_posts_roles_and_a_password_to_change_at_once(sign_in, scripts):
    code, name = ("P9001", "方某乙") if scripts else ("P9002", "方某丙")
    page = sign_in("admin", scripts=scripts, phone=scripts)
    make_person(page, code, name)
    give_and_take_posts(page)
    page.goto("/admin/roles")
    expect(row(page, "办公室", name).first).to_be_visible()
    password = hand_out_password(page, code)

    page.locator("summary").filter(has_text="我的菜单").click()
    page.get_by_role("button", name="退出").click()
    enter(page, code, password)
    expect(main_of(page)).to_contain_text("您用的是初始密码，请先换成自己的密码")
    page.goto("/ledger")
    expect(main_of(page)).to_contain_text("您用的是初始密码，请先换成自己的密码")
    change_password(page, password, "12345678")
    expect(main_of(page)).to_contain_text("容易被猜到")
    change_password(page, password, OWN_PASSWORD)
    expect(main_of(page)).to_contain_text("密码已修改")
    expect(page.get_by_role("heading", level=1)).to_contain_text("今天")
    page.goto("/account")
    expect(main_of(page)).to_contain_text("研究室科员")
    page.get_by_role("link", name="修改密码").click()
    change_password(page, password, f"{OWN_PASSWORD}号")
    expect(main_of(page)).to_contain_text("原密码不对")
    change_password(page, OWN_PASSWORD, f"{OWN_PASSWORD}号")
    expect(main_of(page)).to_contain_text("密码已修改")


def test_a_disabled_account_is_out_until_it_is_enabled(sign_in):
    code = "P0082"
    page = sign_in("admin", scripts=False)
    comrade = sign_in(code)
    page.goto("/admin/accounts")
    line = row(page, code)
    line.locator("summary").filter(has_text="停用").click()
    line.get_by_role("button", name="确认停用").click()
    expect(row(page, code)).to_contain_text("已停用")
    comrade.goto("/ledger")
    expect(comrade.get_by_label("登录名")).to_be_visible()
    row(page, code).get_by_role("button", name=re.compile("^启用")).click()
    expect(row(page, code)).to_contain_text("在用")


@pytest.mark.parametrize(
    ("username", "scripts", "month"),
    [("admin", True, "10"), ("P0007", False, "05")],
    ids=["administrator-phone", "office-no-scripts"],
)
def test_days_off_are_entered_and_taken_out_again(sign_in, username, scripts, month):
    page = sign_in(username, scripts=scripts, phone=scripts)
    page.goto("/admin/calendar?calendar_year=2031")
    expect(main_of(page)).to_contain_text("节假日安排未发布")
    typed = f"2031-{month}-01至2031-{month}-03 休 假日\n2031-{month}-99 班"
    page.get_by_label("放假和调休").fill(typed)
    save(page, "录入")
    expect(main_of(page)).to_contain_text("第 2 行")
    expect(page.get_by_label("放假和调休")).to_have_value(typed)
    page.get_by_label("放假和调休").fill(typed.splitlines()[0])
    save(page, "录入")
    expect(main_of(page)).to_contain_text("已录入 3 天")
    for day in (1, 2, 3):
        row(page, f"2031-{month}-0{day}").get_by_role("button", name=re.compile("^删去")).click()
        expect(main_of(page)).to_contain_text(f"已删去 2031-{month}-0{day}")
    expect(main_of(page)).to_contain_text("这一年没有录入过")


@SCRIPTS
def test_the_year_shows_its_settings(sign_in, scripts):
    page = sign_in("admin", scripts=scripts, phone=scripts)
    page.goto("/admin/years")
    page.get_by_role("link", name="2026年度", exact=True).last.click()
    expect(row(page, "社会调查权重")).to_contain_text("20%")
    expect(row(page, "逾期扣减上限")).to_contain_text("20%")
    expect(main_of(page)).to_contain_text("可以编制目标、发出责任书")


@SCRIPTS
def test_the_rehearsal_date_moves_and_comes_back(sign_in, scripts):
    page = sign_in("admin", scripts=scripts, phone=not scripts)
    page.get_by_role("link", name="更改演练日期").click()
    try:
        page.get_by_label("演练日期").fill("2027-03-01")
        save(page, "保存")
        expect(main_of(page)).to_contain_text("演练日期应在 2026 年 1 月 1 日至 2027 年 1 月 31 日之间")
        expect(page.get_by_label("演练日期").last).to_have_value("2027-03-01")
        page.get_by_label("演练日期").last.fill("2026-12-10")
        save(page, "保存")
        expect(page.get_by_role("heading", level=1)).to_contain_text("12月10日 星期四")
        comrade = sign_in("P0012", scripts=scripts)
        expect(comrade.get_by_role("heading", level=1)).to_contain_text("12月10日")
    finally:
        page.goto("/admin/rehearsal")
        page.get_by_label("演练日期").last.fill("2026-12-09")
        save(page, "保存")
        expect(page.get_by_role("heading", level=1)).to_contain_text("12月9日")


def test_the_log_names_who_signed_in(sign_in):
    page = sign_in("admin", scripts=False)
    page.goto("/admin/audit")
    page.get_by_label("姓名").fill("董某甲")
    page.get_by_role("button", name="筛选").click()
    expect(row(page, "董某甲", "登录").first).to_be_visible()
