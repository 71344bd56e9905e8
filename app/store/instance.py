"""One program for one data folder."""

import os
from pathlib import Path

from app.errors import StoreLocked
from app.store.doorbell import LOCK_NAME, lock


class InstanceLock:
    """Held while the program runs; the system lets go of it when the program ends, however it ends."""

    def __init__(self, folder: Path, claimed: int | None = None) -> None:
        """
        Args:
            claimed: the lock, where `doorbell.claim` has taken it already.

        Raises:
            StoreLocked: another Duologue holds the folder.
            OSError: the folder cannot be written.
        """
        if claimed is not None:
            self._file = claimed
            return
        self._file = os.open(folder / LOCK_NAME, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise StoreLocked("another Duologue has this data folder open") from error

    def release(self) -> None:
        os.close(self._file)
