#!/usr/bin/env python3
"""What importing 100,000 conversations of two messages costs, into an empty library and once more into the same.

Processor time of the whole process, threads included. The floor is what any program would have to do: read each line as
JSON and store each message's text with a full-text index as Duologue's, in one transaction.

Promised: the import takes less than 60 s of the processor.
"""

import argparse
import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from app.services.identity import new_id
from app.services.importing import import_file
from app.store.store import Store

CONVERSATIONS = 100_000
PROMISED_S = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duologue-imports-") as place:
        path = Path(place) / "conversations.json"
        with path.open("w") as file:
            file.writelines(lines(given.conversations))
        floor = floor_s(path, Path(place) / "floor.db")
        first, again = asyncio.run(imported(path, Path(place) / "data"))
    figures = {
        "conversations": given.conversations,
        "import_s": round(first, 2),
        "again_s": round(again, 2),
        "floor_s": round(floor, 2),
        "import_ratio": round(first / floor, 2),
    }
    for name, value in figures.items():
        print(f"{name:16}{value:>12}")
    print(f"{'promised_s':16}{PROMISED_S:>12}")
    print(json.dumps(figures))
    return int(first > PROMISED_S)


def lines(conversations: int) -> Iterator[str]:
    """An export of Duologue's."""
    yield '{"format":"duologue-export","version":1,"folders":[],"conversations":['
    for number in range(conversations):
        made_ms = 1_700_000_000_000 + number
        asked = f"What is number {number} good for, and who asks?"
        answered = f"Number {number} is good for counting to {number}. " * 3
        facts = {"model": "claude-sonnet-5-5", "api_id": f"msg_{number}", "stop_reason": "end_turn"}
        messages = [
            {"parent": None, "role": "user", "created_ms": made_ms, "content": [{"type": "text", "text": asked}]},
            {
                "parent": 0,
                "role": "assistant",
                "created_ms": made_ms + 1,
                "facts": facts,
                "content": [{"type": "text", "text": answered}],
            },
        ]
        kept = {"title": f"Number {number}", "created_ms": made_ms, "setup": {}, "leaf": 1, "messages": messages}
        yield ("," if number else "") + "\n" + json.dumps(kept)
    yield "\n]}\n"


def floor_s(path: Path, database: Path) -> float:
    began = time.process_time()
    with closing(sqlite3.connect(database)) as db, path.open() as file:
        db.execute("CREATE TABLE messages (seq INTEGER PRIMARY KEY, content TEXT, text TEXT)")
        db.execute("CREATE VIRTUAL TABLE s USING fts5(text, content='messages', content_rowid='seq', prefix='1 2 3')")
        for line in file:
            if not line.startswith('{"title'):
                continue
            for each in json.loads(line.rstrip(",\n"))["messages"]:
                text = each["content"][0]["text"]
                db.execute("INSERT INTO messages (content, text) VALUES (?, ?)", (json.dumps(each["content"]), text))
        db.execute("INSERT INTO s (s) VALUES ('rebuild')")
        db.commit()
    return time.process_time() - began


async def imported(path: Path, folder: Path) -> tuple[float, float]:
    """Seconds of the first import and of the second, which finds everything there."""
    store = (await Store.open(folder)).store
    found = []
    for _ in range(2):
        began = time.process_time()
        await import_file(store, path, new_id, 1, lambda done, of: None)
        found.append(time.process_time() - began)
    await store.close()
    return found[0], found[1]


if __name__ == "__main__":
    raise SystemExit(main())
