"""The simulator as a server, in this process or as one of its own.

uvicorn is imported when a server is made, so that importing this module costs nothing.
"""

import asyncio
import json
import socket
import threading
from typing import TYPE_CHECKING

from app.domain.models import Catalogue
from app.errors import SimulatorFailed
from app.simulator.service import RATE, Simulator

if TYPE_CHECKING:
    import uvicorn

HOST = "127.0.0.1"
START_WITHIN_S = 10.0


def own_catalogue() -> Catalogue:
    """The catalogue that comes with the program."""
    import resources
    from app.domain.models import catalogue_from_json

    return catalogue_from_json(json.loads(resources.read_bytes("models.json")))


class LocalSimulator:
    """A simulator on a thread of its own, on a free port of this machine."""

    def __init__(self, simulator: Simulator | None = None) -> None:
        self.simulator = simulator or Simulator(own_catalogue())
        self.url = ""
        """The base URL, once it is started."""
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, port: int = 0) -> str:
        """Start, wait until it listens, and return its base URL.

        Raises:
            SimulatorFailed: the port is taken, or it did not start.
        """
        listener = _listener(HOST, port)
        self._server = _server(self.simulator)
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listener, started), name="simulator", daemon=True)
        self._thread.start()
        if not started.wait(START_WITHIN_S):
            raise SimulatorFailed(f"it did not start within {START_WITHIN_S:g} s")
        self.url = f"http://{HOST}:{listener.getsockname()[1]}"
        return self.url

    def stop(self) -> None:
        """Stop; connections that are open are closed."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            self._thread.join(2.0)

    def _run(self, listener: socket.socket, started: threading.Event) -> None:
        assert self._server is not None
        server = self._server

        async def serve() -> None:
            # the listening socket takes connections from now on; uvicorn answers them as soon as it is up
            started.set()
            await server.serve(sockets=[listener])

        asyncio.run(serve())


def serve(host: str, port: int, rate: float = RATE) -> None:
    """Serve until interrupted; says where on standard output.

    Raises:
        SimulatorFailed: the address is taken or not ours.
    """
    listener = _listener(host, port)
    print(f"Simulator on http://{host}:{listener.getsockname()[1]}", flush=True)  # noqa: T201 - the program's output
    _server(Simulator(own_catalogue(), rate=rate)).run(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError, UnicodeError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else "no port or no host"
        raise SimulatorFailed(f"{host}:{port} cannot be listened on: {reason}") from error
    return listener


def _server(simulator: Simulator) -> "uvicorn.Server":
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            simulator.asgi(), log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
    )
