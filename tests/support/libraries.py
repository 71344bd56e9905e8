"""Stores to export from and to import into, and a library with one of everything."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.dialects.duologue.asked import digest_of
from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    ImageBlock,
    RawBlock,
    RedactedThinkingBlock,
    TextBlock,
    TextSource,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    unreadable,
)
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.conversation import Conversation, Draft, Message, MessageState, ReplyFacts, Role
from app.domain.library import Folder, Kept
from app.domain.request import Parameters, Setup, Thinking
from app.domain.tools import NativeTool, ToolChoice, ToolDefinition
from app.domain.usage import TokenUsage
from app.services.exporting import export_all
from app.services.identity import new_id
from app.services.importing import Imported, import_file
from app.store.store import Store

NOW_MS = 1_790_000_000_000
PNG = "iVBORw0KGgo" + "A" * 5000
SETUP = Setup(
    profile="work",
    model="claude-sonnet-5-5",
    system=(TextBlock("Be brief."),),
    parameters=Parameters(
        max_tokens=500,
        temperature=0.5,
        stop_sequences=("END",),
        thinking=Thinking("enabled", 2048, "summarized"),
        tool_choice=ToolChoice("tool", "weather", True),
    ),
    tools=(
        ToolDefinition("weather", {"type": "object"}, "Weather", {"strict": True}),
        NativeTool({"type": "bash_20250124"}),
    ),
    prefill="{",
    cache_plan=CachePlan(
        frozenset({Breakpoint(Section.SYSTEM, 0, ttl=Ttl.ONE_HOUR), Breakpoint(Section.MESSAGES, 0, 1)})
    ),
    betas=("a-1", "b-2"),
    extra_headers={"x-team": "blue"},
)
ASKED = Setup(model="claude-opus-4-8", system=(TextBlock("Be kind."),), extra_headers={"x-team": "red"})
FACTS = ReplyFacts(
    "claude", "msg_1", "req_1", "end_turn", usage=TokenUsage(3, output_tokens=5, extra={"tier": 1}), thought_ms={"0": 9}
)
FACTS = replace(FACTS, asked=digest_of(ASKED))


class Library:
    """A store of its own, to export from and to import into."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self._folder = folder

    async def exported(self) -> bytes:
        path = self._folder / f"{new_id()}.json"
        await export_all(self.store, path, lambda done, of: None)
        return path.read_bytes()

    async def imports(self, content: bytes | str | Any) -> Imported:
        path = self._folder / f"{new_id()}.json"
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        path.write_bytes(content)
        return await self.imports_file(path)

    async def imports_file(self, path: Path) -> Imported:
        return await import_file(self.store, path, new_id, NOW_MS, lambda done, of: None)

    async def put(self, *messages: Message, leaf: str | None = None, **kept: Any) -> str:
        """Store a conversation with these messages."""
        fields = {name: kept.pop(name) for name in list(kept) if name in {"title", "title_is_manual", "setup"}}
        made = Conversation(
            new_id(), created_ms=NOW_MS - 5, messages={each.id: each for each in messages}, leaf=leaf, **fields
        )
        await self.store.take_in([Kept(made, **kept)])
        await self.store.show([made.id], [])
        return made.id

    async def conversations(self) -> list[Conversation]:
        return [await self.store.load(id_) for id_ in await self.store.order()]


def said(role: Role, *blocks: Block | str, parent: Message | None = None, **fields: Any) -> Message:
    made = tuple(TextBlock(each) if isinstance(each, str) else each for each in blocks)
    return Message(new_id(), None if parent is None else parent.id, role, made, **{"created_ms": NOW_MS, **fields})


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def full(library: Library) -> str:
    """A conversation with branches, thinking, tools, images, marks, a setup, in a folder, pinned; and a second one."""
    folder = Folder(new_id(), "Work", Setup(model="claude-opus-4-8"), NOW_MS - 9)
    await library.store.put_folder(folder)
    await library.store.put_folder(Folder(new_id(), "Nothing in it", None, NOW_MS - 8))
    asked = said(Role.USER, "What is this?", ImageBlock(Base64Source("image/png", PNG), {"future": [1, None]}))
    called = said(
        Role.ASSISTANT,
        ThinkingBlock("Hm, \ud800 half a character", "sig=="),
        RedactedThinkingBlock("data"),
        ToolUseBlock("toolu_1", "weather", {"deep": {"n": 10**30, "x": 1.5e-7, "ü": "\u2028"}}),
        parent=asked,
        facts=FACTS,
    )
    result = ToolResultBlock("toolu_1", (TextBlock("12 °C"), ImageBlock(Base64Source("image/png", PNG))), False)
    answered = said(Role.USER, result, parent=called)
    end = said(
        Role.ASSISTANT,
        "Cold.\n\n" * 3,
        RawBlock({"type": "hologram", "x": [1]}),
        parent=answered,
        facts=FACTS,
        omitted=(0,),
    )
    stopped = said(Role.ASSISTANT, "Co", parent=answered, state=MessageState.STOPPED)
    failed = said(
        Role.ASSISTANT, parent=answered, state=MessageState.FAILED, facts=ReplyFacts(error={"class": "Overloaded"})
    )
    aside = said(Role.USER, DocumentBlock(TextSource("a"), "t", None, {"enabled": True}), unreadable("\x00{"))
    id_ = await library.put(
        *(asked, called, answered, aside, end, stopped, failed),
        leaf=stopped.id,
        title="Wetter 🌦",
        title_is_manual=True,
        setup=SETUP,
        folder=folder.id,
        pinned=True,
        unread=True,
        draft=Draft("and tomor", 3),
        setups={digest_of(ASKED): ASKED},
    )
    await library.put(said(Role.USER, "Hello"), title="Hello")
    return id_
