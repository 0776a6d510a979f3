"""The annual workbook's sheets and columns (interfaces.md), declared once for checker and template."""

import enum
from dataclasses import dataclass
from decimal import Decimal

MAX_CODE = 40
MAX_NAME = 200
MAX_TEXT = 5000
NOTES_SHEET = "说明"


class Type(enum.StrEnum):
    """What a column takes."""

    CODE = "编码"
    NAME = "短文本"
    TEXT = "长文本"
    NUMBER = "数字"
    WHOLE = "整数"
    PERCENT = "百分比"
    DATE = "日期"
    CHOICE = "选项"
    ROLES = "角色"
    CATEGORY = "课题类别"
    PROGRESS = "数字或不涉及"
    SCORE = "分值或不了解"
    POINTS = "正数"
    SETTING = "设置值"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: *default* as typed, *refers* the sheet of its codes, *low* the least number.

    *limit* is the most characters, where its type's own limit is too wide.
    """

    heading: str
    type: Type
    note: str
    required: bool = False
    choices: tuple[str, ...] = ()
    default: str = ""
    refers: str = ""
    example: str = ""
    low: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; *key* are the headings by which its rows are matched."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    note: str

    def column(self, heading: str) -> Column:
        """Return the column *heading*; KeyError when there is none."""
        for column in self.columns:
            if column.heading == heading:
                return column
        raise KeyError(heading)


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of 设置; *low* and *high* bound its value, percentages as shares of 1."""

    name: str
    type: Type
    note: str
    default: str = ""
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(1)


ROLES = {
    "部长": "MIN",
    "常务副部长": "EXD",
    "主管领导": "DEP",
    "科室负责人": "SHD",
    "科室人员": "STF",
    "乡镇党委书记": "TSC",
    "组织委员": "ORG",
    "组织干事": "ORG",
    "办公室": "OFC",
    "人事": "HRO",
    "干部监督": "SUP",
    "评定小组": "PNL",
    "管理员": "ADM",
}
UNIT_KINDS = {
    "部领导": "leadership",
    "科室": "section",
    "乡镇": "township",
    "基层党组织": "primary_party_organization",
}
ESTABLISHMENTS = {"公务员": "civil_servant", "事业": "institution"}
CATEGORIES = (
    "领导班子和干部队伍建设",
    "干部人事制度改革",
    "基层党组织建设",
    "人才队伍建设",
    "组织部门自身建设",
)
TIERS = {"常规": "routine", "重点": "key", "特色": "signature"}
GROUPS = {
    "社会调查": "social_survey",
    "群众评价": "mass_evaluation",
    "领导评价": "leader_evaluation",
    "科室互评": "peer_evaluation",
}
ADJUSTMENTS = {"加分": "bonus", "扣分": "deduction", "一票否决": "veto"}
METHODS = ("按比例", "完成得满分", "分档", "逐例扣分", "人工评定")
YES_NO = ("是", "否")
NOT_APPLICABLE = "不涉及"
ABSTAINED = "不了解"
PEERS = "科室互评"
VETO = "一票否决"

