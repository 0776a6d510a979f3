"""Run every benchmark, print a table, write results.json.

Each bench_*.py has `run() -> list[dict]`; a row names what was measured, its value and unit and, where
there is one, the floor or rival measured in the same run and the ratio to it.
"""

import importlib
import json
import platform
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent


def main() -> int:
    """Run the benchmarks named on the command line, or all."""
    wanted = sys.argv[1:] or sorted(path.stem for path in HERE.glob("bench_*.py"))
    rows: list[dict[str, object]] = []
    for name in wanted:
        began = time.perf_counter()
        found = importlib.import_module(f"benchmarks.{name}").run()
        rows += [{"benchmark": name.removeprefix("bench_"), **row} for row in found]
        print(f"{name}: {time.perf_counter() - began:.1f} s", file=sys.stderr)
    table = Table("benchmark", "name", "value", "unit", "beside", "ratio")
    for row in rows:
        beside = row.get("rival") or ("floor" if row.get("floor") is not None else "")
        cells = (row["benchmark"], row["name"], row["value"], row["unit"], beside, row.get("ratio"))
        table.add_row(*(_shown(cell) for cell in cells))
    Console(width=150).print(table)
    result = {"python": platform.python_version(), "machine": platform.machine(), "rows": rows}
    (HERE / "results.json").write_text(json.dumps(result, ensure_ascii=False, indent=1, default=str))
    return 0


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


if __name__ == "__main__":
    sys.exit(main())
