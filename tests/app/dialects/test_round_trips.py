"""What one dialect says, the others can give back."""

import json
from dataclasses import replace
from typing import Any

from anthropic.types import message_create_params
from hypothesis import HealthCheck, given, settings
from pydantic import ConfigDict, TypeAdapter, with_config

from app.dialects.anthropic import incoming
from app.dialects.anthropic.events import event_from_wire
from app.dialects.anthropic.outgoing import event_to_wire
from app.dialects.anthropic.outgoing import reply_to_wire as reply_to_messages
from app.dialects.anthropic.requests import request_to_wire
from app.dialects.anthropic.responses import reply_from_wire as reply_from_messages
from app.dialects.anthropic.usage import usage_from_wire, usage_to_wire
from app.dialects.openai.chunk_reader import ChunkReader
from app.dialects.openai.chunks import ChunkSpeaker
from app.dialects.openai.requests import request_from_wire
from app.dialects.openai.responses import message_to_wire, reply_from_wire, reply_to_wire
from app.dialects.openai.speaking import request_to_wire as request_to_openai
from app.dialects.prompt import answers as prompt_answers
from app.dialects.prompt import requests as prompt_requests
from app.domain.blocks import Block, RawBlock, TextBlock
from app.domain.request import Request, Turn
from app.domain.stream import Accumulator, Reply, events_of
from app.domain.usage import TokenUsage
from tests.support.requests import answers, requests, texts

often = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SAMPLING = {"temperature", "top_p", "top_k"}
EXTRA = {"container", "inference_geo", "next_year"}
KIND: Any = message_create_params.MessageCreateParamsNonStreaming
JUDGE = TypeAdapter(with_config(ConfigDict(extra="forbid"))(KIND))


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


@often
@given(requests())
def test_every_request_is_one_that_the_sdks_types_take(request: Request) -> None:
    body = through_json(request_to_wire(request, stream=False).body)
    JUDGE.validate_python({name: value for name, value in body.items() if name not in SAMPLING | EXTRA})


@often
@given(requests())
def test_the_messages_api_gives_a_request_back(request: Request) -> None:
    wire = request_to_wire(request, stream=True)
    assert incoming.request_from_wire(through_json(wire.body), headers=wire.headers) == (request, True)


@often
@given(requests())
def test_chat_completions_give_a_request_back(request: Request) -> None:
    body = through_json(request_to_openai(request, stream=True))
    asked = request_from_wire(body)
    assert asked.request == request
    assert asked.stream
    assert asked.style.include_usage
    assert not asked.dropped


@often
@given(requests())
def test_the_domain_gives_chat_completions_back(request: Request) -> None:
    body = request_to_openai(request)
    assert request_to_openai(request_from_wire(through_json(body)).request) == body


@often
@given(answers(0))
def test_an_answer_comes_back_from_both_dialects(blocks: tuple[Block, ...]) -> None:
    reply = answer(blocks)
    assert reply_from_messages(through_json(reply_to_messages(reply))) == reply
    assert reply_from_wire(through_json(reply_to_wire(reply, id="chatcmpl-1", created=1))) == reply


@often
@given(answers(0))
def test_an_answer_goes_into_the_next_request_as_it_was(blocks: tuple[Block, ...]) -> None:
    message = through_json(message_to_wire(answer(blocks)))
    results = [{"role": "tool", "tool_call_id": each["id"], "content": "ok"} for each in message.get("tool_calls", ())]
    own = [each for each in results if not each["tool_call_id"].startswith("srvtoolu_")]
    hello = {"role": "user", "content": "hello"}
    asked = request_from_wire({"model": "m", "messages": [hello, message, *own, hello]})
    assert asked.request.turns[1].blocks == blocks


@often
@given(answers(0))
def test_a_stream_comes_back_from_the_messages_api(blocks: tuple[Block, ...]) -> None:
    spoken = [through_json(event_to_wire(event)) for event in events_of(answer(blocks))]
    assert added_up([event_from_wire(each) for each in spoken]) == answer(blocks)


