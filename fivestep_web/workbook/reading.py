"""Read an uploaded workbook through the limited child process."""

from pathlib import Path

from fivestep_web.core import confined
from fivestep_web.core.packages import check_package
from fivestep_web.workbook.raw import RawWorkbook
from fivestep_web.workbook.safety import WORKBOOK


def read_workbook(path: Path) -> RawWorkbook:
    """Return the sheets of the .xlsx at *path*; UnsafeFile when it may not or cannot be read."""
    check_package(path, WORKBOOK)
    return RawWorkbook.from_json(
        confined.ask("fivestep_web.workbook.reader", [str(path.resolve())], WORKBOOK)
    )
