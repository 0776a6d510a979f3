"""Supervision notices (督办单, domain.md 8.3), reminders and the daily digest."""
