"""The confirmed year that commendations share."""

from tests.assessment.commendations.conftest import cast, troupe

__all__ = ["cast", "troupe"]
