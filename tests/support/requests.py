"""Requests that the Messages API takes, of every kind, for property tests."""

from base64 import b64encode
from typing import Any

from hypothesis import strategies as st

from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    FileSource,
    ImageBlock,
    RedactedThinkingBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    TextBlock,
    TextSource,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    UrlSource,
)
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.request import Parameters, Request, Thinking, Turn
from app.domain.tools import NativeTool, Tool, ToolChoice, ToolDefinition

characters = st.characters(codec="utf-8")
texts = st.text(characters, min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
names = st.from_regex(r"[a-zA-Z0-9_-]{1,20}", fullmatch=True)
base64s = st.binary(min_size=1, max_size=12).map(lambda data: b64encode(data).decode("ascii"))
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(characters, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(characters, max_size=5), inner, max_size=3),
    max_leaves=6,
)
keys = st.text(characters, min_size=1, max_size=5)
objects: st.SearchStrategy[dict[str, Any]] = st.dictionaries(keys, values, max_size=3)
urls = st.just("https://example.com/a") | st.just("http://example.com/b?c=d#e")

text_blocks = texts.map(TextBlock)
images = st.builds(
    ImageBlock,
    st.builds(Base64Source, st.sampled_from(["image/png", "image/jpeg", "image/gif", "image/webp"]), base64s)
    | urls.map(UrlSource)
    | names.map(FileSource),
)
documents = st.builds(
    DocumentBlock,
    st.builds(Base64Source, st.just("application/pdf"), base64s)
    | texts.map(TextSource)
    | urls.map(UrlSource)
    | names.map(FileSource),
    title=st.none() | texts,
    context=st.none() | texts,
    citations=st.none() | st.just({"enabled": True}),
)
thoughts = st.builds(ThinkingBlock, st.text(characters, max_size=20), base64s) | base64s.map(RedactedThinkingBlock)
schemas = st.builds(
    lambda fields: {"type": "object", "properties": {name: {"type": "string"} for name in fields}},
    st.lists(names, max_size=3, unique=True),
)
tools: st.SearchStrategy[Tool] = st.builds(
    ToolDefinition, names, schemas, st.none() | texts, st.sampled_from([{}, {"strict": True}, {"defer_loading": False}])
) | st.sampled_from(
    [
        NativeTool({"type": "bash_20250124", "name": "bash"}),
        NativeTool({"type": "web_search_20250305", "name": "web_search", "max_uses": 3}),
    ]
)


@st.composite
def searches(draw: st.DrawFn) -> tuple[Block, Block]:
    """A tool of the API's own, with its answer."""
    call_id = f"srvtoolu_{draw(names)}"
    found = {
        "type": "web_search_result",
        "url": "https://example.com",
        "title": draw(texts),
        "encrypted_content": "YQ==",
    }
    use = ServerToolUseBlock("server_tool_use", call_id, "web_search", {"query": draw(texts)})
    return use, ServerToolResultBlock("web_search_tool_result", call_id, [found])


@st.composite
def answers(draw: st.DrawFn, number: int) -> tuple[Block, ...]:
    """An assistant's blocks, thinking and searches between the texts, calls anywhere."""
    blocks: list[Block] = []
    for kind in draw(st.lists(st.sampled_from(["text", "thought", "search", "call"]), min_size=1, max_size=4)):
        if kind == "search":
            blocks += draw(searches())
        elif kind == "call":
            call_id = f"toolu_{number}_{len(blocks)}"
            blocks.append(ToolUseBlock(call_id, draw(names), draw(objects)))
        else:
            blocks.append(draw(text_blocks if kind == "text" else thoughts))
    if not any(isinstance(each, TextBlock | ToolUseBlock) for each in blocks):
        blocks.append(draw(text_blocks))
    server = [each.id for each in blocks if isinstance(each, ServerToolUseBlock)]
    return tuple(blocks) if len(server) == len(set(server)) else (draw(text_blocks),)


@st.composite
def results(draw: st.DrawFn, call_id: str) -> ToolResultBlock:
    content = draw(st.text(characters, max_size=10) | st.lists(text_blocks | images, min_size=1, max_size=2).map(tuple))
    return ToolResultBlock(call_id, content, draw(st.none() | st.booleans()))


