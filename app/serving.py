"""An ASGI application on uvicorn: in this thread until interrupted, or on a thread and a loop of its own.

uvicorn is imported when a server is made, so that importing this module costs nothing.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn

START_WITHIN_S = 10.0
Close = Callable[[], Awaitable[None]]


class NotListening(Exception):
    """Nothing listens, and why."""


class Served:
    """One application at one address.

    The socket takes connections once `listen` returns; they are answered as soon as the loop runs.
    """

    def __init__(self, application: Any, *, name: str, close: Close | None = None, **options: Any) -> None:
        """
        Args:
            name: of the thread.
            close: awaited on the server's loop when it has ended.
            options: uvicorn's own.
        """
        self._application = application
        self._name = name
        self._close = close
        self._options = options
        self._listener: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def listen(self, host: str, port: int) -> int:
        """Take an address; 0 takes any port that is free. Returns the port.

        Raises:
            NotListening: the address is taken or not ours.
        """
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except (OSError, OverflowError, UnicodeError) as error:
            listener.close()
            reason = error.strerror if isinstance(error, OSError) else "no port or no host"
            raise NotListening(f"{host}:{port} cannot be listened on: {reason}") from error
        self._listener = listener
        found: int = listener.getsockname()[1]
        return found

    def run(self) -> None:
        """Serve until interrupted."""
        asyncio.run(self._serve(self._made(), threading.Event()))

    def start(self) -> None:
        """Serve on a thread of its own; returns once its loop runs.

        Raises:
            NotListening: it did not start in time.
        """
        server, running = self._made(), threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(server, running)), name=self._name, daemon=True
        )
        self._thread.start()
        if not running.wait(START_WITHIN_S):
            raise NotListening(f"it did not start within {START_WITHIN_S:g} s")

    def stop(self) -> None:
        """Stop; connections that are open are closed."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            self._thread.join(2.0)

    def _made(self) -> "uvicorn.Server":
        import uvicorn

        options: dict[str, Any] = {
            "log_level": "critical",
            "access_log": False,
            "lifespan": "off",
            "timeout_graceful_shutdown": 1,
            **self._options,
        }
        self._server = uvicorn.Server(uvicorn.Config(self._application, **options))
        return self._server

    async def _serve(self, server: "uvicorn.Server", running: threading.Event) -> None:
        assert self._listener is not None, "listen comes first"
        running.set()
        try:
            await server.serve(sockets=[self._listener])
        finally:
            if self._close is not None:
                await self._close()
