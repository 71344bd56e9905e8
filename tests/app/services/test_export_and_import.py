"""What is exported comes back as it was: into another library, and not twice into the same one."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.dialects.duologue.records import UNKNOWN_MS
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
from app.errors import FileFailed, ImportRefused
from app.services.exporting import export_all, export_one
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
FACTS = ReplyFacts(
    "claude", "msg_1", "req_1", "end_turn", usage=TokenUsage(3, output_tokens=5, extra={"tier": 1}), thought_ms={"0": 9}
)


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


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    store = await Store.in_memory()
    yield Library(store, tmp_path)
    await store.close()


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Library]:
    store = await Store.in_memory()
    yield Library(store, tmp_path)
    await store.close()


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
    )
    await library.put(said(Role.USER, "Hello"), title="Hello")
    return id_


async def test_a_library_comes_back_byte_for_byte(library: Library, other: Library) -> None:
    id_ = await full(library)
    first = await library.exported()

    imported = await other.imports(first)

    assert (len(imported.ids), imported.known) == (2, 0)
    assert await other.exported() == first
    kept, again = await library.store.kept(id_), await other.store.kept(imported.ids[0])
    assert again.conversation.setup == SETUP
    assert [each.blocks for each in again.conversation.path] == [each.blocks for each in kept.conversation.path]
    assert [each.facts for each in again.conversation.messages.values()] == [
        each.facts for each in kept.conversation.messages.values()
    ]
    assert (again.pinned, again.unread, again.draft) == (True, True, Draft("and tomor", 3))
    assert kept.conversation.id != again.conversation.id
    assert not set(kept.conversation.messages) & set(again.conversation.messages)


async def test_one_conversation_comes_back_byte_for_byte_with_its_folder(
    library: Library, other: Library, tmp_path: Path
) -> None:
    path, again = tmp_path / "one.json", tmp_path / "again.json"
    await export_one(library.store, await full(library), path)

    imported = await other.imports_file(path)
    await export_one(other.store, imported.ids[0], again)

    assert again.read_bytes() == path.read_bytes()
    assert [each.name for each in (await other.store.listing(9)).folders] == ["Work"]


async def test_an_exported_file_is_json_of_its_owner_alone(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    await export_one(library.store, await full(library), path)

    raw = json.loads(path.read_bytes())
    assert raw["conversations"][0]["title"] == "Wetter 🌦"
    assert path.stat().st_mode & 0o077 == 0
    assert names(tmp_path) == ["one.json"]


async def test_what_is_there_already_is_not_imported_again(library: Library, other: Library) -> None:
    await full(library)
    exported = await library.exported()
    await other.imports(exported)

    for place in (library, other):
        before = await place.exported()
        imported = await place.imports(exported)
        assert (imported.ids, imported.known) == ((), 2)
        assert await place.exported() == before


async def test_a_conversation_that_went_on_since_is_still_there(library: Library, other: Library) -> None:
    await full(library)
    exported = await library.exported()
    await other.imports(exported)

    for place in (library, other):
        id_ = (await place.store.order())[-1]
        await place.store.put_leaf(id_, said(Role.ASSISTANT, "More"))
        await place.store.rename(id_, "Another title", manual=True)
        assert (await place.imports(exported)).ids == ()


async def test_what_is_in_a_file_twice_comes_twice_and_then_no_more(library: Library, other: Library) -> None:
    for _ in range(3):
        await library.put(said(Role.USER, "Hello"), title="Hello")
    exported = await library.exported()

    assert [len((await other.imports(exported)).ids) for _ in range(2)] == [3, 0]
    assert await other.exported() == exported
    assert (await library.imports(exported)).known == 3


async def test_a_deleted_conversation_can_be_imported_again_once(library: Library) -> None:
    await full(library)
    exported = await library.exported()
    await library.store.delete(await library.store.order())

    assert [len((await library.imports(exported)).ids) for _ in range(2)] == [2, 0]
    await library.store.delete(await library.store.order())
    assert [len((await library.imports(exported)).ids) for _ in range(2)] == [2, 0]
    assert await library.exported() == exported


async def test_a_folder_of_the_same_name_and_setup_takes_what_lay_in_it(library: Library) -> None:
    await full(library)
    exported = await library.exported()
    await library.store.delete(await library.store.order())

    await library.imports(exported)

    assert [each.name for each in (await library.store.listing(9)).folders] == ["Nothing in it", "Work"]


async def test_messages_of_openai_become_a_conversation(library: Library) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bonn"}'}}
    thought = {"type": "thinking", "thinking": "Hm", "signature": "s"}
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Is it cold in Bonn?"}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "12 °C"},
        {
            "role": "assistant",
            "content": "Yes.",
            "thinking_blocks": [thought],
        },
    ]

    imported = await library.imports(messages)

    made = await library.store.load(imported.ids[0])
    assert made.title == "Is it cold in Bonn?"
    assert made.setup.system == (TextBlock("Be brief."),)
    assert [type(each).__name__ for message in made.path for each in message.blocks] == [
        *("TextBlock", "ToolUseBlock", "ToolResultBlock", "ThinkingBlock", "TextBlock"),
    ]
    assert {each.created_ms for each in made.path} == {NOW_MS}
    assert (await library.imports(messages)).ids == ()


async def test_requests_line_by_line_become_conversations_with_their_setups(library: Library) -> None:
    request = {
        "model": "anthropic/claude-sonnet-4-5",
        "max_tokens": 77,
        "temperature": 0.2,
        "extra_headers": {"x": "y"},
    }
    lines = [{**request, "messages": [{"role": "user", "content": text}]} for text in ("One", "Two")]

    await library.imports("\n".join(map(json.dumps, lines)))

    made = await library.conversations()
    assert [each.title for each in made] == ["One", "Two"]
    assert made[0].setup.model == "claude-sonnet-4-5"
    assert made[0].setup.parameters.max_tokens == 77
    assert made[0].setup.parameters.temperature == 0.2
    assert not made[0].setup.extra_headers


async def test_a_model_of_somebody_else_is_not_taken_over(library: Library) -> None:
    await library.imports({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]})

    assert (await library.conversations())[0].setup == Setup()


HEAD = b'{"format":"duologue-export","version":1,"folders":[],"conversations":[\n'
GOOD = b'{"title":"x","messages":[{"role":"user","content":"hi"}]}'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\xff\xfe{", "UTF-8"),
        (b"PK\x03\x04", "archive"),
        (b'{"a": NaN}', "NaN"),
        (b"[" * 100_000, "deeper"),
        (b'{"messages": [{"role": "user", "content": ' + b'{"a":' * 400 + b"1" + b"}" * 400 + b"}]}", "deeper"),
        (b"[" + b"1," * 8_000_001 + b"1]", "values"),
        (b"7", "neither"),
        (b"[]", "no message"),
        (b'{"conversations": []}', "neither"),
        (b'[{"role": "user", "content": 5}]', "not a list"),
        (b'{"format":"duologue-export","version":99,"conversations":[]}', "newer version"),
        (b'{"format":"duologue-export","version":"1","conversations":[]}', "version"),
        (b'{"format":"duologue-export","version":1,"conversations":{}}', "list of conversations"),
        (b'{"format":"duologue-export","version":1,"folders":[5],"conversations":[]}', "folder"),
        (HEAD + GOOD, "its end is missing"),
        (HEAD + GOOD + b",\n" + GOOD[:20], "not JSON"),
        (HEAD + GOOD + b"\n]}\n" + GOOD, "follows its end"),
        (HEAD + GOOD + b',\n{"title":"x","messages":[{"parent":0,"role":"user","content":"hi"}]}\n]}\n', "place"),
        (HEAD + GOOD + b',\n{"messages":[],"leaf":3}\n]}\n', "place"),
        (HEAD + GOOD + b',\n{"messages":[],"folder":0}\n]}\n', "place"),
        (HEAD + GOOD + b',\n{"messages":5}\n]}\n', "not a list"),
        (HEAD + GOOD + b",\n5\n]}\n", "not an object"),
    ],
    ids=lambda value: value[-40:].decode("latin-1") if isinstance(value, bytes) else value,
)
async def test_a_file_that_cannot_be_taken_whole_changes_nothing(library: Library, content: bytes, reason: str) -> None:
    await full(library)
    before, inventory = await library.exported(), await library.store.inventory()

    with pytest.raises(ImportRefused) as refused:
        await library.imports(content)

    assert reason in refused.value.reason
    assert await library.exported() == before
    assert await library.store.inventory() == inventory


def packed(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"../../{name}.json", content)
    return held.getvalue()


async def test_a_packed_file_is_taken_from_its_archive(library: Library, tmp_path: Path) -> None:
    assert len((await library.imports(packed(one=b"[" + GOOD + b"]"))).ids) == 1

    assert len(names(tmp_path)) == 1
    assert (await library.imports(b"[" + GOOD + b"]")).known == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed(one=b"[" + GOOD + b"]", two=b"[" + GOOD + b"]"), "exactly one"),
        (packed(bomb=b" " * (256 * 1024 * 1024 + 1)), "larger"),
        (packed(**{f"n{at}": b"" for at in range(3000)}), "exactly one"),
        (packed(one=b"[" + GOOD + b"]")[:-30], "cannot be read"),
        (packed(one=b"[" + GOOD + b"]").replace(b"\x08\x00", b"\x63\x00"), "cannot be read"),
    ],
    ids=["two files", "a bomb", "many files", "cut off", "packed in an unknown way"],
)
async def test_an_archive_that_holds_anything_else_is_refused(library: Library, content: bytes, reason: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        await library.imports(content)

    assert reason in refused.value.reason
    assert await library.store.inventory() == {}


async def test_an_import_that_a_crash_ends_is_trash(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    message = said(Role.USER, "Hello")
    await store.take_in([Kept(Conversation(new_id(), "Hello", messages={message.id: message}))])
    await store.close()

    again = (await Store.open(tmp_path)).store

    assert await again.order() == ()
    assert (await again.listing(9)).rows == ()
    assert await again.search("Hello") == ()
    await again.close()


async def test_what_is_no_file_is_refused(library: Library, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.json", Path("/dev/zero")):
        with pytest.raises(FileFailed):
            await library.imports_file(path)


async def test_an_export_that_cannot_be_written_leaves_what_stood_there(library: Library, tmp_path: Path) -> None:
    id_ = await full(library)

    with pytest.raises(FileFailed):
        await export_one(library.store, id_, tmp_path / "no such folder" / "x.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileFailed):
        await export_one(library.store, id_, tmp_path / "folder")

    assert names(tmp_path) == ["folder"]


async def test_a_stopped_import_leaves_nothing_behind(library: Library, other: Library, tmp_path: Path) -> None:
    for number in range(60):
        await library.put(said(Role.USER, f"Number {number}"))
    path = tmp_path / "many.json"
    await export_all(library.store, path, lambda done, of: None)
    tasks: list[asyncio.Task[Imported]] = []

    def stop_in_the_middle(done: int, of: int) -> None:
        if of and done >= 40:
            tasks[0].cancel()

    async with asyncio.TaskGroup() as group:
        tasks.append(group.create_task(import_file(other.store, path, new_id, NOW_MS, stop_in_the_middle)))

    assert tasks[0].cancelled()
    assert await other.store.inventory() == {}
    assert len((await other.imports_file(path)).ids) == 60


async def test_a_stopped_export_leaves_what_stood_there(library: Library, tmp_path: Path) -> None:
    for number in range(5):
        await library.put(said(Role.USER, f"Number {number}"))
    path = tmp_path / "all.json"
    path.write_text("before")
    tasks: list[asyncio.Task[int]] = []

    def stop_in_the_middle(done: int, of: int) -> None:
        if done == 3:
            tasks[0].cancel()

    async with asyncio.TaskGroup() as group:
        tasks.append(group.create_task(export_all(library.store, path, stop_in_the_middle)))

    assert tasks[0].cancelled()
    assert path.read_text() == "before"
    assert names(tmp_path) == ["all.json"]


async def test_times_that_no_clock_shows_become_the_time_of_the_import(library: Library) -> None:
    times: list[Any] = ["0000-00-00", 10**18, -5, "now", True, None, 1.5]
    every = [{"title": str(at), "created_ms": at, "messages": [{"role": "user", "content": str(at)}]} for at in times]

    await library.imports({"format": "duologue-export", "version": 1, "conversations": every})

    made = await library.conversations()
    assert {each.created_ms for each in made} == {NOW_MS}
    assert UNKNOWN_MS not in {message.created_ms for each in made for message in each.path}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count", "unreadable_parts"),
    [
        ("ok.json", 2, 0),
        ("surrogates.json", 1, 0),
        ("timestamps.json", 9, 0),
        ("proto.json", 1, 0),
        ("dup_ids.json", 3, 0),
        ("attachment_bomb.json", 1, 0),
    ],
)
async def test_odd_files_are_taken_without_harm(
    library: Library, shared: Path, name: str, count: int, unreadable_parts: int
) -> None:
    path = shared / "hostile" / "import" / name
    imported = await library.imports_file(path)

    assert (len(imported.ids), imported.unreadable) == (count, unreadable_parts)
    assert (await library.imports_file(path)).ids == ()
    exported = await library.exported()
    await library.store.delete(await library.store.order())
    await library.imports(exported)
    assert await library.exported() == exported


@pytest.mark.shared
async def test_messages_of_no_known_shape_stand_there_as_unreadable(library: Library, shared: Path) -> None:
    imported = await library.imports_file(shared / "hostile" / "import" / "roles.json")

    assert imported.unreadable > 5
    (made,) = await library.conversations()
    assert len(made.path) > 10


@pytest.mark.shared
def test_every_hostile_file_ends_in_a_typed_error_or_a_conversation(shared: Path, tmp_path: Path) -> None:
    folder = shared / "hostile" / "import"
    must = {each["name"]: each["must"] for each in json.loads((folder / "manifest.json").read_text())}

    async def ends(path: Path) -> str:
        store = await Store.in_memory()
        try:
            await Library(store, tmp_path).imports_file(path)
        except ImportRefused:
            assert await store.inventory() == {}
            return "refuse"
        finally:
            await store.close()
        return "accept"

    for path in sorted(folder.iterdir()):
        wanted = must.get(path.name, "either")
        if path.suffix in {".db", ".yaml"}:
            wanted = "refuse"
        found = asyncio.run(ends(path))
        assert wanted in ("either", "partial", found), path.name
