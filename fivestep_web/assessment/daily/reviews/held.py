"""What the review meeting of step 3 tells the quarterly review: when, where, who (R5.5)."""

from dataclasses import replace

from fivestep_web.assessment.daily.reviews.rules import Parts
from fivestep_web.supervision.meetings.queries import find_held
from fivestep_web.supervision.meetings.rules import Capacity, MeetingKind, Presence


def fill(parts: Parts, year: int, quarter: int) -> Parts:
    """Return the parts with the meeting as it was held, unless the office wrote of one."""
    meeting = None if parts.held_on else find_held(year, MeetingKind.REVIEW, quarter)
    if meeting is None or meeting.held_on is None:
        return parts
    posts = {row.person_id: row.position or row.person.name for row in meeting.attendances}
    return replace(
        parts,
        held_on=meeting.held_on.isoformat(),
        place=meeting.place,
        chair=posts.get(meeting.chair_id or 0, ""),
        leaders=[
            posts[row.person_id]
            for row in meeting.attendances
            if row.capacity is Capacity.LEADER and row.presence is Presence.PRESENT
        ],
    )
