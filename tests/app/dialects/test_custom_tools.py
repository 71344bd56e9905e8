"""Tools that take free text: Claude knows only JSON, and whoever offered such a tool never notices."""

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from app import ModelResponseStream, stream_chunk_builder
from app.dialects.openai.chunk_reader import ChunkReader
from app.dialects.openai.chunks import ChunkSpeaker
from app.dialects.openai.requests import Asked, request_from_wire
from app.dialects.openai.responses import reply_from_wire, reply_to_wire
from app.domain.blocks import (
    Block,
    RawBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    ToolUseBlock,
)
from app.domain.stream import Accumulator, Reply, events_of
from app.domain.tools import ToolDefinition
from app.domain.usage import TokenUsage

SQL = {"type": "custom", "custom": {"name": "run sql", "description": "Runs it.", "format": {"type": "text"}}}
HI = {"role": "user", "content": "How many?"}
QUERY = 'SELECT "n"\nFROM t -- \\ é\U0001f600'


def asked(*messages: Any) -> Asked:
    return request_from_wire({"model": "claude-opus-5", "messages": list(messages), "tools": [SQL]})


def answer(*blocks: Block) -> Reply:
    return Reply(blocks, True, "m1", "claude-opus-5", "tool_use", usage=TokenUsage(1, 2))


CALL = ToolUseBlock("toolu_1", "run_sql", {"input": QUERY})


def chunks_of(reply: Reply) -> list[Any]:
    speaker = ChunkSpeaker(id="c1", created=1, style=asked(HI).style)
    return [json.loads(json.dumps(chunk)) for event in events_of(reply) for chunk in speaker.speak(event)]


def test_a_call_comes_back_as_the_custom_call_that_was_offered() -> None:
    completion = reply_to_wire(answer(CALL), id="c1", created=1, style=asked(HI).style)
    (call,) = completion["choices"][0]["message"]["tool_calls"]
    assert call == {
        "id": "toolu_1",
        "type": "custom",
        "index": 0,
        "custom": {"name": "run sql", "input": QUERY},
    }
    read = ChatCompletion.model_validate(completion).choices[0].message.tool_calls or []
    assert [each.type for each in read] == ["custom"]
    assert reply_from_wire(json.loads(json.dumps(completion))).blocks == (CALL,)


def test_what_stands_beside_a_custom_tool_is_kept() -> None:
    body = {"model": "m", "messages": [HI], "tools": [{**SQL, "defer_loading": True, "cache_control": {"type": "new"}}]}
    (tool,) = request_from_wire(body).request.tools
    assert isinstance(tool, ToolDefinition)
    assert tool.extra == {"defer_loading": True, "cache_control": {"type": "new"}}


def test_the_call_goes_into_the_next_request_with_the_thinking_before_it() -> None:
    thought = ThinkingBlock("hm", "sig")
    completion = reply_to_wire(answer(thought, CALL), id="c1", created=1, style=asked(HI).style)
    message = completion["choices"][0]["message"]
    result = {"role": "tool", "tool_call_id": "toolu_1", "content": "7"}
    assert asked(HI, message, result).request.turns[1].blocks == (thought, CALL)


def test_a_streamed_call_adds_up_to_its_text() -> None:
    chunks = chunks_of(answer(TextBlock("I look."), CALL))
    for chunk in chunks:
        ChatCompletionChunk.model_validate({**chunk, "choices": []})
    calls = [call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls", ())]
    assert calls[0] == {"index": 0, "id": "toolu_1", "type": "custom", "custom": {"name": "run sql", "input": ""}}
    assert "".join(call["custom"]["input"] for call in calls) == QUERY
    whole = stream_chunk_builder([ModelResponseStream(chunk) for chunk in chunks])
    assert whole is not None
    (call,) = whole.choices[0].message.tool_calls
    assert (call.type, call.custom.name, call.custom.input) == ("custom", "run sql", QUERY)


def test_another_services_pieces_of_text_become_one_json_object() -> None:
    reader, accumulator = ChunkReader(), Accumulator()
    deltas = [
        {"tool_calls": [{"index": 0, "id": "c1", "type": "custom", "custom": {"name": "run", "input": ""}}]},
        *({"tool_calls": [{"index": 0, "custom": {"input": QUERY[at : at + 3]}}]} for at in range(0, len(QUERY), 3)),
    ]
    for delta in deltas:
        for event in reader.read({"id": "1", "model": "gpt", "choices": [{"index": 0, "delta": delta}]}):
            accumulator.add(event)
    for event in reader.finish():
        accumulator.add(event)
    assert accumulator.reply().blocks == (ToolUseBlock("c1", "run", {"input": QUERY}),)


@pytest.mark.parametrize(
    "blocks",
    [
        (ServerToolUseBlock("mcp_tool_use", "mcptoolu_1", "look", {"a": 1}, {"server_name": "s"}),),
        (ServerToolResultBlock("tool_search_tool_result", "srvtoolu_1", {"tool_references": []}),),
        (RawBlock({"type": "next_years_block", "text": "?"}),),
    ],
)
def test_blocks_that_the_dialect_has_no_word_for_are_in_its_streams_all_the_same(blocks: tuple[Block, ...]) -> None:
    sent = (TextBlock("before"), *blocks, TextBlock("after"))
    reader, accumulator = ChunkReader(), Accumulator()
    for chunk in chunks_of(answer(*sent)):
        for event in reader.read(chunk):
            accumulator.add(event)
    assert accumulator.reply().blocks == sent


def test_citations_are_in_its_streams_too() -> None:
    cited = TextBlock("so it is", ({"type": "char_location", "cited_text": "it is", "document_index": 0},))
    sent = (TextBlock("I looked: "), cited, cited, TextBlock("."))
    reader, accumulator = ChunkReader(), Accumulator()
    for chunk in chunks_of(answer(*sent)):
        for event in reader.read(chunk):
            accumulator.add(event)
    assert accumulator.reply().blocks == sent
