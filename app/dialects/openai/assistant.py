"""An assistant message of a chat-completions history, to the content blocks that it was made from.

A message of ours carries its blocks in order, in `provider_specific_fields`, and they are taken back as they are, so
that thinking, signatures and server tools stay where they were. One that LiteLLM made has the same things apart; their
order is put together again as far as it can be known. A message that was edited since is what its fields now say.

Source: OpenAI API reference, "Create chat completion", assistant messages; LiteLLM's extensions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.dialects.blocks import blocks_from_wire, ttl_of
from app.dialects.json_values import check_json
from app.dialects.openai.names import Names, wire_id
from app.dialects.openai.parts import content_from_wire
from app.dialects.openai.reading import Marked, Wire, arguments_of, list_of, mark_on, object_of, text_of
from app.dialects.openai.view import FIELDS, OWN, View, own_in, view_of
from app.domain.blocks import (
    Block,
    RedactedThinkingBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    ToolUseBlock,
)
from app.domain.caching import Ttl
from app.errors import TranslationError

SERVER_ID = "srvtoolu_"
THOUGHTS = ThinkingBlock | RedactedThinkingBlock
_NO_EXTRA: Wire = {}
_PLAIN = frozenset({"role", "content", "tool_calls"})
_CALL = frozenset({"id", "type", "function", "index", "cache_control", "custom"})


def assistant_from_wire(message: Wire, names: Names, where: str, *, old_id: str) -> list[Marked]:
    """Read the blocks of one assistant message; an empty list for one that says nothing.

    Args:
        old_id: the id of the call in `function_call`, which has none of its own.

    Raises:
        TranslationError: a part, a call or a block that cannot be said to Claude.
    """
    if message.keys() <= _PLAIN and not isinstance(message.get("content"), list):
        return _plain(message, names, where)
    if message.get("audio") is not None:
        raise TranslationError(f"{where}/audio", "Claude takes no audio")
    kept = _kept(message, names, where)
    if kept is None:
        kept = [*_apart(message, names, where, old_id)]
    return _marked(kept, mark_on(message, where))


def _plain(message: Wire, names: Names, where: str) -> list[Marked]:
    """A message with nothing beside it: its text, then its calls. Most of a long history is of this kind."""
    content, calls = message.get("content"), message.get("tool_calls")
    found = [] if content is None else content_from_wire(content, f"{where}/content")
    if calls:
        where = f"{where}/tool_calls"
        found += [call_from_wire(call, names, f"{where}/{at}") for at, call in enumerate(list_of(calls, where))]
    return found


def _marked(blocks: list[Marked], ttl: Ttl | None) -> list[Marked]:
    """The blocks, with the message's own mark on the last that can carry one."""
    if ttl is not None:
        for at in range(len(blocks) - 1, -1, -1):
            if not isinstance(blocks[at].block, THOUGHTS):
                blocks[at] = blocks[at]._replace(ttl=blocks[at].ttl or ttl)
                break
    return blocks


# ------------------------------------------------------------------ a message of ours


def _kept(message: Wire, names: Names, where: str) -> list[Marked] | None:
    """The blocks that the message carries, if it still says what they say."""
    raw = own_in(message).get("content")
    if not isinstance(raw, list | tuple):
        return None
    pointer = f"{where}/{FIELDS}/{OWN}/content"
    check_json(raw, pointer)
    blocks = blocks_from_wire(list(raw), where=pointer)
    if not _still_says(view_of(blocks), message, names, where):
        return None
    found = [
        Marked(_fit(block, names), ttl_of(each))
        for block, each in zip(blocks, raw, strict=True)
        if not (isinstance(block, TextBlock) and not block.text.strip())
    ]
    content = message.get("content")
    marks = [mark_on(part, where) for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
    return _marked(found, next((ttl for ttl in reversed(marks) if ttl), None))


def _still_says(view: View, message: Wire, names: Names, where: str) -> bool:
    content = message.get("content")
    if isinstance(content, str) or content is None:
        text = content or ""
    else:
        parts = content_from_wire(content, f"{where}/content")
        text = "".join(each.block.text for each in parts if isinstance(each.block, TextBlock))
        view = View("".join(each for each in view.texts if each.strip()), view.calls, view.texts)
    if text.strip() != view.text.strip():
        return False
    calls = message.get("tool_calls") or ()
    if not isinstance(calls, list | tuple) or len(calls) != len(view.calls):
        return False
    return all(_same(call, known, names) for call, known in zip(calls, view.calls, strict=True))


def _same(call: Any, known: ToolUseBlock | ServerToolUseBlock, names: Names) -> bool:
    function = call.get("function", call.get("custom")) if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping) or call.get("id") != known.id:
        return False
    if "custom" in call:
        return known.input == {"input": function.get("input")} and _is_named(known, function.get("name"), names)
    try:
        arguments = arguments_of(function.get("arguments"), "")
    except TranslationError:
        return False
    return arguments == known.input and _is_named(known, function.get("name"), names)


