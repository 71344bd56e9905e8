"""Names for what is made here. Chance is no part of the domain: whoever makes a message gives it its id."""

from uuid import uuid4


def new_id() -> str:
    """An identifier that no other machine makes: 32 hexadecimal digits."""
    made: str = uuid4().hex
    return made
