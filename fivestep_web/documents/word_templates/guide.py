"""What the page of fields says about tags and filters."""

from typing import Final, NamedTuple


class Line(NamedTuple):
    """How something is written and what it does."""

    written: str
    about: str


TAGS: Final = (
    Line("{{ title }}", "印出一个字段。"),
    Line("{{p signature }}", "印出成段内容（署名、附件说明、表格等）；单独占一段，前面有字母 p。"),
    Line(
        "{% if change_note %}…{% endif %}",
        "有才印中间的文字；可加 {% else %}，可写 not、and、or。",
    ),
    Line("{%p if timetable %} … {%p endif %}", "开头和结尾各占一段，有这一项才保留中间的各段。"),
    Line("{%tr for item in goals %} … {%tr endfor %}", "开头和结尾各占表格一行，每一项重复一遍中间的行。"),
    Line("{%p for item in measures %} … {%p endfor %}", "开头和结尾各占一段，每一项重复一遍中间的各段。"),
    Line("{{ loop.index }}", "在 for 里印出第几个；loop.first、loop.last 用来判断是不是第一个、最后一个。"),
    Line("{% if change is none %}", "判断有时没有的字段是不是没有。"),
)
FILTERS: Final = {
    "cell": Line("{{ item.goal | cell }}", "空白时印“—”，表格单元格用。"),
    "dated": Line("{{ item.deadline | dated }}", "日期或起止时间在窄栏里按年、按横线换行。"),
    "weeks": Line("{{ item.weeks | weeks }}", "起止周次在窄栏里换行。"),
    "sentence": Line("{{ item.report | sentence }}", "补上句号；空白时印“无。”。"),
    "join": Line("{{ members | join }}", "一组文字用顿号连起来。"),
    "names": Line("{{ candidates | names('name') }}", "一组各项的某个字段用顿号连起来。"),
    "length": Line("{{ goals | length }}", "一组共有几项。"),
    "ordinal": Line("{{ loop.index | ordinal }}", "数字印成一、二、三。"),
    "shade": Line("{% cellbg entry.signal.shape | shade %}", "写在单元格文字里，给单元格加上信号的底纹。"),
}
