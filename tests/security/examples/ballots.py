"""Examples of votes and of what the office does around them."""

_BALLOT = "a ballot leaves no entry: the log knows openings, seals and counts only (trust.md B5)"
UNLOGGED = {
    f"{door}.{view}": _BALLOT
    for door in ("survey", "ballot")
    for view in ("slip_enter", "ballot_review", "ballot_submit")
}
