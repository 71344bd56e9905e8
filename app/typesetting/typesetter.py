"""Typesets formulae one after the other, in a process that is started at the first and may fail."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

from app.typesetting.cache import FormulaCache
from app.typesetting.formula import LONGEST_TEX, Formula

START_S: Final = 20.0
"""The helper loads its fonts."""
FORMULA_S: Final = 3.0
MOST_FAILURES: Final = 3
"""Of the process, one after the other, before it is given up."""
HELPER: Final = (sys.executable, "-P", str(Path(__file__).with_name("helper.py")))
"""By its path, with nothing of ours to import."""

Done = Callable[[str, bool, Formula | None], None]


class Typesetter:
    """Takes requests on any thread; answers on a thread of its own, which is started with the first.

    Args:
        folder: where formulae are kept.
        done: called with the TeX, whether it stands on its own, and the formula; None where there is none.
        helper: the command of the process.
    """

    def __init__(
        self,
        folder: Path,
        done: Done,
        helper: Sequence[str] = HELPER,
        *,
        formula_s: float = FORMULA_S,
    ) -> None:
        self._cache = FormulaCache(folder)
        self._done = done
        self._helper = helper
        self._formula_s = formula_s
        self._requests: queue.SimpleQueue[tuple[str, bool] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[str] | None = None
        self._failures = 0

    def typeset(self, tex: str, display: bool) -> None:
        """Ask for a formula."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="typesetter", daemon=True)
            self._thread.start()
        self._requests.put((tex, display))

    def close(self) -> None:
        """End the process. What was asked for and is not done is not answered."""
        self._failures = MOST_FAILURES
        self._requests.put(None)
        self._end()

    def _work(self) -> None:
        self._cache.prune()
        while (request := self._requests.get()) is not None:
            tex, display = request
            formula = self._cache.find(tex, display=display)
            if formula is None and len(tex) <= LONGEST_TEX:
                formula = self._made(tex, display)
                if formula is not None:
                    self._cache.keep(tex, formula, display=display)
            self._done(tex, display, formula)
        self._end()

    def _made(self, tex: str, display: bool) -> Formula | None:
        """Ask the process; one that hangs or ends is replaced for the next formula, until there were too many."""
        if self._failures >= MOST_FAILURES:
            return None
        try:
            process = self._process or self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
            process.stdin.flush()
            answer = self._answer(process, process.stdout, self._formula_s)
        except (OSError, ValueError):
            self._failures += 1
            self._end()
            return None
        self._failures = 0
        try:
            return Formula.from_json(answer)
        except ValueError:
            return None

    def _started(self) -> subprocess.Popen[str]:
        self._process = process = subprocess.Popen(  # noqa: S603 - our own module
            self._helper, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        self._answer(process, process.stdout, START_S)
        return process  # closing, on another thread, may have taken it away from here already

    @staticmethod
    def _answer(process: subprocess.Popen[str], output: IO[str], seconds: float) -> object:
        """A line of the process, which is killed if it does not come in time.

        Raises:
            ValueError: it is no JSON, or the process has ended.
        """
        limit = threading.Timer(seconds, process.kill)
        limit.daemon = True
        limit.start()
        try:
            return json.loads(output.readline())
        finally:
            limit.cancel()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was not yet written to it is lost with it
