"""Examples of the log: nothing but its export writes."""

from tests.security.example import READS

COMMANDS = {
    "audit verify": READS,
    "audit checkpoint": READS,
    "audit export": lambda folder: ["audit", "export", str(folder / "log.jsonl")],
}
