"""Plans counted back from the deadline, and which goal waits for which (R3.3-R3.5, domain.md 8.1)."""
