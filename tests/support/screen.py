"""A real window on a display of its own, driven from outside with xdotool, as a person drives it."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.store.growth import grown

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 20.0


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until `condition` holds; it is looked at again and again, for it holds in another process.

    Raises:
        AssertionError: it never did; `what` says what was waited for.
    """
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, f"waited {LIMIT_S:g} s for {what}"
        time.sleep(0.02)


class VirtualScreen:
    """An X server without a screen, and a window manager in it. Use as a context manager."""

    def __init__(self, width: int = 1440, height: int = 900) -> None:
        self.size = (width, height)
        self.name = ""

    def __enter__(self) -> Self:
        read, write = os.pipe()
        geometry = f"{self.size[0]}x{self.size[1]}x24"
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", geometry, "-nolisten", "tcp"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as told:
            self.name = f":{told.readline().strip()}"
        self._manager = subprocess.Popen(
            ["openbox"], env={**os.environ, "DISPLAY": self.name}, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait()

    def do(self, *words: str) -> str:
        """One xdotool command; returns what it says."""
        done = subprocess.run(
            ["xdotool", *words],
            env={**os.environ, "DISPLAY": self.name},
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_S,
        )
        return done.stdout.strip()


class Window:
    """The program's window on a screen. Use as a context manager; leaving closes it."""

    def __init__(
        self,
        screen: VirtualScreen,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        *,
        arguments: tuple[str, ...] = (),
        size: tuple[int, int] | None = None,
        waits: bool = True,
    ) -> None:
        """`waits`: until the data is open; else only until the window stands."""
        self._screen = screen
        self.folder = folder
        dropped = {"ANTHROPIC_API_KEY", "QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "PYTHONDONTWRITEBYTECODE"}
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in dropped},
            "DISPLAY": screen.name,
            "DUOLOGUE_DATA_DIR": str(folder),
            "DUOLOGUE_ANNOUNCE": "1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            **(environment or {}),
        }
        self._arguments = arguments
        self._size = size
        self._waits = waits
        self._id = ""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ui", *self._arguments],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready "), self._complaint()
        until(self._find, "the window")
        if self._size is not None:
            width, height = (str(each) for each in self._size)
            self._screen.do("windowmove", self._id, "0", "0")
            self._screen.do("windowsize", "--sync", self._id, width, height)
        self._screen.do("windowactivate", "--sync", self._id)
        if self._waits:
            self.until_open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    # ---- what a person does

    def type(self, text: str) -> None:
        self._screen.do("type", "--clearmodifiers", "--delay", "6", text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._screen.do("key", "--clearmodifiers", key)

    def activate(self) -> None:
        """Come to the front, with the keyboard."""
        self._screen.do("windowactivate", "--sync", self._id)

    def say(self, text: str) -> None:
        """Write into the composer and send; returns when the message is stored."""
        before = self.count("user")
        self.type(text)
        self.press("Return")
        until(lambda: self.count("user") > before, "the message to be stored")

    def close(self) -> int:
        """Close the window as the window manager does, and return the exit status."""
        self.press("alt+F4")
        return self.process.wait(LIMIT_S)

    # ---- what can be seen from outside

    def messages(self) -> list[tuple[str, str, str]]:
        """(role, state, blocks) of every stored message, oldest first."""
        with self._reading() as db:
            rows = db.execute("SELECT seq, role, state, blocks FROM messages ORDER BY seq").fetchall() if db else []
            return [(str(role), str(state), grown(db, seq, blocks)) for seq, role, state, blocks in rows if db]

    def newest_text(self) -> str:
        """The text of the newest message."""
        blocks = json.loads((self.messages() or [("", "", "[]")])[-1][2])
        return "".join(str(each.get("text", "")) for each in blocks)

    def until_open(self) -> None:
        """Wait until the data is open: the window stands a moment earlier."""
        until(lambda: self._ask("SELECT 1 FROM sqlite_master WHERE name = 'message_search'"), "the data")

    def titles(self) -> list[str]:
        """The titles of the conversations that are not put away, in the order in which they were made."""
        return [title for (title,) in self._ask("SELECT title FROM conversations WHERE deleted_ms IS NULL")]

    def drafts(self) -> list[str]:
        return [text for (text,) in self._ask("SELECT text FROM drafts")]

    def start_again(self) -> "subprocess.CompletedProcess[str]":
        """Start the program a second time on the same data folder, and wait until it ends."""
        command = [sys.executable, "-m", "ui"]
        return subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
        )

    def count(self, role: str) -> int:
        return sum(each[0] == role for each in self.messages())

    def until_answered(self) -> None:
        """Wait until the newest message is a whole answer."""
        until(lambda: (self.messages() or [("", "", "")])[-1][:2] == ("assistant", "complete"), "a whole answer")

    def shoot(self, path: Path) -> None:
        """Write a picture of the window."""
        self._screen.do("mousemove", str(self._screen.size[0] - 2), str(self._screen.size[1] - 2))
        self.shoot_as_it_is(path)

    def shoot_as_it_is(self, path: Path) -> None:
        """The same, with the pointer where it is."""
        subprocess.run(
            ["import", "-window", self._id, str(path)], env={**os.environ, "DISPLAY": self._screen.name}, check=True
        )

    def _ask(self, question: str) -> list[tuple[Any, ...]]:
        with self._reading() as db:
            return db.execute(question).fetchall() if db else []

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """The database to look into, in one glance; None before it is there."""
        database = self.folder / "duologue.db"
        if not database.exists():
            yield None
            return
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=LIMIT_S)) as db:
            db.execute("BEGIN")
            yield db

    def _find(self) -> bool:
        found = self._screen.do("search", "--onlyvisible", "--pid", str(self.process.pid), "--name", "Duologue")
        self._id = found.splitlines()[-1] if found else ""
        return bool(self._id)

    def _complaint(self) -> str:
        self.process.kill()
        return self.process.communicate()[1][-3000:]
