"""A mark in the data folder while the program runs: what the next start is to think of the last end."""

import os
from contextlib import suppress
from pathlib import Path

from app.store.salvage import sync

NAME = "duologue.running"


class RunningMark:
    """Found at a start, it says that the last run did not end cleanly.

    With something in it, it says that the run has met damage; then a clean end leaves it there too.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self.is_suspicious = self._path.exists()
        self.is_damaged = self.is_suspicious and self._path.stat().st_size > 0

    def begin(self) -> None:
        """The program runs, and has met no damage yet. Raises OSError."""
        os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        self.is_damaged = False

    def note_damage(self) -> None:
        """The next start is to salvage, however this run ends."""
        self.is_damaged = True
        with suppress(OSError):  # on a full disk the file stays as it is, and the next start checks everything
            self._path.write_text("damaged")
            sync(self._path)
            sync(self._path.parent)

    def end(self) -> None:
        """The program ends cleanly. Raises OSError."""
        if not self.is_damaged:
            self._path.unlink(missing_ok=True)
