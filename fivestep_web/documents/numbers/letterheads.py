"""Head and imprint of what the department sends out, with the blank of its number (B2)."""

from typing import Any

from fivestep_web.core import settings
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.numbers.rules import SERIES


def agency_code(kind: DocumentKind) -> str:
    """Return the code of the series that *kind* is numbered in, 青组发."""
    return settings.get(SERIES[kind])


def letterhead(kind: DocumentKind, year: int) -> dict[str, Any]:
    """Return payloads.common.Letterhead of a draft that goes to the townships and sections."""
    return {
        "agency_mark": f"{settings.department_name()}文件",
        "number_blank": f"{agency_code(kind)}〔{year}〕  号",
        "main_recipients": "各乡镇党委，部机关各科室",
        "copy_recipients": None,
        "printing_agency": f"{settings.department_name()}办公室",
        "printing_date": None,
    }
