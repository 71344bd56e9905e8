"""Files of other programs and of strangers: taken as far as they make sense, else refused, and nothing changes."""

import asyncio
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.dialects.duologue.records import UNKNOWN_MS
from app.domain.blocks import (
    TextBlock,
)
from app.domain.request import Setup
from app.errors import FileFailed, ImportRefused
from app.store.store import Store
from tests.support.libraries import NOW_MS, Library, full, names


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


async def test_what_is_no_file_is_refused(library: Library, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.json", Path("/dev/zero")):
        with pytest.raises(FileFailed):
            await library.imports_file(path)


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
