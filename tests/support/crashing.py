"""Kills a program at random moments while it writes its library, and judges what is left.

    python -m tests.support.crashing ROUNDS SEED

A child forked from this process uses the real store as the window does, and says on a pipe what it is about to do and
what has returned. The parent kills it, opens the library as the next start does, and looks for everything that had
returned. Every round goes on with the same files, so that faults would add up. Prints the counts as a line of JSON;
exit status 1: something was lost. Killing a process leaves what the system has taken; a power loss is another matter.
"""

import asyncio
import fcntl
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.services.identity import new_id
from app.services.importing import import_file
from app.store.opening import FILE_NAME
from app.store.store import Store
from tests.support.older import make_older

LONGEST_LIFE_S = 0.35
PIPE_BYTES = 1024 * 1024
IMPORTED = 130
"""Conversations in a file: an import stores them in two goes, then shows all of them at once."""
IMPORTS = 0.6
"""How likely a child is to import one."""
OLDER_EVERY = 7
"""Every so many rounds the library is of an older version, and the child is killed while it is brought up to date."""


@dataclass
class Known:
    """What the children have said, over all rounds."""

    texts: dict[str, str] = field(default_factory=dict)
    """By message: at least this much of it had been stored."""
    done: set[str] = field(default_factory=set)
    """Answers whose end had been stored."""
    titles: dict[str, int] = field(default_factory=dict)
    """By conversation: the number of a title that had been stored; a later one may have been."""
    gone: set[str] = field(default_factory=set)
    """Conversations that had been deleted, and nobody was about to bring back."""
    imports: dict[str, bool] = field(default_factory=dict)
    """Files, by the word in their titles, and whether the import had returned."""
    slowest_s: float = 0.0
    """The longest that the library took to be open again."""
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, lines: list[dict[str, Any]]) -> None:
        for line in lines:
            did, id_ = line["did"], line["id"]
            self.counts[did] += 1
            if did in ("put", "grown", "ended"):
                self.texts[id_] = line["text"]
            if did == "ended":
                self.done.add(id_)
            elif did == "titled":
                self.titles[id_] = line["number"]
            elif did == "deleted":
                self.gone.add(id_)
            elif did == "restoring":
                self.gone.discard(id_)
            elif did in ("importing", "imported"):
                self.imports[id_] = did == "imported"


def main() -> int:
    rounds, seed = int(sys.argv[1]), int(sys.argv[2])
    moments, known, violations = random.Random(seed), Known(), []
    with tempfile.TemporaryDirectory(prefix="duologue-crashes-") as place:
        folder = Path(place)
        for number in range(rounds):
            if number % OLDER_EVERY == OLDER_EVERY - 1:
                make_older(folder, 2)
                known.counts["migrations killed or done"] += 1
            known.take(_killed(folder, moments.random() * LONGEST_LIFE_S, moments.randrange(2**30)))
            violations += [f"round {number}: {each}" for each in asyncio.run(_judge(folder, known))]
    print(
        json.dumps(
            {
                "rounds": rounds,
                "violations": len(violations),
                "examples": violations[:5],
                "slowest_reopening_s": round(known.slowest_s, 3),
                "messages": len(known.texts),
                **known.counts,
            }
        )
    )
    return 1 if violations else 0


def _killed(folder: Path, life_s: float, seed: int) -> list[dict[str, Any]]:
    """Let a child work for a while, kill it, and give what it has said."""
    reading, writing = os.pipe()
    fcntl.fcntl(
        writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES
    )  # nobody reads before the end: a full one would hold the child up
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            asyncio.run(Writer(writing, random.Random(seed)).run(folder))
        finally:
            os._exit(1)
    os.close(writing)
    time.sleep(life_s)
    os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    lines = said.split(b"\n")[:-1]
    if not os.WIFSIGNALED(status):
        raise RuntimeError(f"the child ended by itself after saying {lines[-1:]}")
    return [json.loads(line) for line in lines]


