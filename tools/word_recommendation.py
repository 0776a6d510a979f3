"""The recommendation of candidates to the city (C11)."""

from word_blocks import KEPT, attached, attachment_notes, body, document_head, signature
from word_parts import imprint

from fivestep_web.documents.wordml import (
    THIN_CELL,
    Layout,
    optional,
    paragraph,
    repeated,
    run,
    section,
    section_end,
)
from fivestep_web.documents.wordml_tables import Column, data_table, head_row, looped, table, value_row


def recommendation_list() -> str:
    """Return C11: the request or report with its signatory, then up to four attachments."""
    return (
        document_head(signatory=True)
        + _text()
        + attachment_notes()
        + signature()
        + paragraph(
            "GwRecipient",
            "（联系人：{{ contact }}　联系电话：{{ telephone }}）",
            Layout(indent='w:left="640" w:firstLine="0"'),
        )
        + section_end()
        + attached("summary", _summary(), page_break=False)
        + section_end(landscape=True, turned=True)
        + attached("deeds", _deeds(), page_break=False)
        + attached("opinions", _opinions())
        + attached("publicity", _publicity())
        + optional("number", imprint())
        + section()
    )


def _text() -> str:
    publicized = body(
        "推荐对象在{{ publicity.way }}公示，"
        "{% for one in publicity.periods %}"
        "{% if one.candidates %}{{ one.candidates }}{% endif %}"
        "公示时间为{{ one.start_date }}至{{ one.end_date }}，共{{ one.workday_count }}个工作日"
        "{% if not loop.last %}；{% endif %}"
        "{% endfor %}"
        "。{{ publicity.objections | sentence }}"
    )
    return (
        body(
            "根据{{ basis }}要求，现推荐{{ candidates | names('name') }}"
            "{% if candidates | length > 1 %}等{{ candidates | length }}名{% endif %}同志为"
            "{{ honour }}候选对象。有关情况如下："
        )
        + body(
            "推荐对象在{{ assessment }}的基础上提出，按考核结果排列推荐顺序。"
            "{% if opinions %}征求了{{ opinions | names('organ') }}的意见。{% endif %}"
            "{% if meeting %}{{ meeting | sentence }}{% endif %}"
        )
        + optional("publicity", publicized)
        + optional("is_request", body("妥否，请批示。", KEPT))
        + optional("not is_request", body("特此报告。", KEPT))
    )


def _summary() -> str:
    columns = [
        Column("推荐\n顺序", 800, "{{ one.sequence }}", margin=THIN_CELL),
        Column("姓名", 1200, "{{ one.name | cell }}"),
        Column("性别", 600, "{{ one.sex | cell }}", margin=THIN_CELL),
        Column("出生年月", 1100, "{{ one.birth_month | cell }}"),
        Column("政治面貌", 1000, "{{ one.political_status | cell }}", margin=THIN_CELL),
        Column("单位及职务", 2600, "{{ one.unit_and_position | cell }}", "left"),
        Column("考核结果", 1500, "{{ one.assessment | cell }}"),
        Column("主要事迹", 3156, "{{ one.main_deeds | cell }}", "left"),
        Column("备注", 800, "{{ one.note | cell }}"),
    ]
    rows = head_row(columns) + looped(columns, "one in candidates", value_row(columns, size=21))
    return table([column.width for column in columns], rows)


def _deeds() -> str:
    title = "（{{ loop.index | ordinal }}）{{ one.name }}，{{ one.unit_and_position }}"
    return repeated(
        "one in candidates", paragraph("GwHeading2", run(title, "GwHeading2"), KEPT) + body("{{ one.deeds }}")
    )


def _opinions() -> str:
    columns = [
        Column("序号", 600, "{{ one.sequence }}"),
        Column("征求意见单位", 3000, "{{ one.organ | cell }}"),
        Column("回复时间", 2345, "{{ one.date | cell }}", margin=THIN_CELL),
        Column("意见", 2900, "{{ one.opinion | cell }}", "left"),
    ]
    return data_table(columns, "one in opinions")


def _publicity() -> str:
    return (
        repeated(
            "one in publicity.periods",
            body(
                "公示时间：{% if one.candidates %}{{ one.candidates }}，{% endif %}"
                "{{ one.start_date }}至{{ one.end_date }}，共{{ one.workday_count }}个工作日"
            ),
        )
        + body("公示方式：{{ publicity.way }}")
        + body("公示对象：{{ candidates | names('name') }}，共{{ candidates | length }}名")
        + body("公示结果：{{ publicity.objections | sentence }}")
    )
