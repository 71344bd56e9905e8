"""A program that is killed at any moment loses nothing that it had stored."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.store.store import Store

ROUNDS = 60
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(sys.platform != "linux", reason="forks, and makes a pipe larger")
@pytest.mark.timeout(300)
def test_nothing_is_lost_by_sixty_kills() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.crashing", str(ROUNDS), "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    counts = json.loads(done.stdout or "{}")
    assert (done.returncode, counts.get("rounds"), counts.get("violations")) == (0, ROUNDS, 0), (counts, done.stderr)
    assert counts["grown"] > ROUNDS // 2, "the kills came before there was anything to lose"
    assert counts["importing"] > counts.get("imported", 0), "no import was killed"


@pytest.mark.skipif(sys.platform != "linux", reason="forks, and makes a pipe larger")
async def test_the_judge_sees_what_is_lost(tmp_path: Path) -> None:
    from tests.support.crashing import Known, _judge

    store = (await Store.open(tmp_path)).store
    for id_, state in (("short", MessageState.STOPPED), ("kept", MessageState.COMPLETE)):
        message = Message(id_, None, Role.ASSISTANT, (TextBlock("Once"),), state)
        await store.add(Conversation(f"of {id_}", "t1"), message)
    await store.close()
    known = Known(
        texts={"short": "Once upon", "missing": "x", "kept": "On"},
        done={"kept"},
        titles={"of kept": 1, "of short": 2},
        gone={"of kept"},
        imports={"file7": True, "file8": False},
    )

    found = await _judge(tmp_path, known)

    assert [each.split(" is ")[0] for each in found] == [
        "message short",
        "message missing",
        "title of of short",
        "of kept",
        "import file7",
    ]
