"""Every recorded answer of the real API, translated by LiteLLM and by us."""

import copy
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from types import ModuleType
from typing import Any

import httpx
import pytest

from app.dialects.anthropic.events import event_from_wire
from app.dialects.anthropic.responses import reply_from_wire
from app.dialects.openai.chunks import ChunkSpeaker
from app.dialects.openai.responses import reply_to_wire
from app.dialects.openai.style import ReplyStyle
from app.wire.sse import SseDecoder
from tests.app.dialects.peer.answer_corrections import LATER, OF_STREAMS, OF_WHOLE_ANSWERS
from tests.app.dialects.peer.comparing import differences
from tests.app.dialects.peer.gathering import gathered

pytestmark = [pytest.mark.peer, pytest.mark.shared]
OWN_TO_EACH = ("id", "created", "system_fingerprint")


def answered(recordings: list[dict[str, Any]], *, stream: bool) -> Iterator[tuple[str, str]]:
    for each in recordings:
        sound = each["response"]["status"] == 200 and each["request"]["url"].endswith("/messages")
        if sound and each["stream"] is stream:
            yield each["id"], each["response"]["body"]


def events_of(body: str) -> Iterator[Any]:
    decoder = SseDecoder()
    for event in chain(decoder.feed(body.encode()), decoder.finish()):
        yield json.loads(event.data)


def test_whole_answers(litellm: ModuleType, recordings: list[dict[str, Any]], is_locked: bool) -> None:
    from litellm.llms.anthropic.chat.transformation import AnthropicConfig

    reasons = OF_WHOLE_ANSWERS | ({} if is_locked else LATER)
    found: Counter[str] = Counter()
    seen = 0
    for name, text in answered(recordings, stream=False):
        body = json.loads(text)
        if body.get("type") != "message":
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = (
                AnthropicConfig()
                .transform_parsed_response(copy.deepcopy(body), httpx.Response(200), litellm.ModelResponse())
                .model_dump()
            )
        ours = reply_to_wire(reply_from_wire(body), id="chatcmpl-1", created=1)
        for each in (theirs, ours):
            for key in OWN_TO_EACH:
                each.pop(key, None)
        found.update(unexplained(name, theirs, ours, reasons))
        seen += 1
    assert seen > 150
    assert not is_locked or set(found) == set(OF_WHOLE_ANSWERS), "a reason that nothing needs any more"


def test_streams(litellm: ModuleType, recordings: list[dict[str, Any]], is_locked: bool) -> None:
    from litellm.llms.anthropic.chat.handler import ModelResponseIterator

    reasons = OF_STREAMS | ({} if is_locked else LATER)
    found: Counter[str] = Counter()
    seen = 0
    for name, text in answered(recordings, stream=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = ModelResponseIterator(iter(()), sync_stream=True)
            theirs = gathered(reader.chunk_parser(event).model_dump() for event in events_of(text))
        speaker = ChunkSpeaker(id="chatcmpl-1", created=1, style=ReplyStyle(include_usage=True))
        ours = gathered(chain.from_iterable(speaker.speak(event_from_wire(event)) for event in events_of(text)))
        found.update(unexplained(name, theirs, ours, reasons))
        seen += 1
    assert seen > 60
    assert not is_locked or set(found) == set(OF_STREAMS), "a reason that nothing needs any more"


def unexplained(name: str, theirs: Any, ours: Any, reasons: dict[str, str]) -> Iterable[str]:
    """The reasons that one answer needed; fails where it has a difference without one."""
    used = []
    for where, one, other in differences(without_nulls(theirs), without_nulls(ours)):
        pointer = re.sub(r"/\d+", "/*", where)
        reason = next((each for each in reasons if pointer == each or pointer.startswith(f"{each}/")), None)
        assert reason is not None, f"{name} {where}: LiteLLM {one!r}, we {other!r}"
        used.append(reason)
    return used


def without_nulls(value: Any) -> Any:
    """Null and absent mean the same in an answer."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value
