"""Recorded streams of the real API: what stands there while they stream is what stands there afterwards."""

import json
from itertools import chain
from typing import Any

import pytest

from app.dialects.anthropic.events import event_from_wire
from app.domain.conversation import Message, MessageState, Role
from app.domain.stream import Accumulator, ClientEvent
from app.wire.sse import SseDecoder

pytestmark = pytest.mark.shared


def recorded_streams(recordings: list[dict[str, Any]]) -> list[list[ClientEvent]]:
    found: list[list[ClientEvent]] = []
    for each in recordings:
        ok = each["stream"] and each["response"]["status"] == 200 and each["request"]["url"].endswith("/messages")
        if ok:
            decoder = SseDecoder()
            events = chain(decoder.feed(each["response"]["body"].encode()), decoder.finish())
            found.append([event_from_wire(json.loads(event.data)) for event in events])
    return found


def test_a_streamed_answer_reads_as_the_stored_one(recordings, transcript, answer):
    found = recorded_streams(recordings)
    assert len(found) > 40
    for number, events in enumerate(found):
        id_ = f"answer {number}"
        transcript.show([answer(id_=id_, state=MessageState.STREAMING)], streaming=id_)
        accumulator = Accumulator()
        for event in events:
            accumulator.add(event)
            transcript.extend([event])
            transcript._growth.flush()
        growing = transcript.plain_text()
        blocks = accumulator.reply().blocks
        transcript.finish(Message(id_, "prompt", Role.ASSISTANT, blocks))
        assert growing == transcript.plain_text()
        streamed = transcript.visible_text()

        transcript.show([Message("stored", "prompt", Role.ASSISTANT, blocks)])
        assert transcript.visible_text() == streamed