UNITS = Sheet(
    "单位",
    ("单位编码",),
    (
        Column("单位编码", Type.CODE, "本单位的编码，不可重复", required=True, example="K01"),
        Column("单位名称", Type.NAME, "单位全称或规范简称", required=True, example="办公室"),
        Column("类别", Type.CHOICE, "所属序列", required=True, choices=tuple(UNIT_KINDS), example="科室"),
        Column("上级单位编码", Type.CODE, "没有上级的不填", refers="单位"),
        Column("负责人工号", Type.CODE, "单位主要负责人", refers="人员", example="P0007"),
        Column("主管领导工号", Type.CODE, "分管该单位的部领导", refers="人员", example="P0002"),
        Column("参评", Type.CHOICE, "是否参加年度考核评价", choices=YES_NO, default="否", example="是"),
    ),
    "部领导、各科室、各乡镇和参加考核的基层党组织，每个单位一行。",
)
PEOPLE = Sheet(
    "人员",
    ("工号",),
    (
        Column("工号", Type.CODE, "不可重复", required=True, example="P0007"),
        Column("姓名", Type.NAME, "姓名", required=True, example="张某甲"),
        Column("单位编码", Type.CODE, "所在单位", required=True, refers="单位", example="K01"),
        Column("职务", Type.NAME, "职务全称", example="办公室主任"),
        Column("编制", Type.CHOICE, "编制类别", choices=tuple(ESTABLISHMENTS), example="公务员"),
        Column(
            "角色",
            Type.ROLES,
            "几个角色之间用顿号分开；可填：" + "、".join(ROLES),
            required=True,
            choices=tuple(ROLES),
            example="科室负责人、办公室",
        ),
        Column("登录名", Type.CODE, "不填即为工号，不可重复", example="zhangmj"),
        Column("手机", Type.CODE, "手机号码", example="13800000000"),
    ),
    "需要登录或承担任务的人员，每人一行。",
)
TOPICS = Sheet(
    "课题",
    ("课题编号",),
    (
        Column("课题编号", Type.CODE, "不可重复", required=True, example="T01"),
        Column("课题名称", Type.NAME, "课题名称", required=True, example="后进村党组织整顿提升"),
        Column(
            "类别",
            Type.CATEGORY,
            "五类之一，或系统中已增设的类别",
            required=True,
            choices=CATEGORIES,
            example="基层党组织建设",
        ),
        Column("类型", Type.CHOICE, "课题类型", required=True, choices=tuple(TIERS), example="重点"),
        Column("牵头单位编码", Type.CODE, "牵头单位", required=True, refers="单位", example="K03"),
        Column("主管领导工号", Type.CODE, "主管领导", required=True, refers="人员", example="P0003"),
        Column("目标要求", Type.TEXT, "目标和要求", example="30个村党组织完成整顿"),
        Column("重点", Type.TEXT, "工作重点", example="班子配备、制度执行"),
        Column("难点", Type.TEXT, "工作难点", example="后备人选不足"),
        Column("具体措施", Type.TEXT, "具体措施", example="领导包村、逐村验收"),
    ),
    "导入的课题视为已经定稿。",
)
GOALS = Sheet(
    "目标",
    ("目标编号",),
    (
        Column("目标编号", Type.CODE, "不可重复", required=True, example="M0001"),
        Column("课题编号", Type.CODE, "所属课题", required=True, refers="课题", example="T01"),
        Column("上级目标编号", Type.CODE, "不填为单位目标，填写后为个人任务", refers="目标", example="M0001"),
        Column("目标名称", Type.NAME, "目标名称", required=True, example="整顿后进村党组织"),
        Column("责任单位编码", Type.CODE, "责任单位", required=True, refers="单位", example="K03"),
        Column("责任人工号", Type.CODE, "责任人", required=True, refers="人员", example="P0015"),
        Column("主管领导工号", Type.CODE, "主管领导", refers="人员", example="P0003"),
        Column("计量单位", Type.NAME, "个、次、% 等", example="个", limit=MAX_CODE),
        Column("目标值", Type.NUMBER, "按计量单位填数字，45% 填 45", default="1", example="30"),
        Column("完成标准", Type.TEXT, "怎样算完成", example="逐村验收合格"),
        Column("开始日期", Type.DATE, "如 2026-03-31", example="2026-01-04"),
        Column("完成时限", Type.DATE, "如 2026-10-31，不早于开始日期", required=True, example="2026-10-31"),
        Column("基本分", Type.NUMBER, "该目标的分数，也是权重", default="10", example="10"),
        Column("计分方式", Type.CHOICE, "完成值怎样换算成分数", choices=METHODS, default="按比例"),
        Column("计分参数", Type.TEXT, "名称=值，多项之间用分号分开", example="超额每个加=0.5；加分上限=3"),
    ),
    "单位目标和个人任务。上级目标与本目标属于同一课题。",
)
MILESTONES = Sheet(
    "里程碑",
    ("目标编号", "序号"),
    (
        Column("目标编号", Type.CODE, "所属目标", required=True, refers="目标", example="M0001"),
        Column("序号", Type.WHOLE, "从 1 起的整数，同一目标内不可重复", required=True, example="1", low=1),
        Column("阶段名称", Type.NAME, "阶段名称", required=True, example="调研部署"),
        Column("完成时限", Type.DATE, "在目标的起止日期之内", required=True, example="2026-03-31"),
        Column("应完成比例", Type.PERCENT, "0%–100%，按序号不下降", example="25%"),
    ),
    "目标的各个阶段，按序号先后排列。",
)
PROGRESS = Sheet(
    "进展",
    ("目标编号", "日期"),
    (
        Column("目标编号", Type.CODE, "所属目标", required=True, refers="目标", example="M0001"),
        Column("日期", Type.DATE, "填报日期，同一目标一天一条", required=True, example="2026-06-30"),
        Column(
            "累计完成值", Type.PROGRESS, "截至当日的累计数，不带百分号；不涉及的填“不涉及”", required=True
        ),
        Column("完成日期", Type.DATE, "已完成的填写，不晚于日期", example="2026-06-28"),
        Column("情况说明", Type.TEXT, "进展情况"),
    ),
    "各目标的进展记录。",
)
RATINGS = Sheet(
    "评价",
    ("评价组", "评价人", "被评单位编码"),
    (
        Column("评价组", Type.CHOICE, "评价组", required=True, choices=tuple(GROUPS), example="社会调查"),
        Column(
            "评价人",
            Type.CODE,
            "只用于查重的代号，不保存；科室互评填评价单位的单位编码",
            required=True,
            example="SK0001",
        ),
        Column("被评单位编码", Type.CODE, "被评单位", required=True, refers="单位", example="K01"),
        Column("分值", Type.SCORE, "0–100 分，或“不了解”（不计入）", required=True, example="92"),
    ),
    "每人对每个单位的评分一行；导入时按评价组整组替换。",
)
ADJUSTED = Sheet(
    "加减分",
    ("单位编码", "类型", "事由"),
    (
        Column("单位编码", Type.CODE, "单位", required=True, refers="单位", example="K01"),
        Column("类型", Type.CHOICE, "类型", required=True, choices=tuple(ADJUSTMENTS), example="加分"),
        Column("分值", Type.POINTS, "加分、扣分的必填，填正数；一票否决的不填", example="2"),
        Column("事由", Type.NAME, "事由", required=True, example="经验做法在全省交流"),
        Column("依据", Type.TEXT, "文件或会议依据", example="省委组织部简报"),
    ),
    "导入的加减分视为已经批准。",
)

