"""From what was noted of an exchange to what is kept of it: no keys, and what a list shows read from the bodies."""

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from app.domain.exchanges import (
    ExchangeRow,
    Noted,
    RecordedExchange,
    Timings,
    header,
    masked,
    without_secrets,
)
from app.wire.timeline import TimedEvent, timed_events

END_BYTES = 16 * 1024
_TOKENS = frozenset({"content_block_delta", "completion"})
"""Events with something of the answer in them; chat completions have no names, and each chunk of theirs counts."""
_INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def sealed(noted: Noted) -> RecordedExchange:
    """What is kept. Takes as long as reading the bodies does: not on a thread that anyone waits for."""
    key = "" if noted.key is None else noted.key.reveal()
    request_body, response_body = masked(noted.request_body, key), masked(b"".join(noted.pieces), key)
    ends = accumulate(len(piece) for piece in noted.pieces)
    arrivals = tuple((round(at_ms, 3), end) for at_ms, end in zip(noted.times, ends, strict=True))
    response_headers = without_secrets(noted.response_headers, key)
    is_stream = header(response_headers, "content-type").startswith("text/event-stream")
    events = _ends_of(response_body, arrivals) if is_stream else ()
    read = [_object(each.data) for each in events if each.name != "content_block_delta"]
    usage = _usage(read or [_object(response_body)])
    row = ExchangeRow(
        id=0,
        began_ms=noted.began_ms,
        method=noted.method,
        url=masked(noted.url.encode(), key).decode(),
        model=str(_object(request_body).get("model") or ""),
        attempt=noted.attempt,
        status=noted.status,
        outcome=noted.outcome,
        failure=masked(noted.failure.encode("utf-8", "replace"), key).decode("utf-8", "replace"),
        input_tokens=_sum(usage, _INPUT) or _sum(usage, ("prompt_tokens",)),
        output_tokens=_sum(usage, ("output_tokens",)) or _sum(usage, ("completion_tokens",)),
        request_id=header(response_headers, "request-id") or header(response_headers, "x-request-id"),
        timings=Timings(noted.connected_ms, noted.sent_ms, noted.first_byte_ms, _first_token(events), noted.last_ms),
    )
    headers = without_secrets(noted.request_headers, key)
    return RecordedExchange(
        row, headers, request_body, noted.http_version, response_headers, response_body, arrivals, noted.is_cut
    )


def _ends_of(body: bytes, arrivals: Sequence[tuple[float, int]]) -> Sequence[TimedEvent]:
    """The events at both ends of a stream: what is told of the whole stands there, and between are words."""
    if len(body) <= 2 * END_BYTES:
        return timed_events(body, arrivals)
    tail = body.find(b"\n\n", len(body) - END_BYTES)
    last = timed_events(body[tail:], ()) if tail >= 0 else ()
    return (*timed_events(body[:END_BYTES], [each for each in arrivals if each[1] <= END_BYTES]), *last)


def _first_token(events: Sequence[TimedEvent]) -> float | None:
    return next((each.at_ms for each in events if each.name in _TOKENS or not each.name), None)


def _usage(objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The newest word on every count: a stream tells the input first and the output last."""
    found: dict[str, Any] = {}
    for each in objects:
        message = each.get("message")
        for holder in (message if isinstance(message, Mapping) else {}, each):
            usage = holder.get("usage")
            if isinstance(usage, Mapping):
                found |= usage
    return found


def _sum(usage: Mapping[str, Any], names: Sequence[str]) -> int | None:
    counts = [usage[name] for name in names if isinstance(usage.get(name), int)]
    return sum(counts) if counts else None


def _object(text: str | bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, Mapping) else {}
