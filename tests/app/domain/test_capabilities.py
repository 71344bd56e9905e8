"""What a model refuses is known before it is asked: the sentence names the model, and the remedy is taken by it."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.blocks import (
    Base64Source,
    DocumentBlock,
    ImageBlock,
    ServerToolUseBlock,
    TextBlock,
    TextSource,
    ThinkingBlock,
)
from app.domain.caching import Breakpoint, CachePlan, Section
from app.domain.capabilities import at_home, fitted, misfits
from app.domain.request import Parameters, Request, Thinking, Turn
from app.domain.thoughts import is_stale_signature, without_thinking
from app.domain.tools import NativeTool, ToolChoice, ToolDefinition
from app.errors import InvalidRequest
from app.simulator.server import own_catalogue

CATALOGUE = own_catalogue()
HELLO = Turn("user", (TextBlock("hello"),))
TOOL = ToolDefinition("look", {"type": "object"})
PICTURE = ImageBlock(Base64Source("image/png", "AAAA"))
PDF = DocumentBlock(Base64Source("application/pdf", "AAAA"))


def asked(model: str, *turns: Turn, **changes: Any) -> Request:
    parameters = changes.pop("parameters", Parameters())
    rest = {name: changes.pop(name) for name in list(changes) if name in {"tools", "extra_headers", "max_tokens"}}
    return Request(
        **{"model": model, "max_tokens": 8000, "turns": turns or (HELLO,), **rest},
        parameters=replace(parameters, **changes),
    )


REFUSED = {
    "temperature": asked("claude-sonnet-5-5", temperature=0.2),
    "top_k": asked("claude-opus-4-7", top_k=5),
    "too warm": asked("claude-3-opus-20240229", temperature=1.5),
    "both": asked("claude-sonnet-4-6", temperature=0.5, top_p=0.9),
    "fixed": asked("claude-haiku-5-5", top_p=0.5),
    "pinned version": asked("claude-sonnet-4-6", temperature=0.5, extra_headers={"Anthropic-Version": "2026-10-21"}),
    "sampling and budget": asked("claude-sonnet-4-5", thinking=Thinking("enabled", 2000), temperature=0.3),
    "prefill": asked("claude-sonnet-5-5", HELLO, Turn("assistant", (TextBlock("{"),))),
    "prefill and budget": asked(
        "claude-sonnet-4-5", HELLO, Turn("assistant", (TextBlock("{"),)), thinking=Thinking("enabled", 2000)
    ),
    "forced tool": asked("claude-opus-5-5", tools=(TOOL,), tool_choice=ToolChoice("tool", "look")),
    "forced any": asked("claude-fable-5-2", tools=(TOOL,), tool_choice=ToolChoice("any")),
    "forced and budget": asked(
        "claude-sonnet-4-5", tools=(TOOL,), tool_choice=ToolChoice("any"), thinking=Thinking("enabled", 2000)
    ),
    "manual thinking": asked("claude-opus-5", thinking=Thinking("enabled", 2000)),
    "no thinking off": asked("claude-opus-5-5", thinking=Thinking("disabled")),
    "adaptive on old": asked("claude-sonnet-4-5", thinking=Thinking("adaptive")),
    "thinking on 3": asked("claude-3-opus-20240229", thinking=Thinking("enabled", 2000)),
    "small budget": asked("claude-sonnet-4-5", thinking=Thinking("enabled", 10)),
    "large budget": asked("claude-sonnet-4-5", thinking=Thinking("enabled", 8000)),
    "off at high effort": asked("claude-opus-5", thinking=Thinking("disabled"), effort="max"),
    "effort": asked("claude-haiku-4-5", effort="high"),
    "effort level": asked("claude-opus-4-5", effort="xhigh"),
    "tools on 2": asked("claude-2.1", tools=(TOOL,), max_tokens=1000),
    "picture on 2": asked("claude-2.1", Turn("user", (TextBlock("see"), PICTURE)), max_tokens=1000),
    "pdf on 2": asked("claude-2.1", Turn("user", (TextBlock("see"), PDF)), max_tokens=1000),
    "old computer": asked("claude-opus-5-5", tools=(NativeTool({"type": "computer_20250124", "name": "computer"}),)),
    "too long": asked("claude-3-opus-20240229", max_tokens=100_000),
    "format": asked("claude-3-opus-20240229", output={"format": {"type": "json_schema"}}, max_tokens=100),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_told_and_mended(name: str) -> None:
    request = replace(REFUSED[name], max_tokens=REFUSED[name].max_tokens)
    entry = CATALOGUE.find(request.model)
    assert entry is not None
    found = [each for each in misfits(request, entry) if not each.harmless and each.name != "max_tokens"]
    if name == "too long":
        found = list(misfits(request, entry))
    assert found
    assert all(entry.display_name in each.reason or "Version 2026" in each.reason for each in found)
    assert all(each.reason.endswith(".") and each.where.startswith("/") for each in found)
    assert misfits(fitted(request, misfits(request, entry)), entry) == ()


FINE = [
    asked("claude-sonnet-4-6", temperature=0.5),
    asked("claude-3-opus-20240229", temperature=0.5, top_p=0.9, top_k=3, max_tokens=4096),
    asked("claude-sonnet-4-5", HELLO, Turn("assistant", (TextBlock("{"),))),
    asked("claude-sonnet-5-5", HELLO, Turn("assistant", (ServerToolUseBlock("server_tool_use", "s1", "search", {}),))),
    asked("claude-opus-5", tools=(TOOL,), tool_choice=ToolChoice("any")),
    asked("claude-opus-5-5", tools=(TOOL,), tool_choice=ToolChoice("auto")),
    asked("claude-sonnet-5-5", thinking=Thinking("adaptive"), effort="max"),
    asked("claude-3-5-sonnet-20240620", max_tokens=9000, extra_headers={"anthropic-beta": "max-tokens-3-5-2024"}),
]


@pytest.mark.parametrize("request_", FINE)
def test_what_a_model_takes_is_left_alone(request_: Request) -> None:
    entry = CATALOGUE.find(request_.model)
    assert entry is not None
    assert misfits(request_, entry) == ()


def test_an_unknown_model_is_asked() -> None:
    assert misfits(asked("claude-next-9", temperature=0.2), None) == ()


def test_a_default_that_may_not_be_said_is_left_out_without_asking() -> None:
    request = asked("claude-sonnet-5-5", temperature=1.0)
    assert at_home(request, CATALOGUE.find(request.model)).parameters.temperature is None


def test_what_would_be_missed_is_not_left_out_without_asking() -> None:
    request = asked("claude-sonnet-5-5", temperature=0.1)
    assert at_home(request, CATALOGUE.find(request.model)) == request


def test_documents_of_an_assistant_need_the_older_version() -> None:
    answer = Turn("assistant", (DocumentBlock(TextSource("x")), TextBlock("y")))
    request = asked("claude-opus-5", HELLO, answer, HELLO)
    assert at_home(request, CATALOGUE.find(request.model)).extra_headers == {"anthropic-version": "2023-06-01"}


# ------------------------------------------------------------------ signed thinking

THOUGHT = ThinkingBlock("hm", "sig")
ANSWER = Turn("assistant", (THOUGHT, TextBlock("yes")))


def test_cache_marks_follow_their_blocks() -> None:
    plan = CachePlan(frozenset({Breakpoint(Section.MESSAGES, 1, 1), Breakpoint(Section.MESSAGES, 2)}))
    request = replace(asked("m", HELLO, ANSWER, HELLO), cache_plan=plan)
    marks = without_thinking(request).cache_plan.breakpoints
    assert marks == {Breakpoint(Section.MESSAGES, 1, 0), Breakpoint(Section.MESSAGES, 2)}


def test_an_answer_of_thinking_alone_goes() -> None:
    plan = CachePlan(frozenset({Breakpoint(Section.MESSAGES, 2)}))
    request = replace(asked("m", HELLO, Turn("assistant", (THOUGHT,)), HELLO), cache_plan=plan)
    stripped = without_thinking(request)
    assert stripped.turns == (HELLO, HELLO)
    assert stripped.cache_plan.breakpoints == {Breakpoint(Section.MESSAGES, 1)}


def test_thinking_is_not_sent_to_a_model_that_does_not_think() -> None:
    request = asked("claude-3-opus-20240229", HELLO, ANSWER, HELLO, max_tokens=100)
    assert THOUGHT not in at_home(request, CATALOGUE.find(request.model)).turns[1].blocks


@pytest.mark.parametrize(
    "message",
    [
        "messages.1.content.0: Invalid `signature` in `thinking` block",
        "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified",
    ],
)
def test_a_stale_signature_is_recognised(message: str) -> None:
    assert is_stale_signature(InvalidRequest(400, "invalid_request_error", message))
    assert not is_stale_signature(InvalidRequest(400, "invalid_request_error", "prompt is too long"))