_PERCENT = Type.PERCENT
SETTINGS = (
    Setting("年度", Type.WHOLE, "考核年度，必填", low=Decimal(2000), high=Decimal(2100)),
    Setting("社会调查权重", _PERCENT, "四个权重之和为 100%", "20%"),
    Setting("群众评价权重", _PERCENT, "四个权重之和为 100%", "30%"),
    Setting("领导评价权重", _PERCENT, "四个权重之和为 100%", "30%"),
    Setting("科室互评权重", _PERCENT, "四个权重之和为 100%", "20%"),
    Setting("评价占比", _PERCENT, "三个占比之和为 100%", "100%"),
    Setting("完成情况占比", _PERCENT, "三个占比之和为 100%", "0%"),
    Setting("日常考核占比", _PERCENT, "三个占比之和为 100%", "0%"),
    Setting("领导评价去高去低", Type.CHOICE, "满 5 个分值时去掉一个最高分和一个最低分", "是"),
    Setting("科室互评去高去低", Type.CHOICE, "满 5 个分值时去掉一个最高分和一个最低分", "是"),
    Setting("单组最少有效票", Type.WHOLE, "少于此数的，该组没有结果", "3", Decimal(3), Decimal(1000)),
    Setting("逾期每工作日扣比例", _PERCENT, "每逾期一个工作日扣减的比例", "2%"),
    Setting("逾期扣减上限", _PERCENT, "逾期扣减最多到此比例", "20%"),
    Setting("完成分上限", Type.NUMBER, "单位完成情况得分最高到此数", "100", Decimal(1), Decimal(1000)),
    Setting("保留小数", Type.WHOLE, "公布分数的小数位数", "2", Decimal(0), Decimal(6)),
)
WEIGHTS = ("社会调查权重", "群众评价权重", "领导评价权重", "科室互评权重")
SHARES = ("评价占比", "完成情况占比", "日常考核占比")

SETTINGS_SHEET = Sheet(
    "设置",
    ("项目",),
    (
        Column(
            "项目",
            Type.CHOICE,
            "设置项目",
            required=True,
            choices=tuple(each.name for each in SETTINGS),
            example="年度",
        ),
        Column("值", Type.SETTING, "该项目的值", required=True, example="2026"),
    ),
    "年度必填；其余不填的按默认值。",
)

SHEETS = (UNITS, PEOPLE, TOPICS, GOALS, MILESTONES, PROGRESS, RATINGS, ADJUSTED, SETTINGS_SHEET)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
