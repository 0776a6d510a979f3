"""Refusals: exceptions that carry a sentence for the person who asked."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a failure
    """Base of all refusals; *message* is shown as it is."""

    status = 422

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotUnderstood(Refusal):
    """Another system asked in words we do not know."""

    status = 400


class NotIdentified(Refusal):
    """Another system showed no token that serves."""

    status = 401


class NotFound(Refusal):
    """It is not there, or this person may not know that it is."""

    status = 404


class NotAllowed(Refusal):
    """It is there and may be seen, yet not be done by this person."""

    status = 403


class Conflict(Refusal):
    """It changed meanwhile, or its state does not allow this."""

    status = 409


class DomainError(Refusal):
    """A rule of the field refuses it; nothing was changed."""

    status = 422


class FieldError(DomainError):
    """What one field holds is refused: *field* is its name in the form."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
