"""Publicity of results (公示), objections to them, and what has to hold before (domain.md 5.8, N3, N8)."""
