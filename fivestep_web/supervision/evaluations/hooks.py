"""A phase accepted before its day asks for its evaluation at once, not only at night (R3.11)."""

from fivestep_web.core import events, jobs

TASK = "evaluations.open_completed"


def register() -> None:
    """Listen to phases being completed."""
    events.listen(events.Event.PHASE_COMPLETED, "evaluations", ask_for_phase)


def ask_for_phase(milestone_id: int) -> None:
    """Ask for the phase's evaluation to be opened after the commit; a phase is completed once."""
    jobs.enqueue(TASK, milestone_id, key=f"evaluation-{milestone_id}")
