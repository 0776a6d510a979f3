"""Phases handed in with evidence and accepted by somebody else (domain.md 5.3)."""
