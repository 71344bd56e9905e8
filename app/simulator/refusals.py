"""A refusal: what is answered in place of a message."""

from app.immutable import immutable


@immutable
class Refusal:
    """Source: Messages API reference, "Errors"."""

    status: int
    kind: str
    """The API's `error.type`."""
    message: str


def invalid(message: str) -> Refusal:
    return Refusal(400, "invalid_request_error", message)
