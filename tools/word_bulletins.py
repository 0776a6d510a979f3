"""Monthly bulletin, quarterly review and publicity notice (C07, C08, C18)."""

from word_blocks import (
    KEPT,
    attachment_head,
    attachment_note,
    body,
    document_head,
    each,
    heading,
    listed,
    paragraphs,
    person_list,
    signature,
    unit_list,
)
from word_parts import imprint

from fivestep_web.documents.wordml import (
    LINE_BREAK,
    Layout,
    blank,
    optional,
    paragraph,
    repeated,
    section,
    section_end,
)
from fivestep_web.documents.wordml_tables import (
    Column,
    cell,
    data_table,
    head_row,
    looped,
    merged_over,
    merged_row,
    row,
    table,
    value_row,
)

STANDING = (
    "{{ SUM.due }}",
    "{{ SUM.done }}",
    "{{ SUM.rate | cell }}",
    "{{ SUM.lagging }}",
    "{{ SUM.overdue }}",
)


def monthly_bulletin() -> str:
    """Return C07: six parts, and the units' table in two blocks with their totals."""
    name = "{{ month }}月份各单位目标完成情况表"
    return (
        document_head()
        + body(
            "截至{{ as_of_date }}，根据组织工作督查台账，对{{ start_date }}以来到期的课题工作目标"
            "完成情况进行了汇总。现通报如下："
        )
        + _month()
        + attachment_note(name)
        + signature()
        + attachment_head(name, page_break=True)
        + paragraph(
            "GwNote",
            "截至{{ as_of_date }}。完成率＝已完成÷到期目标，没有到期目标的以“—”表示。单位：项",
            KEPT,
        )
        + _standings()
        + optional("number", imprint())
        + section()
    )


def _month() -> str:
    late = (
        "{{ loop.index }}.{{ one.unit }}：“{{ one.goal }}”"
        "{% if one.workdays_behind %}滞后{{ one.workdays_behind }}个工作日{% else %}进度滞后{% endif %}。"
        "{% if one.reason %}原因：{{ one.reason | sentence }}{% else %}尚未说明原因。{% endif %}"
    )
    return (
        heading(1, "一、总体情况")
        + body(_overall())
        + heading(1, "二、重点课题进展")
        + each(
            "key_topics",
            heading(2, "（{{ loop.index | ordinal }}）{{ one.topic }}")
            + body("{{ one.progress | sentence }}"),
        )
        + heading(1, "三、完成较好的单位")
        + each("praised_units", body("{{ loop.index }}.{{ one.unit }}：{{ one.facts | sentence }}"))
        + heading(1, "四、进度滞后的单位和事项")
        + each("late_goals", body(late))
        + heading(1, "五、会商和督办情况")
        + body(
            "{% if consultation %}{{ consultation.date }}召开联合会商，提出问题{{ consultation.raised }}个，"
            "解决{{ consultation.solved }}个。{% endif %}"
            "本月发出督办单{{ notices_sent }}份，已答复{{ notices_answered }}份。"
        )
        + heading(1, "六、下月工作要求")
        + listed("requirements", paragraphs("requirements", kept=True), kept=True)
    )


def _overall() -> str:
    """Return the figures of the grand total row in words."""
    return (
        "{% if total.due %}各单位到期目标{{ total.due }}项，已完成{{ total.done }}项，"
        "其中按期完成{{ on_time }}项，完成率{{ total.rate }}{% if change %}，比上月{{ change }}{% endif %}。"
        "{% else %}各单位没有到期目标。{% endif %}"
        "亮黄灯{{ yellow }}项、亮红灯{{ red }}项，合计滞后{{ total.lagging }}项、逾期{{ total.overdue }}项。"
    )


def _standings() -> str:
    columns = [
        Column("序号", 600, "{{ one.sequence }}"),
        Column("单位", 2000, "{{ one.unit | cell }}"),
        Column("到期目标", 1100, "{{ one.due }}"),
        Column("已完成", 1100, "{{ one.done }}"),
        Column("完成率", 1145, "{{ one.rate | cell }}"),
        Column("滞后", 1000, "{{ one.lagging }}"),
        Column("逾期", 1000, "{{ one.overdue }}"),
        Column("信号", 900, "{{ one.signal | cell }}"),
    ]
    block = (
        merged_row(columns, "{{ part.block }}")
        + looped(columns, "one in part.rows", value_row(columns))
        + _total_row(columns, "{{ part.block }}合计", "part.total")
    )
    rows = head_row(columns) + looped(columns, "part in blocks", block) + _total_row(columns, "总计", "total")
    return table([column.width for column in columns], rows)


def _total_row(columns: list[Column], label: str, source: str) -> str:
    """Return a row of sums; its label takes the place of number and unit."""
    texts = [*(value.replace("SUM", source) for value in STANDING), "—"]
    centred = Layout(align="center")
    cells = "".join(
        cell(column.width, paragraph("GwTableCell", text, centred))
        for column, text in zip(columns[2:], texts, strict=True)
    )
    return row(cell(columns[0].width + columns[1].width, paragraph("GwTableHead", label), span=2) + cells)


