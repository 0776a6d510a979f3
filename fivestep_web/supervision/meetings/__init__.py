"""Consultations, dispatch and review meetings: opened by the calendar, minuted, followed up (R3.7–R3.13)."""
