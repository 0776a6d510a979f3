"""The notice of an admonition talk and its record (C13, C14); both carry the header of B10."""

from word_blocks import KEPT, body, heading, signature
from word_forms import FORM, HAND_DATE, HAND_LINE, free_row, long_row, short_row

from fivestep_web.documents.wordml import HEITI, LINE_BREAK, Layout, blank, optional, paragraph, run, section
from fivestep_web.documents.wordml_tables import table

CENTRED = Layout(align="center", keep_next=True)


def admonition_notice() -> str:
    """Return C13: findings, decision, talk, what to prepare, effects, secrecy; a receipt to tear off."""
    decision = (
        "经核实，在{{ period }}期间，{{ findings }}。"
        "{% if study %}{{ study.body }}于{{ study.date }}进行了研究，{% endif %}"
        "{% if approval %}经{{ approval.position }}于{{ approval.date }}批准，决定{% else %}拟{% endif %}"
        "对你进行诫勉谈话。现将有关事项通知如下："
    )
    return (
        paragraph("GwTitle", "{{ title }}")
        + paragraph("GwInternalNumber", "{{ shown_number }}")
        + blank()
        + paragraph("GwRecipient", "{{ recipient_name }}同志：")
        + body(decision)
        + heading(1, "一、谈话安排")
        + body(
            "时间：{{ talk_time }}；地点：{{ talk_place }}；谈话人：{{ talker }}。请按时参加，不得委托他人。"
        )
        + heading(1, "二、准备材料")
        + body("请准备书面说明，如实说明有关情况和原因，提出整改措施和完成时限，谈话时当面提交。")
        + heading(1, "三、影响期")
        + body(
            "自谈话之日起六个月为影响期。影响期内不得提拔或者重用，取消本年度考核、本任期考核评优和评选先进的资格。"
            "期满后，组织上将了解改正情况。"
        )
        + heading(1, "四、保密要求")
        + body("本通知书和谈话内容属内部资料，请妥善保管，不得复制、外传。", KEPT)
        + signature()
        + optional("copy_recipient", body("抄送：{{ copy_recipient }}。"))
        + _receipt()
        + section()
    )


def _receipt() -> str:
    """Return the receipt below a dashed line, kept on one page."""
    dashed = '<w:top w:val="dashed" w:sz="6" w:space="12" w:color="000000"/>'
    cut = Layout(align="center", borders=dashed, keep_next=True)
    signed = short_row("签收人", HAND_LINE, "签收日期", HAND_DATE, head=True)
    return (
        blank(keep_next=True)
        + paragraph("GwNote", "（沿虚线裁下，填好后交回{{ receipt_to }}）", cut)
        + paragraph("GwRecipient", run("回　执", "GwRecipient", font=HEITI), CENTRED)
        + body("《{{ title }}》（{{ shown_number }}）已收到，将按时参加谈话。", KEPT)
        + table(list(FORM), signed)
        + paragraph("GwGap")
    )


def admonition_record() -> str:
    """Return C14: a form with the four parts of the talk, signatures, effect period and follow-up."""
    hand_written = f"改正情况：{LINE_BREAK * 3}结论：{LINE_BREAK * 2}日期：{HAND_DATE}"
    followed_up = (
        "{% if follow_up %}改正情况：{{ follow_up.correction }}"
        + LINE_BREAK
        + "结论：{{ follow_up.conclusion }}"
        + LINE_BREAK
        + "日期：{{ follow_up.date }}{% else %}"
        + hand_written
        + "{% endif %}"
    )
    rows = (
        short_row(
            "谈话对象", "{{ person | cell }}", "单位及职务", "{{ unit_and_position | cell }}", head=True
        )
        + short_row("谈话人\n及职务", "{{ talker | cell }}", "记录人\n及职务", "{{ recorder | cell }}")
        + short_row("时间", "{{ talk_time | cell }}", "地点", "{{ talk_place | cell }}")
        + free_row("诫勉事由", "{{ reason | cell }}")
        + free_row("指出的问题", "{{ problems | cell }}")
        + free_row("本人说明", "{{ explanation | cell }}")
        + free_row(
            "整改要求\n和时限",
            "{{ requirements | cell }}" + LINE_BREAK + "时限：{{ requirement_deadline | cell }}",
        )
        + free_row("本人表态及\n整改措施", "{{ commitment | cell }}")
        + short_row("谈话对象\n签字", HAND_LINE, "日期", HAND_DATE)
        + short_row("谈话人签字", HAND_LINE, "记录人签字", HAND_LINE)
        + long_row("影响期", "{{ start_date }}—{{ end_date }}")
        + free_row("六个月后\n回访情况", followed_up)
    )
    return (
        paragraph("GwTitle", "{{ title }}")
        + paragraph("GwInternalNumber", "{{ shown_number }}")
        + blank()
        + paragraph("GwNote", "填表单位：{{ department }}　　填表日期：{{ document_date }}")
        + table(list(FORM), rows)
        + paragraph("GwGap")
        + section()
    )
