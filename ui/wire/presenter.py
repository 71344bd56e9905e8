"""Joins the Wire tab to the record of the wire. Reading and parsing are done on other threads."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import Protocol, cast

from PySide6.QtCore import QObject, Signal

from app.dialects.code.programs import Form
from app.domain.exchanges import ExchangeRow, RecordedExchange
from app.errors import TranslationError
from app.services.repeating import repeating
from app.wire.inspecting import inspected
from ui.bridge.tasks import TaskScope
from ui.wire.view import WireView, copy_text


class Record(Protocol):
    def rows(self, words: str = "") -> "Future[Sequence[ExchangeRow]]": ...

    def exchange(self, id_: int) -> "Future[RecordedExchange | None]": ...

    def clear(self) -> "Future[None]": ...


class WirePresenter(QObject):
    """Shows what is kept, and looks again whenever more is.

    Signals:
        failed: arg: a DuologueError.
    """

    failed = Signal(object)

    def __init__(self, view: WireView, record: Record) -> None:
        super().__init__(view)
        self._view = view
        self._record = record
        self._shown: RecordedExchange | None = None
        self._words = ""
        self._tasks = TaskScope(self.failed.emit)
        view.search_changed.connect(self._search)
        view.opened.connect(lambda id_: self._tasks.start("open", partial(self._open, id_)))
        view.code_requested.connect(self._copy)
        view.clear_requested.connect(lambda: self._tasks.start("list", self._clear))

    def refresh(self) -> None:
        """Show what has been kept by now."""
        self._tasks.start("list", self._list)

    def find(self, request_id: str) -> None:
        """Show the exchange with a request id."""
        self._tasks.start("list", partial(self._find, request_id))

    async def close(self) -> None:
        await self._tasks.close()

    def _search(self, words: str) -> None:
        self._words = words
        self.refresh()

    async def _list(self) -> None:
        self._view.show_rows(await asyncio.wrap_future(self._record.rows(self._words)))

    async def _find(self, request_id: str) -> None:
        self._view.search.clear()
        self._words = ""
        rows = await asyncio.wrap_future(self._record.rows())
        self._view.show_rows(rows)
        found = next((each for each in rows if each.request_id == request_id), None)
        if found is None:
            self._view.tell("This answer's exchange is not kept any more.")
        else:
            self._view.choose(found.id)

    async def _open(self, id_: int) -> None:
        exchange = await asyncio.wrap_future(self._record.exchange(id_))
        if exchange is None:
            self._view.tell("This exchange is not kept any more.")
            return
        read = await asyncio.to_thread(inspected, exchange)
        self._shown = exchange
        self._view.show_exchange(read)

    async def _clear(self) -> None:
        await asyncio.wrap_future(self._record.clear())
        await self._list()

    def _copy(self, form: str) -> None:
        if self._shown is not None:
            self._tasks.start("copy", partial(self._copy_code, self._shown, cast(Form, form)))

    async def _copy_code(self, exchange: RecordedExchange, form: Form) -> None:
        try:
            copy_text(await asyncio.to_thread(repeating, exchange, form))
        except TranslationError as error:
            self._view.tell(f"This request cannot be written so: {error.reason}.")
        else:
            self._view.tell("Copied. The key comes from the environment.")
