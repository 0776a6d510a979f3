"""Task book and timetable."""
