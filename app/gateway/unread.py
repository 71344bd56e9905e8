"""An event stream that goes on in the dialect that it came in: nothing is translated, and little of it is read."""

import json
import re
from collections.abc import Callable
from typing import Any

from app.errors import ApiError, DuologueError, StreamBroken
from app.wire.sse import ServerEvent, SseDecoder

ENDS = ("message_stop", "[DONE]")
"""The name of the Messages API's last event; the data of chat completions' last chunk."""
_ERROR = '"error"'
_REASON = re.compile(r'"finish_reason":\s*"')
"""In a text inside of a chunk the quotes would stand behind backslashes."""


class UnreadStream:
    """Bytes in, bytes out, whole events at a time."""

    def __init__(
        self, without_key: Callable[[str], str], read_error: Callable[[Any], ApiError], request_id: str | None
    ) -> None:
        self._without_key = without_key
        self._read_error = read_error
        self._request_id = request_id
        self._decoder = SseDecoder()
        self._begun = False
        self._gave_reason = False
        self.ended = False

    def take(self, chunk: bytes | None) -> tuple[bytes, DuologueError | None]:
        """The events that the next bytes complete, and what ends them too early; None for the end of the bytes."""
        passed: list[str] = []
        failure: DuologueError | None = None
        try:
            for event in self._decoder.finish() if chunk is None else self._decoder.feed(chunk):
                if chunk is None and _is_cut(event):
                    break
                self._look_at(event)
                passed.append(_spoken(event))
                self._begun = True
                if self.ended:
                    break
        except (StreamBroken, ApiError) as error:
            failure = error
        if chunk is None and failure is None and not self.ended:
            failure = self._end()
            if failure is None:
                passed.append("data: [DONE]\n\n")
        return self._without_key("".join(passed)).encode(), failure

    def _look_at(self, event: ServerEvent) -> None:
        """Raises ApiError for an error."""
        self.ended = event.name == ENDS[0] or event.data == ENDS[1]
        if _ERROR in event.data and (event.name == "error" or not event.name):
            parsed = _parsed(self._without_key(event.data))
            if isinstance(parsed, dict) and parsed.get("error"):
                raise self._read_error(parsed)
        self._gave_reason = self._gave_reason or (not event.name and _REASON.search(event.data) is not None)

    def _end(self) -> StreamBroken | None:
        """The bytes ended, and nothing had said that the answer did."""
        if self._gave_reason:
            self.ended = True
            return None
        ended = "the answer did" if self._begun else "an answer began"
        return StreamBroken(f"the connection ended before {ended}", self._request_id)


def _is_cut(event: ServerEvent) -> bool:
    """Of the event that only lacked its closing line: whether it lacks more."""
    return event.data != ENDS[1] and not _parsed(event.data)


def _spoken(event: ServerEvent) -> str:
    name = f"event: {event.name}\n" if event.name else ""
    data = event.data if "\n" not in event.data else event.data.replace("\n", "\ndata: ")
    return f"{name}data: {data}\n\n"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}
