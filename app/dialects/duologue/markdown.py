"""A conversation as Markdown: its active path, to be read by people and by other programs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from re import findall
from typing import Any

from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    ImageBlock,
    RedactedThinkingBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    Source,
    TextBlock,
    TextSource,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    UrlSource,
)
from app.domain.conversation import Conversation, Message, MessageState, Role

_STATES = {
    MessageState.STOPPED: "*Stopped before its end.*",
    MessageState.INTERRUPTED: "*Interrupted before its end.*",
    MessageState.STREAMING: "*Not at its end yet.*",
    MessageState.FAILED: "*No answer came.*",
}
_TOOLS = ToolUseBlock | ToolResultBlock | ServerToolUseBlock | ServerToolResultBlock
_THOUGHTS = ThinkingBlock | RedactedThinkingBlock


def conversation_to_markdown(conversation: Conversation, *, thinking: bool, tools: bool) -> str:
    """Speak the active path.

    Args:
        thinking: with what the model thought.
        tools: with tool uses and their results.
    """
    parts = [f"# {' '.join(conversation.title.split()) or 'Conversation'}"]
    system = "\n\n".join(block.text for block in conversation.setup.system if block.text.strip())
    if system:
        parts += ["## System", _quoted(system)]
    for message in conversation.path:
        blocks = [block for block in message.blocks if _is_wanted(block, thinking=thinking, tools=tools)]
        said = [text for block in blocks if (text := _block(block))]
        if message.state in _STATES:
            said.append(_STATES[message.state])
        if said:
            parts += [_heading(message), *said]
    return "\n\n".join(parts) + "\n"


def _is_wanted(block: Block, *, thinking: bool, tools: bool) -> bool:
    return (thinking or not isinstance(block, _THOUGHTS)) and (tools or not isinstance(block, _TOOLS))


def _heading(message: Message) -> str:
    names = {Role.USER: "You", Role.ASSISTANT: "Claude", Role.SYSTEM: "System"}
    told = [names[message.role]]
    if message.facts is not None and message.facts.model:
        told.append(message.facts.model)
    if message.created_ms > 0:
        told.append(f"{datetime.fromtimestamp(message.created_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC")
    return f"## {' · '.join(told)}"


def _block(block: Block) -> str:  # noqa: C901 - one arm a kind
    match block:
        case TextBlock(text):
            return text.strip("\n")
        case ThinkingBlock(thinking):
            return _quoted(f"**Thinking**\n\n{thinking}") if thinking.strip() else ""
        case RedactedThinkingBlock():
            return _quoted("**Thinking** that the API keeps to itself")
        case ImageBlock(source):
            return f"*[Image{_told(source)}]*"
        case DocumentBlock(source, title):
            text = f"\n\n{_quoted(source.data)}" if isinstance(source, TextSource) else ""
            return f"*[Document{': ' + title if title else ''}{_told(source)}]*{text}"
        case ToolUseBlock(_, name, arguments):
            return f"**Tool use: {name}**\n\n{_fenced(_json(arguments), 'json')}"
        case ServerToolUseBlock(_, _, name, arguments):
            return f"**Tool use: {name}**\n\n{_fenced(_json(arguments), 'json')}"
        case ToolResultBlock(_, content, is_error):
            return "\n\n".join([f"**{'Tool error' if is_error else 'Tool result'}**", *_result(content)])
        case ServerToolResultBlock(_, _, content):
            return f"**Tool result**\n\n{_fenced(_json(content), 'json')}"
    return f"*[{block.kind}]*"


def _result(content: str | tuple[Block, ...] | None) -> Iterator[str]:
    for block in (TextBlock(content),) if isinstance(content, str) else content or ():
        yield _fenced(block.text, "") if isinstance(block, TextBlock) else _block(block)


def _told(source: Source) -> str:
    match source:
        case Base64Source(media_type, data):
            return f", {media_type}, {len(data) * 3 // 4:,} bytes"
        case UrlSource(url):
            return f", {url}"
    return ""


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _fenced(text: str, language: str) -> str:
    """A code block whose fence is longer than any in the text."""
    fence = "`" * max(3, 1 + max(map(len, findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
