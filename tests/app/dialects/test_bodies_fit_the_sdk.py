"""Every request body that we send is one that the official SDK's types take."""

from typing import Any

import pytest
from anthropic.types import message_create_params
from pydantic import ConfigDict, TypeAdapter, with_config

from app.dialects.anthropic.requests import request_to_wire
from app.domain.blocks import (
    Block,
    RedactedThinkingBlock,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
)
from app.domain.request import Parameters, Request, Thinking, Turn
from app.domain.tools import ToolChoice, ToolDefinition

HELLO = Turn("user", (TextBlock("hello"),))
WEATHER = ToolDefinition("get_weather", {"type": "object", "properties": {"city": {"type": "string"}}}, "The weather")
CALL = ToolUseBlock("t1", "get_weather", {"city": "Lisbon"})
THOUGHTS = (ThinkingBlock("Hm.", "c2ln"), RedactedThinkingBlock("ZGF0YQ=="))
SAMPLING = {"temperature", "top_p", "top_k"}
"""The SDK's types have them no more; they go out under the older version of the API only."""


def request(*turns: Turn, **changes: Any) -> Request:
    return Request(**{"model": "claude-sonnet-5-5", "max_tokens": 100, "turns": turns or (HELLO,), **changes})


def loop(*blocks: Block) -> tuple[Turn, ...]:
    return HELLO, Turn("assistant", blocks), Turn("user", (ToolResultBlock("t1", "4 °C"),))


CASES = {
    "plain": request(),
    "system": request(system=(TextBlock("Be brief."), TextBlock("Be kind."))),
    "stops": request(parameters=Parameters(stop_sequences=("END",), user_id="u1", service_tier="auto")),
    "effort": request(parameters=Parameters(effort="high")),
    "thinking": request(parameters=Parameters(thinking=Thinking("enabled", 2048)), max_tokens=4096),
    "adaptive": request(parameters=Parameters(thinking=Thinking("adaptive", display="summarized"))),
    "off": request(parameters=Parameters(thinking=Thinking("disabled"))),
    "tools": request(tools=(WEATHER,), parameters=Parameters(tool_choice=ToolChoice("any"))),
    "forced": request(tools=(WEATHER,), parameters=Parameters(tool_choice=ToolChoice("tool", "get_weather"))),
    "tool loop": request(*loop(TextBlock("Look."), CALL), tools=(WEATHER,)),
    "error result": request(
        HELLO,
        Turn("assistant", (ToolUseBlock("t1", "get_weather", {}),)),
        Turn("user", (ToolResultBlock("t1", (TextBlock("no such city"),), is_error=True), TextBlock("go on"))),
        tools=(WEATHER,),
    ),
    "thoughts": request(HELLO, Turn("assistant", (*THOUGHTS, TextBlock("Yes."))), HELLO),
    "prefill": request(HELLO, Turn("assistant", (TextBlock("{"),)), model="claude-sonnet-4-5-20250929"),
    "sampling": request(model="claude-sonnet-4-6", parameters=Parameters(temperature=0.5, top_k=5)),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("stream", [True, False])
def test_the_sdk_takes_our_body(name: str, stream: bool) -> None:
    wire = request_to_wire(CASES[name], stream=stream)
    body = {key: value for key, value in wire.body.items() if key not in SAMPLING}
    assert (set(wire.body) & SAMPLING == set()) or wire.headers["anthropic-version"] == "2023-06-01"
    params: Any = message_create_params
    kind = params.MessageCreateParamsStreaming if stream else params.MessageCreateParamsNonStreaming
    strict = with_config(ConfigDict(extra="forbid"))(kind)
    TypeAdapter(strict).validate_python(body)


def test_the_judge_can_say_no() -> None:
    strict = with_config(ConfigDict(extra="forbid"))(message_create_params.MessageCreateParamsNonStreaming)
    with pytest.raises(ValueError, match="surprise"):
        TypeAdapter(strict).validate_python({"model": "m", "max_tokens": 1, "messages": [], "surprise": 1})
