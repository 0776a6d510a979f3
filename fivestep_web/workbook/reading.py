"""Read an uploaded workbook through the limited child process."""

import json
import subprocess
import sys
from pathlib import Path

from fivestep_web.workbook.raw import RawWorkbook
from fivestep_web.workbook.safety import UnsafeFile, check_package

SECONDS = 30
_HERE = Path(__file__).resolve().parents[2]
# The packages' own __init__ modules belong to the web application; the child does without them.
_START = """
import sys, types
for name in ("fivestep_web", "fivestep_web.core", "fivestep_web.workbook"):
    package = types.ModuleType(name)
    package.__path__ = ["/".join([sys.argv[1], *name.split(".")])]
    sys.modules[name] = package
sys.argv.pop(1)
from fivestep_web.workbook.reader import main
main()
"""


def read_workbook(path: Path) -> RawWorkbook:
    """Return the sheets of the .xlsx at *path*; UnsafeFile when it may not or cannot be read."""
    check_package(path)
    command = [sys.executable, "-I", "-c", _START, str(_HERE), str(path.resolve())]
    try:
        child = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env={})
    except subprocess.TimeoutExpired:
        raise UnsafeFile("工作簿过大，未能在限定时间内读完，请删去多余的行列后再上传") from None
    if child.returncode != 0 or not child.stdout:
        raise UnsafeFile("工作簿无法读取：内容过大或已损坏。请删去各表末尾多余的行列，另存为 .xlsx 后再上传")
    answer = json.loads(child.stdout)
    if "refused" in answer:
        raise UnsafeFile(answer["refused"])
    return RawWorkbook.from_json(answer["sheets"])
