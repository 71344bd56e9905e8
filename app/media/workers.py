"""The processes that decode: started with the first file, as many as there are cores, killed when one hangs."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from app.errors import MediaRefused
from app.immutable import immutable

ROOT: Final = Path(__file__).resolve().parents[2]
START: Final = "import sys; sys.path.insert(0, sys.argv[1]); from app.media.child.helper import main; main(sys.argv[2])"
MOST_AT_ONCE: Final = min(4, os.cpu_count() or 1)
START_S: Final = 30.0
FILE_S: Final = 30.0
"""By the clock, for a machine that is busy; the processes bound their processor time themselves, and more tightly."""
IDLE_S: Final = 60.0
"""After so long without a file the processes end."""
PARTS_AT_ONCE: Final = 1 << 20

Parts = tuple[bytes, ...]


@immutable
class Answer:
    facts: Mapping[str, Any]
    parts: Parts


class Workers:
    """Blocking, for any thread; `pool` has as many threads as there are processes for one role."""

    def __init__(self, file_s: float = FILE_S) -> None:
        self._file_s = file_s
        self._idle: dict[str, list[_Worker]] = {}
        self._busy: set[_Worker] = set()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._closed = False
        self.pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="media")

    def ask(self, role: str, asked: Mapping[str, Any], data: bytes) -> Answer:
        """What a process of this role answers.

        Args:
            role: `pictures`, `svg` or `documents`.
            asked: what is wanted, as JSON; see the modules in `child/`.

        Raises:
            MediaRefused: with the process's reason, or because it hung, died or could not be started.
        """
        worker = self._taken(role)
        try:
            answer = worker.ask(asked, data, self._file_s)
        except BaseException:
            self._drop(worker)
            raise
        self._give_back(worker)
        if "refused" in answer.facts:
            raise MediaRefused("", str(answer.facts["refused"]), str(answer.facts["detail"]))
        return answer

    def close(self) -> None:
        """End every process, also one that is at work."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
            workers = [*self._busy, *(each for some in self._idle.values() for each in some)]
            self._idle.clear()
        for each in workers:
            each.end()
        self.pool.shutdown(wait=False, cancel_futures=True)

    def _taken(self, role: str) -> "_Worker":
        with self._lock:
            if self._closed:
                raise MediaRefused("", "no reader")
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            waiting = self._idle.get(role)
            worker = waiting.pop() if waiting else None
        if worker is None:
            worker = _Worker(role)
        if not self._is_kept(worker):
            worker.end()
            raise MediaRefused("", "no reader")
        return worker

    def _is_kept(self, worker: "_Worker") -> bool:
        """Note that it is at work. False: everything was closed while it started."""
        with self._lock:
            if not self._closed:
                self._busy.add(worker)
            return not self._closed

    def _give_back(self, worker: "_Worker") -> None:
        with self._lock:
            self._busy.discard(worker)
            if self._closed:
                return
            self._idle.setdefault(worker.role, []).append(worker)
            if not self._busy:
                self._timer = threading.Timer(IDLE_S, self._end_idle)
                self._timer.daemon = True
                self._timer.start()

    def _drop(self, worker: "_Worker") -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.end()

    def _end_idle(self) -> None:
        with self._lock:
            if self._busy:
                return
            workers = [each for some in self._idle.values() for each in some]
            self._idle.clear()
        for each in workers:
            each.end()


class _Worker:
    """One process."""

    def __init__(self, role: str) -> None:
        """Raises MediaRefused: it cannot be started."""
        self.role = role
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                (sys.executable, "-P", "-c", START, str(ROOT), role),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._answer(START_S)
        except OSError as error:
            raise MediaRefused("", "no reader") from error
        except BaseException:
            self.end()
            raise

    def ask(self, asked: Mapping[str, Any], data: bytes, seconds: float) -> Answer:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({**asked, "size": len(data)}).encode() + b"\n")
            view = memoryview(data)
            for at in range(0, len(data), PARTS_AT_ONCE):
                self._process.stdin.write(view[at : at + PARTS_AT_ONCE])
            self._process.stdin.flush()
        except OSError as error:
            raise MediaRefused("", "damaged") from error
        return self._answer(seconds)

    def _answer(self, seconds: float) -> Answer:
        """Raises MediaRefused: the process has ended, by itself or because it took too long."""
        output = self._process.stdout
        assert output is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        limit = threading.Timer(seconds, end)
        limit.daemon = True
        limit.start()
        try:
            facts = json.loads(output.readline())
            parts = tuple(output.read(size) for size in facts["parts"])
        except (OSError, ValueError, KeyError) as error:
            raise MediaRefused("", "too slow" if late.is_set() or self._used_up() else "damaged") from error
        finally:
            limit.cancel()
        return Answer(facts, parts)

    def _used_up(self) -> bool:
        """Whether the system ended it for its processor time."""
        try:
            status = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return False
        return os.name == "posix" and status == -signal.SIGXCPU

    def end(self) -> None:
        process = getattr(self, "_process", None)
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            try:
                pipe.close()
            except OSError:
                continue  # what was not yet written to it is lost with it