@st.composite
def histories(draw: st.DrawFn) -> tuple[Turn, ...]:
    """Turns that alternate, begin and end with a person's, and answer every call."""
    turns: list[Turn] = []
    calls: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        answered = [draw(results(each)) for each in calls]
        said = draw(st.lists(text_blocks | images | documents, min_size=0 if answered else 1, max_size=3))
        turns.append(Turn("user", (*answered, *said)))
        if draw(st.booleans()) and number:
            turns.append(Turn("system", (draw(text_blocks),)))
        turns.append(Turn("assistant", draw(answers(number))))
        calls = [each.id for each in turns[-1].blocks if isinstance(each, ToolUseBlock)]
    answered = [draw(results(each)) for each in calls]
    return (*turns, Turn("user", (*answered, draw(text_blocks))))


@st.composite
def plans(draw: st.DrawFn, turns: tuple[Turn, ...], system: int, offered: int) -> CachePlan:
    places = [Breakpoint(Section.SYSTEM, at) for at in range(system)]
    places += [Breakpoint(Section.TOOLS, at) for at in range(offered)]
    for index, turn in enumerate(turns):
        for at, block in enumerate(turn.blocks):
            if not isinstance(block, ThinkingBlock | RedactedThinkingBlock):
                places.append(Breakpoint(Section.MESSAGES, index, at))
            if isinstance(block, ToolResultBlock) and isinstance(block.content, tuple):
                places += [Breakpoint(Section.MESSAGES, index, at, part=part) for part in range(len(block.content))]
    chosen = draw(st.lists(st.sampled_from(places), max_size=4, unique=True))
    ttl = draw(st.sampled_from(Ttl))
    return CachePlan(frozenset(Breakpoint(each.section, each.index, each.block, ttl, each.part) for each in chosen))


def choices(offered: list[Tool]) -> st.SearchStrategy[ToolChoice | None]:
    if not offered:
        return st.none()
    own = [each.name for each in offered if isinstance(each, ToolDefinition)]
    named = st.sampled_from(own).map(lambda name: ToolChoice("tool", name)) if own else st.just(ToolChoice("any"))
    flags = st.none() | st.booleans()
    return st.none() | named | st.builds(ToolChoice, st.sampled_from(["auto", "any"]), st.none(), flags)


@st.composite
def parameters(draw: st.DrawFn, offered: list[Tool]) -> Parameters:
    sampled = draw(st.booleans())
    return Parameters(
        temperature=draw(st.none() | st.floats(0, 1)) if sampled else None,
        top_k=draw(st.none() | st.integers(1, 500)) if sampled else None,
        stop_sequences=tuple(draw(st.lists(texts, max_size=2))),
        thinking=draw(
            st.none()
            | st.just(Thinking("adaptive", display="summarized"))
            | st.builds(Thinking, st.just("enabled"), st.integers(1024, 4000))
            | st.just(Thinking("disabled"))
        ),
        effort=draw(st.none() | st.sampled_from(["low", "medium", "high", "xhigh", "max"])),
        output=draw(st.sampled_from([{}, {"format": {"type": "json_schema", "schema": {"type": "object"}}}])),
        service_tier=draw(st.sampled_from([None, "auto", "standard_only"])),
        user_id=draw(st.none() | st.just("u-17")),
        tool_choice=draw(choices(offered)),
    )


@st.composite
def requests(draw: st.DrawFn) -> Request:
    turns = draw(histories())
    system = tuple(draw(st.lists(text_blocks, max_size=2)))
    offered = draw(st.lists(tools, min_size=1, max_size=3, unique_by=_name))
    return Request(
        model=draw(st.sampled_from(["claude-sonnet-5-5", "claude-next-9"])),
        max_tokens=draw(st.integers(4096, 64000)),
        turns=turns,
        system=system,
        parameters=draw(parameters(offered)),
        tools=tuple(offered),
        cache_plan=draw(plans(turns, len(system), len(offered))),
        extra_body=draw(st.sampled_from([{}, {"container": "c1"}, {"inference_geo": "us", "next_year": {"a": [1]}}])),
    )


def _name(tool: Tool) -> str:
    return tool.name if isinstance(tool, ToolDefinition) else str(tool.raw["name"])
