"""An event stream of chat completions, from bytes to batches of the domain's events, sans I/O.

Source: OpenAI API reference, "The chat completion chunk object", "Streaming".
"""

from collections.abc import Callable, Mapping, Sequence

from app.client.reading import Batch, EventReader, parsed_or_none
from app.dialects.openai.chunk_reader import ChunkReader
from app.dialects.openai.failures import error_from_wire
from app.domain.stream import MessageChanged, StreamEvent
from app.wire.sse import ServerEvent

DONE = "[DONE]"


class ChunkEventReader(EventReader):
    """As `EventReader`, for chunks.

    `[DONE]` ends an answer. Some servers leave it out: after a finish reason the end of the bytes is as good a proof.
    """

    def __init__(self, request_id: str | None, without_key: Callable[[str], str]) -> None:
        super().__init__(request_id, without_key)
        self._chunks = ChunkReader()
        self._gave_reason = False

    def take(self, chunk: bytes | None) -> Batch:
        """The events that the next bytes complete; None for the end of the bytes."""
        events, failure = super().take(chunk)
        if chunk is None and failure is None and self._gave_reason and not self._order.ended:
            return (*events, *filter(self._order.takes, self._chunks.finish())), None
        return events, failure

    def _read(self, raw: ServerEvent) -> Sequence[StreamEvent]:
        if raw.data.strip() == DONE:
            return self._chunks.finish()
        chunk = parsed_or_none(raw.data)
        if not isinstance(chunk, Mapping):
            if raw.data.strip():
                self._order.fault = "a chunk is not JSON"
            return ()
        if isinstance(chunk.get("error"), Mapping | str):
            raise error_from_wire(parsed_or_none(self._without_key(raw.data)), request_id=self._request_id)
        if "choices" not in chunk:
            return ()  # noise: what is no chunk costs nothing of the answer
        events = self._chunks.read(chunk)
        self._gave_reason = self._gave_reason or any(_tells_why(event) for event in events)
        return events


def _tells_why(event: StreamEvent) -> bool:
    return isinstance(event, MessageChanged) and event.stop_reason is not None
