"""Messages and setups as the JSON that the database holds.

JSON text is pure ASCII: lone surrogates, U+0000 and integers of any size survive, which SQLite's own text would not.
Large base64 data is taken out and stored once, under its hash. Reading never raises: a disk may hold anything, and one
row that is damaged must not take the others with it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.dialects.blocks import block_from_wire, block_to_wire
from app.dialects.duologue.asked import setup_text
from app.dialects.duologue.shapes import fits
from app.dialects.duologue.values import (
    MALFORMED,
    facts_from_raw,
    facts_to_raw,
    places_from_raw,
    setup_from_raw,
)
from app.domain.blocks import Block, unreadable
from app.domain.conversation import ReplyFacts
from app.domain.request import Setup

BLOB_FROM = 1024
"""Characters of base64 from which data is stored apart."""
_REFERENCE = "duologue:blob"


def blocks_to_json(blocks: tuple[Block, ...], blobs: dict[str, str]) -> str:
    """The blocks as JSON text; large data goes into `blobs`, by hash."""
    return _text([_taken_out(block_to_wire(block), blobs) for block in blocks])


def blocks_from_json(text: str, blob: Callable[[str], str]) -> tuple[Block, ...]:
    """The blocks again; `blob` gives the data of a hash. What cannot be read stands there as an `unreadable` block."""
    try:
        raws = json.loads(text)
    except MALFORMED:
        return (unreadable(text),)
    return tuple(_block(raw, blob) for raw in raws) if isinstance(raws, list) else (unreadable(text),)


def facts_to_json(facts: ReplyFacts | None) -> str | None:
    return None if facts is None else _text(facts_to_raw(facts))


def facts_from_json(text: str | None) -> ReplyFacts | None:
    """The facts again, or None where none can be read."""
    return None if text is None else facts_from_raw(_parsed(text))


def places_to_json(places: tuple[int, ...]) -> str | None:
    return _text(list(places)) if places else None


def places_from_json(text: Any) -> tuple[int, ...]:
    """Places of blocks again; none where none can be read: what is sent then is all that there is."""
    return places_from_raw(_parsed(text)) if isinstance(text, str) else ()


def setup_to_json(setup: Setup) -> str:
    return setup_text(setup)


def setup_from_json(text: str) -> Setup:
    """The setup again. A part of it that cannot be read falls back to its default, by itself."""
    return setup_from_raw(_parsed(text))


def _parsed(text: str) -> Any:
    """The JSON value; None of what is no JSON."""
    try:
        return json.loads(text)
    except MALFORMED:
        return None


def _block(raw: Any, blob: Callable[[str], str]) -> Block:
    try:
        block = block_from_wire(_put_back(raw, blob))
    except MALFORMED:
        return unreadable(_text(raw))
    return block if fits(block, Block) else unreadable(_text(raw))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _taken_out(value: Any, blobs: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_taken_out(each, blobs) for each in value]
    if not isinstance(value, Mapping):
        return value
    data = value.get("data")
    if value.get("type") == "base64" and isinstance(data, str) and len(data) >= BLOB_FROM:
        # with it comes OpenSSL: 5 MB that a library without pictures has no use for
        import hashlib

        hash_ = hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()
        blobs[hash_] = data
        return {**value, "data": {_REFERENCE: hash_}}
    return {name: _taken_out(each, blobs) for name, each in value.items()}


def _put_back(value: Any, blob: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_put_back(each, blob) for each in value]
    if not isinstance(value, Mapping):
        return value
    if value.keys() == {_REFERENCE}:
        return blob(value[_REFERENCE])
    return {name: _put_back(each, blob) for name, each in value.items()}
