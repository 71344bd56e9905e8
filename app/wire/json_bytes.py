"""JSON as it goes over the wire: UTF-8, no white space, and ten times as fast as the standard library writes it.

Source: RFC 8259, section 8.1.
"""

import json
from typing import Any

import orjson


def json_bytes(value: Any) -> bytes:
    """Speak a parsed JSON value.

    What the fast encoder refuses and JSON can say all the same, the standard library writes: a lone surrogate, which
    models do send back in pieces of emoji, and a number beyond 64 bits.

    Raises:
        TypeError: something in it is no JSON.
        RecursionError: it is nested deeper than the standard library's encoder goes.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")
