"""A program of the person's that answers a tool's call: never a shell, the arguments on its standard input."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, Final

from app.errors import CommandFailed

MOST_BYTES: Final = 256 * 1024
"""Of output; a program that writes more is ended, and what it wrote so far is the result."""
PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SYSTEMROOT", "TEMP", "USERPROFILE")
"""Of the environment; no key is among it."""


async def run_command(argv: Sequence[str], arguments: Mapping[str, Any], timeout_s: float) -> str:
    """What a program writes to its standard output. Cancelling ends the program.

    Raises:
        CommandFailed: it is not there, took too long, or ended with a status other than 0.
    """
    running = _Running(argv, json.dumps(dict(arguments)).encode(), timeout_s)
    try:
        return await asyncio.to_thread(running.output)
    except asyncio.CancelledError:
        running.kill()
        raise


class _Running:
    def __init__(self, argv: Sequence[str], data: bytes, timeout_s: float) -> None:
        self._argv = list(argv)
        self._data = data
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._is_killed = False
        self._is_late = False

    def output(self) -> str:
        if sys.platform == "win32" and self._argv[0].lower().endswith((".bat", ".cmd")):
            raise CommandFailed("Windows would run it through a shell", self._argv[0])
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        with self._lock:
            if self._is_killed:
                raise CommandFailed("it was stopped", self._argv[0])
            try:
                self._process = process = subprocess.Popen(  # noqa: S603 - the person's own, allowed, and no shell
                    self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    env=environment, cwd=tempfile.gettempdir(), start_new_session=True,
                )  # fmt: skip
            except (OSError, ValueError) as error:
                raise CommandFailed(str(error), self._argv[0]) from error
        timer = threading.Timer(self._timeout_s, self._end_late)
        timer.start()
        try:
            return self._told(process)
        finally:
            timer.cancel()
            self.kill()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()

    def kill(self) -> None:
        """End the program and what it has started."""
        with self._lock:
            self._is_killed = True
            process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _end_late(self) -> None:
        self._is_late = True
        self.kill()

    def _told(self, process: "subprocess.Popen[bytes]") -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        feeding = threading.Thread(target=_feed, args=(process.stdin, self._data), daemon=True)
        complaints: list[bytes] = []
        listening = threading.Thread(
            target=lambda err: complaints.append(_read(err)), args=(process.stderr,), daemon=True
        )
        feeding.start()
        listening.start()
        output = _read(process.stdout)
        if len(output) > MOST_BYTES:
            return output[:MOST_BYTES].decode("utf-8", "replace") + "\n[more was not read]"
        status = process.wait()
        listening.join(1)
        if self._is_late:
            raise CommandFailed(f"it took longer than {self._timeout_s:g} seconds", self._argv[0])
        if status != 0:
            said = b"".join(complaints)[:2000].decode("utf-8", "replace").strip()
            raise CommandFailed(f"it ended with status {status}" + (f": {said}" if said else ""), self._argv[0])
        return output.decode("utf-8", "replace")


def _feed(pipe: "IO[bytes]", data: bytes) -> None:
    with suppress(OSError):
        pipe.write(data)
        pipe.close()


def _read(pipe: "IO[bytes]") -> bytes:
    """Up to a little more than is wanted; what comes then stays in the pipe and holds its writer up."""
    parts, size = [], 0
    with suppress(OSError, ValueError):
        while size <= MOST_BYTES and (part := pipe.read1(65536)):  # type: ignore[attr-defined]
            parts.append(part)
            size += len(part)
    return b"".join(parts)