def quarterly_review() -> str:
    """Return C08: meeting, remarks unit by unit, evaluations, corrective orders; then the landscape table."""
    name = "{{ year }}年第{{ quarter }}季度重点工作点评情况表"
    return (
        document_head()
        + heading(1, "一、点评会情况")
        + _meeting()
        + heading(1, "二、总体进展")
        + body(_quarter())
        + paragraphs("overview")
        + heading(1, "三、逐单位点评")
        + repeated("one in units", _unit_review())
        + heading(1, "四、阶段评估")
        + listed("stage_evaluations", _stage_evaluations())
        + heading(1, "五、纠偏措施")
        + each(
            "corrective_orders",
            body(
                "{{ one.sequence }}.{{ one.unit }}：{{ one.measure | sentence }}责任人：{{ one.owner }}；"
                "完成时限：{{ one.deadline }}。"
            ),
        )
        + heading(1, "六、下季度工作重点")
        + listed("next_quarter", paragraphs("next_quarter", kept=True), kept=True)
        + attachment_note(name)
        + signature()
        + section_end()
        + attachment_head(name, page_break=False)
        + _remarks()
        + section_end(landscape=True, turned=True)
        + optional("number", imprint())
        + section()
    )


def _meeting() -> str:
    held = body(
        "{{ meeting.date }}，第{{ quarter }}季度重点工作进展点评会在{{ meeting.place }}召开。会议由"
        "{{ meeting.chair }}主持，{{ meeting.leaders | join }}参加。"
        "{{ meeting.unit_count }}个单位汇报了工作目标完成情况，领导逐一进行了点评。"
    )
    return optional("meeting", held) + optional("not meeting", body("点评会尚未召开。"))


def _quarter() -> str:
    """Return the figures of all units in words."""
    return (
        "{% if standing.due %}截至季度末，各单位到期目标{{ standing.due }}项，"
        "已完成{{ standing.done }}项，完成率{{ standing.rate }}；"
        "{% else %}本季度没有到期目标；{% endif %}滞后{{ standing.lagging }}项，"
        "逾期{{ standing.overdue }}项。"
    )


def _unit_review() -> str:
    def said(field: str) -> str:
        each = f"{{{{ remark.leader }}}}：{{{{ remark.{field} | sentence }}}}"
        return f"{{% for remark in one.remarks %}}{each}{{% endfor %}}"

    return (
        heading(2, "（{{ loop.index | ordinal }}）{{ one.unit }}")
        + body("汇报要点。{{ one.report | sentence }}")
        + body(f"肯定成绩。{said('affirmed')}")
        + body(f"指出不足。{said('shortcomings')}")
    )


def _stage_evaluations() -> str:
    columns = [
        Column("课题", 3645, "{{ rating.topic | cell }}", "left"),
        Column("牵头单位", 1900, "{{ rating.lead_unit | cell }}"),
        Column("工作运行", 1100, "{{ rating.running }}"),
        Column("工作业绩", 1100, "{{ rating.results }}"),
        Column("群众反映", 1100, "{{ rating.opinion }}"),
    ]
    return data_table(columns, "rating in stage_evaluations")


def _remarks() -> str:
    """Return the table of all units, a row for each leader's remark.

    What belongs to the unit stands in its first row: a long text merged over several rows would be drawn over
    the next unit where a page ends among them.
    """

    def once(text: str) -> str:
        return f"{{% if loop.first %}}{text}{{% else %}}同上{{% endif %}}"

    orders = (
        "{% for item in corrective_orders if item.unit == one.unit %}"
        "{{ item.measure }}（{{ item.deadline }}）"
        f"{{% if not loop.last %}}{LINE_BREAK}{{% endif %}}{{% else %}}无{{% endfor %}}"
    )
    columns = [
        Column("单位", 1500, "{{ one.unit | cell }}"),
        Column("汇报要点", 2800, once("{{ one.report | cell }}"), "left"),
        Column("肯定成绩", 2800, "{{ remark.leader }}：{{ remark.affirmed }}", "left"),
        Column("指出不足", 2800, "{{ remark.leader }}：{{ remark.shortcomings }}", "left"),
        Column("纠偏措施及时限", 2856, once(orders), "left"),
    ]
    remarks = merged_over(columns, ("单位",), "remark in one.remarks", size=21)
    rows = head_row(columns) + looped(columns, "one in units", remarks)
    return table([column.width for column in columns], rows)


def publicity_notice() -> str:
    """Return C18: what is publicized and why, the list, the period, how and where to object."""
    return (
        paragraph("GwTitle", "{{ title }}")
        + blank()
        + body(
            "根据{{ basis }}{% if procedure %}，经{{ procedure }}{% endif %}，现将{{ subject }}予以公示"
            "{% if units or persons %}（"
            "{% if units %}单位{{ units | length }}个{% endif %}{% if units and persons %}、{% endif %}"
            "{% if persons %}个人{{ persons | length }}名{% endif %}）{% endif %}。",
            KEPT,
        )
        + optional("units", unit_list("{{ outcome_head }}", "outcome"))
        + optional("units and persons", blank(keep_next=True))
        + optional("persons", person_list("{{ outcome_head }}", "outcome"))
        + body("公示期为{{ start_date }}至{{ end_date }}（含起止当日），共{{ workday_count }}个工作日。")
        + body(
            "公示期间，对公示内容有异议的，可以书面、电话或者当面向受理单位反映。反映情况应当实事求是，以个人名义"
            "反映的请使用真实姓名并留下联系方式，以单位名义反映的请加盖公章。"
        )
        + body("受理单位：{{ receiver }}", KEPT)
        + body("地址：{{ address }}", KEPT)
        + body("电话：{{ telephone }}", KEPT)
        + signature()
        + section()
    )
