"""Commands that run or look after the processes; what they change is not the year's business."""

from tests.security.example import READS

COMMANDS = dict.fromkeys(
    ("up", "web", "worker", "clock", "doctor", "backup", "restore"), READS
)  # restore brings back a log whole, entries of its own would break its chain: tests/operations/
