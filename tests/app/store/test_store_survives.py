"""Killed at any moment, and on a full disk: what was acknowledged is there, what could not be stored is said."""

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.errors import DiskFull, StoreError
from app.services.identity import new_id
from app.store.opening import FILE_NAME
from app.store.store import Store

ROUNDS = int(os.environ.get("DUOLOGUE_KILL_ROUNDS", "25"))
WRITER = """
import asyncio, sys
from pathlib import Path
from dataclasses import replace
from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.services.identity import new_id
from app.store.store import Store

def ack(*words):
    print(*words, flush=True)

async def write(folder):
    store = (await Store.open(folder)).store
    ack("open")
    while True:
        conversation = Conversation(id=new_id(), title="killed")
        await store.create(conversation)
        parent = None
        for turn in range(5):
            prompt = Message(new_id(), parent, Role.USER, (TextBlock("ask " * 50),))
            await store.put_message(conversation.id, prompt)
            ack("whole", prompt.id, len("ask " * 50))
            text = ""
            answer = Message(new_id(), prompt.id, Role.ASSISTANT, (), MessageState.STREAMING)
            await store.put_message(conversation.id, answer)
            for _ in range(8):
                text += "word " * 20
                answer = replace(answer, blocks=(TextBlock(text),))
                await store.grow_message(conversation.id, answer)
                ack("grown", answer.id, len(text))
            await store.put_message(conversation.id, replace(answer, state=MessageState.COMPLETE))
            ack("whole", answer.id, len(text))
            parent = answer.id

asyncio.run(write(Path(sys.argv[1])))
"""


def killed(folder: Path, after_s: float) -> dict[str, int]:
    """Run the writer, kill it, and return what it had acknowledged: message → characters."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    time.sleep(after_s)  # the moment of the kill is what is tried
    process.kill()
    rest, _ = process.communicate()
    acked: dict[str, int] = {}
    for line in rest.splitlines():
        words = line.split()
        if len(words) == 3 and words[2].isdigit():
            acked[words[1]] = int(words[2])
    return acked


async def texts(folder: Path) -> dict[str, tuple[MessageState, str]]:
    store = (await Store.open(folder)).store
    found: dict[str, tuple[MessageState, str]] = {}
    for row in await store.conversations():
        conversation = await store.load(row.id)
        found |= {each.id: (each.state, each.text) for each in conversation.messages.values()}
    await store.close()
    return found


def test_nothing_acknowledged_is_lost_however_often_it_is_killed(tmp_path: Path) -> None:
    moments = random.Random(9)
    acked: dict[str, int] = {}
    for _ in range(ROUNDS):
        acked |= killed(tmp_path, moments.expovariate(1 / 0.06))
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    stored = asyncio.run(texts(tmp_path))
    assert len(acked) > ROUNDS
    short = {id_: size for id_, size in acked.items() if len(stored.get(id_, (None, ""))[1]) < size}
    assert short == {}
    assert all(state is not MessageState.STREAMING for state, _ in stored.values())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root only")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this machine lets nobody mount a file system")
    yield place
    subprocess.run(["umount", place], check=True)


async def test_a_full_disk_is_said_and_passes(small_disk: Path) -> None:
    folder = small_disk / "data"
    store = (await Store.open(folder)).store
    conversation = Conversation(id=new_id())
    await store.create(conversation)
    kept = Message(new_id(), None, Role.USER, (TextBlock("kept"),))
    await store.put_message(conversation.id, kept)
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(b"x" * 4 * 1024 * 1024)
    large = Message(new_id(), kept.id, Role.ASSISTANT, (TextBlock("word " * 40_000),))
    with pytest.raises((DiskFull, StoreError)) as refused:
        await store.put_message(conversation.id, large)
    assert isinstance(refused.value, DiskFull)
    ballast.unlink()
    await store.put_message(conversation.id, large)
    await store.close()
    found = await texts(folder)
    assert {text[:4] for _, text in found.values()} == {"kept", "word"}
