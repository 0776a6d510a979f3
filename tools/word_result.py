"""The year's results (C09): the bulletin, the units' results, and their daily assessment."""

from word_blocks import KEPT, attached, attachment_notes, body, document_head, heading, signature
from word_parts import imprint

from fivestep_web.documents.wordml import (
    THIN_CELL,
    optional,
    paragraph,
    repeated,
    section,
    section_end,
)
from fivestep_web.documents.wordml_tables import (
    Column,
    data_table,
    head_row,
    looped,
    merged_row,
    table,
    value_row,
)

WIDTH = 12756  # twips between the margins of a landscape page


def annual_assessment_result() -> str:
    """Return C09: the bulletin with the validity table; results and daily assessment on landscape pages."""
    validity = [
        Column("评价类别", 1845, "{{ group.category | cell }}"),
        Column("发出", 1000, "{{ group.issued_count | cell }}"),
        Column("收回", 1000, "{{ group.returned_count | cell }}"),
        Column("无效", 1000, "{{ group.invalid_count | cell }}"),
        Column("有效", 1000, "{{ group.valid_count | cell }}"),
        Column("有效率", 1200, "{{ group.valid_rate | cell }}"),
        Column("说明", 1800, "{{ group.note | cell }}", "left"),
    ]
    bulletin = (
        document_head()
        + heading(1, "一、考核组织情况")
        + body(
            "{{ cycle }}周期为{{ period_start }}至{{ period_end }}，分{{ series | names('series') }}"
            "{{ series | length }}个序列进行，执行考核规则{{ rules_version }}。考核按照社会调查"
            "{{ weights.social_survey }}、群众评价{{ weights.mass_evaluation }}、领导评价"
            "{{ weights.leader_evaluation }}、科室互评{{ weights.peer_evaluation }}的比例折算计入总分。"
        )
        + heading(1, "二、评价情况")
        + body("各类评价票的发出、收回和有效情况见下表。", KEPT)
        + data_table(validity, "group in validity", keep_next=True)
        + heading(1, "三、考核结果")
        + repeated(
            "one in series",
            heading(2, "（{{ loop.index | ordinal }}）{{ one.series }}")
            + body(
                "参加考核单位{{ one.unit_count }}个。{% for group in one.grades %}"
                "{{ group.grade }}{{ group.count }}个"
                "{% if group.units %}：{{ group.units | join }}{% endif %}"
                "{% if loop.last %}。{% else %}；{% endif %}{% endfor %}"
            ),
        )
        + heading(1, "四、公示情况")
        + optional(
            "publicity",
            body(
                "考核结果自{{ publicity.start_date }}至{{ publicity.end_date }}公示，共"
                "{{ publicity.workday_count }}个工作日。{{ publicity.objections }}。"
            ),
        )
        + optional("not publicity", body("考核结果尚未完成公示。"))
        + heading(1, "五、结果运用")
        + body(
            "考核结果记入干部实绩考核档案，作为评先评优、晋升职级的重要依据。各单位要总结经验，"
            "对照差距制定整改措施，抓好落实。",
            KEPT,
        )
        + attachment_notes()
        + signature()
        + section_end()
    )
    return (
        bulletin
        + attached("results", _results(), page_break=False)
        + attached("daily", _months() + paragraph("GwGap") + _quarters())
        + section_end(landscape=True, turned=True)
        + optional("number", imprint())
        + section()
    )


def _results() -> str:
    columns = [
        Column("位次", 700, "{{ result.rank | cell }}"),
        Column("单位", 2256, "{{ result.unit | cell }}"),
        Column("社会调查", 1300, "{{ result.social_survey | cell }}"),
        Column("群众评价", 1300, "{{ result.mass_evaluation | cell }}"),
        Column("领导评价", 1300, "{{ result.leader_evaluation | cell }}"),
        Column("科室互评", 1300, "{{ result.peer_evaluation | cell }}"),
        Column("总分", 1300, "{{ result.total_score | cell }}"),
        Column("指标完成率", 1300, "{{ result.completion_rate | cell }}"),
        Column("满意率", 1000, "{{ result.satisfaction_rate | cell }}"),
        Column("等次", 1000, "{{ result.grade | cell }}"),
    ]
    rows = head_row(columns) + looped(
        columns,
        "one in series",
        merged_row(columns, "{{ one.series }}", size=21)
        + looped(columns, "result in one.results", value_row(columns, size=21)),
    )
    notes = paragraph(
        "GwNote",
        "注：四组评价得分＝社会调查×{{ weights.social_survey }}＋群众评价×{{ weights.mass_evaluation }}"
        "＋领导评价×{{ weights.leader_evaluation }}＋科室互评×{{ weights.peer_evaluation }}，"
        "按未舍入的各组结果计算。",
    ) + repeated("note in notes", paragraph("GwNote", "{{ note }}"))
    return table([column.width for column in columns], rows) + notes


def _months() -> str:
    """Return the completion rates of the twelve months (R5.3)."""
    months = [
        Column(f"{month}月", 820, f"{{{{ unit.month_{month} | cell }}}}", margin=THIN_CELL)
        for month in range(1, 13)
    ]
    mean = Column("平均分", 860, "{{ unit.mean | cell }}", margin=THIN_CELL)
    note = (
        "注：完成率取自印发的月通报，“—”表示月通报没有印发或当月没有到期目标；"
        "平均分是各月得分的平均，含批准的月度加减分。"
    )
    return _by_unit("各月完成率", [*months, mean]) + paragraph("GwNote", note)


def _quarters() -> str:
    """Return the leaders' remarks of the four quarters (R5.3)."""
    quarters = [
        Column(f"{name}季度", 2675, f"{{{{ unit.quarter_{number} | cell }}}}", "left")
        for number, name in enumerate("一二三四", 1)
    ]
    return _by_unit("各季点评", quarters)


def _by_unit(name: str, columns: list[Column]) -> str:
    """Return a table of the units by series, its *name* in a row of its own above the head."""
    rest = sum(column.width for column in columns)
    every = [Column("单位", WIDTH - rest, "{{ unit.unit | cell }}"), *columns]
    rows = head_row(every) + looped(
        every,
        "one in daily",
        merged_row(every, f"{{{{ one.series }}}}{name}", size=21)
        + looped(every, "unit in one.units", value_row(every, size=21)),
    )
    return table([column.width for column in every], rows)
