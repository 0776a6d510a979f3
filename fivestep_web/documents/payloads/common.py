"""What every document, and every document that goes out, is made from."""

from typing import TypedDict


class Common(TypedDict):
    """Fields of every document."""

    title: str  # as printed; "\n" where a line must break, otherwise broken by sense
    year: int  # plan year
    county: str  # 青禾县
    department: str  # 中共青禾县委组织部: signs the document, author in the file's properties
    document_date: str | None  # 成文日期 "2026年1月15日"; None shows "2026年  月  日"
    created: str  # moment of the first generation, "2026-01-15T08:30:00Z"; only in the file's properties
    draft: bool  # （草稿） after the title and a grey header line with the version (B4)
    demo: bool  # header line 示例数据
    issued: bool  # True once issued; never together with draft
    version: int  # 1, 2, …
    number: str | None  # 发文字号 or internal number; None shows the blank of B2
    identifier: str  # internal id, in the file's properties while there is no number


class Letterhead(TypedDict):
    """Head and imprint of a document that goes out (A4, A7)."""

    agency_mark: str  # 中共青禾县委组织部文件, red
    number_blank: str  # 青组发〔2026〕  号: its code stands before the blank while there is no number
    main_recipients: str  # 各乡镇党委，部机关各科室 (without the colon)
    copy_recipients: str | None  # 抄送, without the full stop; None leaves the line out
    printing_agency: str  # 印发机关: 中共青禾县委组织部办公室
    printing_date: str | None  # 印发日期; required once issued, None shows the blank before