class Writer:
    """A person who does everything at once, and says what has returned."""

    def __init__(self, pipe: int, moments: random.Random) -> None:
        self._pipe = pipe
        self._moments = moments
        self._titles = 0

    async def run(self, folder: Path) -> None:
        store = (await Store.open(folder)).store
        async with asyncio.TaskGroup() as group:
            for work in (self._talk, self._talk, self._rearrange, self._edit, self._keep_house):
                group.create_task(self._forever(work, store))
            if self._moments.random() < IMPORTS:
                group.create_task(self._import(store, folder))

    async def _forever(self, work: Any, store: Store) -> None:
        while True:
            await work(store)

    def _say(self, did: str, id_: str, **more: Any) -> None:
        os.write(self._pipe, json.dumps({"did": did, "id": id_, **more}).encode() + b"\n")

    async def _talk(self, store: Store) -> None:
        """A conversation with an answer that streams."""
        conversation = Conversation(new_id(), "t0")
        prompt = self._message(Role.USER, None)
        await store.add(conversation, prompt)
        self._say("put", prompt.id, text=prompt.text)
        answer = Message(new_id(), prompt.id, Role.ASSISTANT, (), MessageState.STREAMING)
        await store.put_leaf(conversation.id, answer)
        for _ in range(self._moments.randrange(2, 20)):
            grown = (answer.text + " ".join(self._word() for _ in range(40)),)
            answer = replace(answer, blocks=(TextBlock(grown[0]),))
            await store.grow_message(conversation.id, answer)
            self._say("grown", answer.id, text=answer.text)
        await store.finish_message(conversation.id, replace(answer, state=MessageState.COMPLETE))
        self._say("ended", answer.id, text=answer.text)

    async def _rearrange(self, store: Store) -> None:
        """Rename, pin, delete and bring back."""
        conversation_id = await self._any(store)
        if not conversation_id:
            return
        self._titles += 1
        number = time.time_ns()
        await store.rename(conversation_id, f"t{number}", manual=True)
        self._say("titled", conversation_id, number=number)
        await store.pin([conversation_id], self._moments.random() < 0.5)
        if self._moments.random() < 0.5:
            await store.delete([conversation_id])
            self._say("deleted", conversation_id)
            if self._moments.random() < 0.7:
                self._say("restoring", conversation_id)
                await store.restore([conversation_id])

    async def _edit(self, store: Store) -> None:
        """Resend a message in another wording, and put the branch away and back."""
        conversation_id = await self._any(store)
        if not conversation_id:
            return
        conversation = await store.load(conversation_id)
        edited = self._message(Role.USER, None)
        await store.put_leaf(conversation_id, edited)
        self._say("put", edited.id, text=edited.text)
        await store.remove(conversation_id, [edited.id], conversation.leaf)
        await store.bring_back(conversation_id, [edited.id], edited.id)

    async def _keep_house(self, store: Store) -> None:
        await store.tidy()
        await store.back_up_now()
        self._say("backed up", "")

    async def _import(self, store: Store, folder: Path) -> None:
        """Take in a file of another program's: all of it, or nothing."""
        word = f"file{time.time_ns()}"
        file = folder / "import.json"
        every = [{"messages": [{"role": "user", "content": f"{word} {number}"}]} for number in range(IMPORTED)]
        await asyncio.to_thread(file.write_text, json.dumps(every))
        await asyncio.sleep(self._moments.random() * LONGEST_LIFE_S / 8)
        self._say("importing", word)
        await import_file(store, file, new_id, 1, lambda done, of: None)
        self._say("imported", word)

    async def _any(self, store: Store) -> str:
        rows = [row for row in (await store.listing(20)).rows if not row.title.startswith("file")]
        return self._moments.choice(rows).id if rows else ""

    def _message(self, role: Role, parent: str | None) -> Message:
        text = " ".join(self._word() for _ in range(self._moments.randrange(1, 300)))
        return Message(new_id(), parent, role, (TextBlock(text),))

    def _word(self) -> str:
        return "".join(self._moments.choice("abcdefgh") for _ in range(self._moments.randrange(2, 9)))


async def _judge(folder: Path, known: Known) -> list[str]:
    """What is wrong with the library that a killed child has left; nothing is right."""
    began = time.monotonic()
    opened = await Store.open(folder)
    known.slowest_s = max(known.slowest_s, time.monotonic() - began)
    store = opened.store
    found = ["it had to be salvaged"] if opened.recovery is not None else []
    await store.tidy()
    await store.close()
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        found += _unsound(db)
        stored = {
            id_: (_text(blocks), state) for id_, blocks, state in db.execute("SELECT id, blocks, state FROM messages")
        }
        titles = dict(db.execute("SELECT id, title FROM conversations"))
        shown = {id_ for (id_,) in db.execute("SELECT id FROM conversations WHERE deleted_ms IS NULL")}
    for id_, text in known.texts.items():
        left, state = stored.get(id_, ("", "missing"))
        if not left.startswith(text) or state == "streaming" or (id_ in known.done and state != "complete"):
            found.append(f"message {id_} is {state} with {len(left)} of {len(text)} characters")
    found += [f"title of {id_} is lost" for id_, number in known.titles.items() if int(titles[id_][1:]) < number]
    found += [f"{id_} is not deleted" for id_ in known.gone & shown]
    for word, is_whole in known.imports.items():
        count = sum(title.startswith(f"{word} ") for id_, title in titles.items() if id_ in shown)
        if count not in {IMPORTED, 0 if not is_whole else IMPORTED}:
            found.append(f"import {word} is there with {count} of {IMPORTED} conversations")
    known.counts["interrupted answers found"] = sum(state == "interrupted" for _, state in stored.values())
    return found


def _unsound(db: sqlite3.Connection) -> list[str]:
    (verdict,) = db.execute("PRAGMA integrity_check").fetchone()
    found = [] if verdict == "ok" else [f"integrity: {verdict}"]
    found += [f"foreign keys: {row}" for row in db.execute("PRAGMA foreign_key_check")]
    try:
        db.execute("INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        found.append(f"search index: {error}")
    wrong = db.execute(
        "SELECT count(*) FROM conversations c WHERE last_seq <> "
        "coalesce((SELECT max(seq) FROM messages WHERE conversation_id = c.id), 0)"
    ).fetchone()[0]
    return [*found, *([f"{wrong} rows of the library are not true"] if wrong else [])]


def _text(blocks: str) -> str:
    return "".join(block.get("text", "") for block in json.loads(blocks))


if __name__ == "__main__":
    raise SystemExit(main())
