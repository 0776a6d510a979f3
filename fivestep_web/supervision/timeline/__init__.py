"""A goal from its start to its write-off: what every step has recorded of it, on one page (R3.11)."""
