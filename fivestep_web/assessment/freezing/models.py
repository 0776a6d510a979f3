"""The result of a cycle as it was fixed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.core.database import Base, choice


class CycleResult(Base):
    """What the department meeting reviewed, then what was posted; gone while results are worked out anew.

    *sha256* is the fingerprint printed in the bulletin (C09); *content* is freezing.standing.content.
    """

    __tablename__ = "cycle_result"
    cycle_id: Mapped[int] = mapped_column(ForeignKey("assessment_cycle.id"), primary_key=True)
    state: Mapped[CycleState] = mapped_column(choice(CycleState))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    fixed_at: Mapped[datetime]
    cycle: Mapped[AssessmentCycle] = relationship()
