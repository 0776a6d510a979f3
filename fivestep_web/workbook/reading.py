"""Read an uploaded workbook through the limited child process."""

from pathlib import Path

from fivestep_web.core import confined
from fivestep_web.core.packages import UnsafeFile, check_package
from fivestep_web.workbook.raw import RawWorkbook
from fivestep_web.workbook.safety import WORKBOOK


def read_workbook(path: Path) -> RawWorkbook:
    """Return the sheets of the .xlsx at *path*; UnsafeFile when it may not or cannot be read."""
    check_package(path, WORKBOOK)
    try:
        answer = confined.ask("fivestep_web.workbook.reader", [str(path.resolve())])
    except confined.TooSlow:
        raise UnsafeFile("工作簿过大，未能在限定时间内读完，请删去多余的行列后再上传") from None
    except confined.NoAnswer:
        raise UnsafeFile(
            "工作簿无法读取：内容过大或已损坏。请删去各表末尾多余的行列，另存为 .xlsx 后再上传"
        ) from None
    if "refused" in answer:
        raise UnsafeFile(answer["refused"])
    return RawWorkbook.from_json(answer["sheets"])
