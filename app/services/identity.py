"""Names for what is made here. Chance is no part of the domain: whoever makes a message gives it its id."""

from os import urandom

VERSION_AT, VARIANT_AT = 6, 8
"""Bytes of an identifier that say of what kind it is. Source: RFC 9562, version 4."""


def new_id() -> str:
    """An identifier that no other machine makes: 32 hexadecimal digits, as of a random UUID.

    Python's own module asks for the platform and loads a library of the system's, 0.2 MB at every start.
    """
    made = bytearray(urandom(16))
    made[VERSION_AT] = made[VERSION_AT] & 0x0F | 0x40
    made[VARIANT_AT] = made[VARIANT_AT] & 0x3F | 0x80
    return made.hex()
