"""The record of the wire, made with the first exchange."""

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.shell.window import Window

if TYPE_CHECKING:
    from app.domain.exchanges import Noted
    from app.store.exchanges import ExchangeStore


class WireDesk(QObject):
    """Owns the record of what went over the wire."""

    def __init__(self, window: Window, folder: Path | None) -> None:
        """`folder` is where it is kept; None: in memory."""
        super().__init__(window.main)
        self._window = window
        self._folder = folder
        self._store: ExchangeStore | None = None
        self._making = threading.Lock()

    def keep(self, noted: "Noted") -> None:
        """Keep an exchange, some time soon. May be called on any thread."""
        self.store().keep(noted)

    def store(self) -> "ExchangeStore":
        """The record, made when it is first asked for: a start has no use for it."""
        with self._making:
            if self._store is None:
                from app.store.exchanges import FILE_NAME, ExchangeStore

                self._store = ExchangeStore(None if self._folder is None else self._folder / FILE_NAME)
            return self._store

    async def close(self) -> None:
        """Write what waits."""
        if self._store is not None:
            await asyncio.to_thread(self._store.close)
