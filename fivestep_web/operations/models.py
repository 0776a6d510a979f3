"""What the clock has started."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fivestep_web.core.database import Base


class ScheduleRun(Base):
    """A task of the clock and the moment it was due: the key lets two clocks start it once (trust.md J8)."""

    __tablename__ = "schedule_run"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