def _fit(block: Block, names: Names) -> Block:
    """A call that another service made may have an id and a name that the API does not take."""
    if not isinstance(block, ToolUseBlock):
        return block
    call_id, name = wire_id(block.id), block.name if block.name in names.back else names.wire(block.name)
    return block if (call_id, name) == (block.id, block.name) else replace(block, id=call_id, name=name)


def _is_named(known: ToolUseBlock | ServerToolUseBlock, name: Any, names: Names) -> bool:
    return name in {known.name, names.back.get(known.name)}


# ------------------------------------------------------------------ a message of someone else's


def _apart(message: Wire, names: Names, where: str, old_id: str) -> Iterator[Marked]:
    fields = message.get(FIELDS)
    fields = fields if isinstance(fields, Mapping) else {}
    yield from (
        Marked(each) for each in _blocks(fields.get("compaction_blocks"), f"{where}/{FIELDS}/compaction_blocks")
    )
    content = message.get("content")
    said = [] if content is None else content_from_wire(content, f"{where}/content")
    said = [each for each in said if not (isinstance(each.block, ThinkingBlock) and not each.block.signature)]
    if isinstance(message.get("refusal"), str) and not said and message["refusal"].strip():
        said = [Marked(TextBlock(message["refusal"]))]
    thoughts = _thoughts(message, where)
    if any(isinstance(each.block, THOUGHTS) for each in said):
        thoughts = []
    groups, calls = _calls(message, fields, names, where)
    if not isinstance(content, list):
        # in an answer thinking stood before each group of server tools
        for at, group in enumerate(groups):
            yield from thoughts[at : at + 1]
            yield from group
        yield from thoughts[len(groups) :]
        yield from said
    else:
        yield from thoughts
        yield from said
        yield from (each for group in groups for each in group)
    yield from calls
    if message.get("function_call") is not None:
        function = object_of(message, "function_call", where)
        yield _function(function, old_id, names, f"{where}/function_call")


def _blocks(raw: Any, where: str) -> tuple[Block, ...]:
    if not raw:
        return ()
    check_json(raw, where)
    return blocks_from_wire(list(list_of(raw, where)), where=where)


def _thoughts(message: Wire, where: str) -> list[Marked]:
    """The thinking that can come back: unsigned blocks would be refused."""
    found = _blocks(message.get("thinking_blocks"), f"{where}/thinking_blocks")
    return [Marked(each) for each in found if not (isinstance(each, ThinkingBlock) and not each.signature)]


def _calls(message: Wire, fields: Wire, names: Names, where: str) -> tuple[list[list[Marked]], list[Marked]]:
    """The server's tool uses, each with its result, and the caller's own."""
    results = {
        each.tool_use_id: each
        for name in ("web_search_results", "tool_results")
        for each in _blocks(fields.get(name), f"{where}/{FIELDS}/{name}")
        if hasattr(each, "tool_use_id")
    }
    groups: list[list[Marked]] = []
    own: list[Marked] = []
    for at, call in enumerate(list_of(message.get("tool_calls") or (), f"{where}/tool_calls")):
        marked = call_from_wire(call, names, f"{where}/tool_calls/{at}")
        use = marked.block
        assert isinstance(use, ToolUseBlock)
        if use.id in results and use.id.startswith(SERVER_ID):
            asked = ServerToolUseBlock("server_tool_use", use.id, use.name, use.input, use.extra)
            groups.append([Marked(asked, marked.ttl), Marked(results[use.id])])
        else:
            own.append(marked)
    return groups, own


def call_from_wire(call: Any, names: Names, where: str) -> Marked:
    """Read one entry of `tool_calls`: a function, or a custom tool, whose input is one text.

    Raises:
        TranslationError: it has no id or name, or its arguments are no JSON object.
    """
    if type(call) is not dict and not isinstance(call, Mapping):
        raise TranslationError(where, "not an object")
    call_id = text_of(call, "id", where)
    if not call_id:
        raise TranslationError(f"{where}/id", "empty")
    extra: dict[str, Any] = {}
    if not call.keys() <= _CALL:
        extra = {name: value for name, value in call.items() if name not in _CALL and value is not None}
        check_json(extra, where)
    if call.get("type") == "custom":
        custom = object_of(call, "custom", where)
        name = names.wire(text_of(custom, "name", f"{where}/custom"))
        block = ToolUseBlock(wire_id(call_id), name, {"input": text_of(custom, "input", f"{where}/custom")}, extra)
        return Marked(block, mark_on(call, where))
    function = object_of(call, "function", where)
    return _function(function, call_id, names, f"{where}/function", extra, mark_on(call, where))


def _function(
    function: Wire, call_id: str, names: Names, where: str, extra: Wire = _NO_EXTRA, ttl: Ttl | None = None
) -> Marked:
    name = text_of(function, "name", where)
    if not name:
        raise TranslationError(f"{where}/name", "empty")
    arguments = arguments_of(function.get("arguments"), f"{where}/arguments")
    return Marked(ToolUseBlock(wire_id(call_id), names.wire(name), arguments, extra), ttl)
