"""Minutes of a consultation, supervision notice and inquiry sheet (C16)."""

from word_blocks import body, both_sides, heading, red_line
from word_forms import FORM, HAND_DATE, HAND_LINE, free_row, long_row, part_row, short_row

from fivestep_web.documents.wordml import (
    HEITI,
    LINE_BREAK,
    Layout,
    blank,
    optional,
    paragraph,
    repeated,
    run,
    section,
)
from fivestep_web.documents.wordml_tables import table

_HANGING = Layout(indent='w:left="1600" w:hanging="960"')  # below the first character after 出席：


def consultation_minutes() -> str:
    """Return the minutes: their mark, who was there, then problem by problem (A10)."""
    return (
        paragraph("GwRecipient", "{{p agency_mark }}")
        + blank(2)
        + both_sides("GwRecipient", "{{ department }}", run("{{ document_date }}", "GwRecipient"))
        + red_line()
        + blank()
        + _labelled("时间", "{{ held_at }}")
        + _labelled("地点", "{{ place }}")
        + _labelled("主持", "{{ chair }}")
        + _labelled("出席", "{{ attendees | join }}")
        + optional("absentees", _labelled("请假", "{{ absentees | join }}"))
        + optional("observers", _labelled("列席", "{{ observers | join }}"))
        + blank()
        + body(
            "会议对{{ problems | length }}个问题进行了会商，形成议定事项{{ decided_count }}项。现纪要如下："
        )
        + repeated("one in problems", _problem())
        + section()
    )


def _labelled(label: str, value: str) -> str:
    runs = run(f"{label}：", "GwRecipient", font=HEITI) + run(value, "GwRecipient")
    return paragraph("GwRecipient", runs, _HANGING)


def _problem() -> str:
    decided = (
        body("议定事项：{{ one.decision.matter | sentence }}")
        + body("责任单位：{{ one.decision.responsible_unit }}")
        + body("完成时限：{{ one.decision.deadline }}")
    )
    return (
        heading(1, "{{ loop.index | ordinal }}、{{ one.subject }}")
        + body("问题：{{ one.raised_by }}提出，{{ one.problem | sentence }}")
        + optional("one.decision", decided)
        + optional(
            "not one.decision",
            body(
                "本次会商未形成议定事项"
                "{% if one.open_reason %}，原因：{{ one.open_reason | sentence }}{% else %}。{% endif %}"
            ),
        )
    )


def supervision_notice() -> str:
    """Return a supervision notice: what is asked for, and below it the answer, or room for it."""
    handled = (
        "{% if answer %}{{ answer.handling | cell }}{% else %}"
        f"（写明采取的措施、目前进度和完成时间，可另附页）{LINE_BREAK * 4}{{% endif %}}"
    )
    rows = (
        short_row("督办对象", "{{ recipient | cell }}", "督办等级", "{{ colour }}", head=True)
        + long_row("督办事项", "{{ matter | cell }}")
        + long_row("当前状态", "{{ state | cell }}")
        + free_row("督办要求", "{{ requirement | cell }}")
        + short_row("完成时限", "{{ deadline | cell }}", "答复时限", "{{ reply_by_date }}")
        + short_row("督办单位", "{{ department }}", "下达日期", "{{ document_date }}")
        + part_row("以下由督办对象填写")
        + free_row("办理情况", handled)
        + short_row(
            "负责人签字",
            f"{{% if answer %}}{{{{ answer.signed_by | cell }}}}{{% else %}}{HAND_LINE}{{% endif %}}",
            "日期",
            f"{{% if answer %}}{{{{ answer.date }}}}{{% else %}}{HAND_DATE}{{% endif %}}",
        )
    )
    return (
        paragraph("GwTitle", "{{ title }}")
        + paragraph("GwInternalNumber", "{{ shown_number }}")
        + blank()
        + table(list(FORM), rows)
        + section()
    )


def inquiry_sheet() -> str:
    """Return an inquiry: who asks whom what until when, then reply, guidance and what came of it."""
    rows = (
        short_row("质询人", "{{ asked_by | cell }}", "质询对象", "{{ asked_of | cell }}", head=True)
        + short_row("质询时间", "{{ asked_date }}", "答复时限", "{{ reply_by_date }}")
        + free_row("质询事项", "{{ matter | cell }}")
        + _written("答复", "reply", "答复人")
        + _written("指导性意见", "guidance", "提出人")
        + _written("落实情况", "follow_up", "填写人")
    )
    return (
        paragraph("GwTitle", "{{ title }}")
        + blank()
        + table(list(FORM), rows)
        + paragraph("GwNote", "填表单位：{{ department }}　　填表日期：{{ document_date }}")
        + section()
    )


def _written(label: str, field: str, person: str) -> str:
    """Return a row with what somebody wrote, name and date below it, or with lines for them."""
    given = f"{{{{ {field}.text }}}}{LINE_BREAK}{person}：{{{{ {field}.person }}}}　{{{{ {field}.date }}}}"
    room = f"{LINE_BREAK * 4}{person}签字：{HAND_LINE}　{HAND_DATE}"
    return free_row(label, f"{{% if {field} %}}{given}{{% else %}}{room}{{% endif %}}")
