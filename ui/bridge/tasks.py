"""Tasks with an owner: none outlives its page, none fails in silence."""

import asyncio
from collections.abc import Awaitable, Callable

from app.errors import DuologueError


class TaskScope:
    """The tasks of one presenter.

    Expected failures (`DuologueError`) go to `on_error`; a bug goes to the loop's exception handler, which is the
    crash handler. The scope holds the only strong references to its tasks, for the loop's own are weak.
    """

    def __init__(self, on_error: Callable[[DuologueError], None]) -> None:
        self._on_error = on_error
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        """The one that its first task was started on."""

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work`, after any unfinished task of the same `name` is cancelled and gone.

        After `close` this does nothing: a page that is going away starts no work.
        """
        if self._closed:
            return
        try:
            self._loop = loop = asyncio.get_running_loop()
        except RuntimeError:
            if self._loop is None:
                raise
            # Qt handles events between two runs of the loop too: what they start waits for the next one
            self._loop.call_soon(self.start, name, work)
            return
        earlier = self.cancel(name)
        task = loop.create_task(self._run(earlier, work), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._forget(name, done))

    def cancel(self, name: str) -> asyncio.Task[None] | None:
        """Cancel the task of this name and return it, or None if there is none."""
        task = self._tasks.get(name)
        if task is not None:
            task.cancel()
        return task

    def is_running(self, name: str) -> bool:
        return name in self._tasks

    async def close(self) -> None:
        """Cancel everything and wait until it is gone."""
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, name: str, done: asyncio.Task[None]) -> None:
        if self._tasks.get(name) is done:
            del self._tasks[name]

    async def _run(self, earlier: asyncio.Task[None] | None, work: Callable[[], Awaitable[None]]) -> None:
        if earlier is not None:
            await asyncio.gather(earlier, return_exceptions=True)
        try:
            await work()
        except DuologueError as error:
            self._on_error(error)
        except Exception as bug:  # noqa: BLE001 - handed to the crash handler, which shows and logs it
            context = {"message": "bug in a task", "exception": bug}
            asyncio.get_running_loop().call_exception_handler(context)
