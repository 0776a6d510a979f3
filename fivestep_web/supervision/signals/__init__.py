"""Turns of the signals (亮灯, domain.md 8.2): from which day to which a goal showed a colour."""