@often
@given(answers(0))
def test_a_stream_comes_back_from_chunks(blocks: tuple[Block, ...]) -> None:
    speaker, reader = ChunkSpeaker(id="chatcmpl-1", created=1), ChunkReader()
    chunks = [through_json(chunk) for event in events_of(answer(blocks)) for chunk in speaker.speak(event)]
    read = [event for chunk in chunks for event in reader.read(chunk)]
    found = added_up([*read, *reader.finish()])
    assert found.complete
    assert (found.api_id, found.blocks) == ("m1", blocks)
    assert chunks[-1]["choices"][0]["delta"]["provider_specific_fields"]["anthropic"]["content"] == through_json(
        reply_to_messages(answer(blocks))["content"]
    )


def answer(blocks: tuple[Block, ...]) -> Reply:
    details = {"type": "refusal", "explanation": "No."}
    usage = TokenUsage(7, 3, 2, 1, 2, 11, 4, extra={"service_tier": "standard"})
    extra = {"container": {"id": "c1"}}
    return Reply(blocks, True, "m1", "claude-sonnet-5-5", "pause_turn", "END", details, usage, extra)


def test_a_block_of_next_year_grows_by_every_delta() -> None:
    delta = {"type": "content_block_delta", "index": 0}
    raws = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "dream", "depth": 1}},
        {**delta, "delta": {"type": "thinking_delta", "thinking": "Hm."}},
        {**delta, "delta": {"type": "citations_delta", "citation": {"type": "dream_location"}}},
        {**delta, "delta": {"type": "signature_delta", "signature": "c2ln"}},
        {**delta, "delta": {"type": "dream_delta", "depth": 2}},
    ]
    whole = {"type": "dream", "depth": 2, "thinking": "Hm.", "citations": [{"type": "dream_location"}]}
    reply = added_up(event_from_wire(each) for each in raws)
    assert reply.blocks == (RawBlock({**whole, "signature": "c2ln"}),)


def test_counts_of_next_year_come_back_from_both_dialects() -> None:
    told = {
        "input_tokens": 1,
        "cache_creation_input_tokens": 9,
        "cache_read_input_tokens": 0,
        "output_tokens": 5,
        "cache_creation": {"ephemeral_5m_input_tokens": 2, "ephemeral_24h_input_tokens": 7},
        "output_tokens_details": {"thinking_tokens": 1, "drafted_tokens": 3},
        "service_tier": "standard",
    }
    usage = usage_from_wire(told)
    assert usage_to_wire(usage) == told
    assert usage_to_wire(replace(usage, thinking_tokens=None))["output_tokens_details"] == {"drafted_tokens": 3}
    spoken = reply_to_wire(replace(answer(()), usage=usage), id="c", created=1)
    assert usage_to_wire(reply_from_wire(spoken).usage)["output_tokens_details"] == told["output_tokens_details"]


def added_up(events: Any) -> Reply:
    accumulator = Accumulator()
    for event in events:
        accumulator.add(event)
    return accumulator.reply()


single = texts.map(lambda text: (TextBlock(text),))


@often
@given(single, single, single)
def test_a_prompt_gives_a_conversation_back(system: Any, one: Any, other: Any) -> None:
    turns = (Turn("user", one), Turn("assistant", other), Turn("user", one))
    for model in ("claude-2", "claude-2.1", "claude-instant-1.2"):
        told = tuple(TextBlock(each.text.strip()) for each in system)
        request = Request(model, 100, turns, told)
        wire = prompt_requests.request_to_wire(request, stream=True)
        assert prompt_requests.request_from_wire(wire.body) == (request, True)


@often
@given(single)
def test_a_completion_gives_an_answer_back(blocks: Any) -> None:
    reply = Reply(blocks, True, "c1", "claude-2", "max_tokens")
    assert prompt_answers.reply_from_wire(prompt_answers.reply_to_wire(reply), prefilled=True) == reply
    speaker, reader = prompt_answers.CompletionSpeaker(), prompt_answers.CompletionReader(prefilled=True)
    objects = [each for event in events_of(reply) for each in speaker.speak(event)]
    assert added_up([event for each in objects for event in reader.read(each)]) == reply
