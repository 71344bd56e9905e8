"""The simulator as a server, in this process or as one of its own."""

import json

from app.domain.models import Catalogue
from app.errors import SimulatorFailed
from app.serving import NotListening, Served
from app.simulator.service import RATE, Simulator

HOST = "127.0.0.1"


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
        self._served: Served | None = None

    def start(self, port: int = 0) -> str:
        """Start, wait until it listens, and return its base URL.

        Raises:
            SimulatorFailed: the port is taken, or it did not start.
        """
        self._served = Served(self.simulator.asgi(), name="simulator")
        try:
            self.url = f"http://{HOST}:{self._served.listen(HOST, port)}"
            self._served.start()
        except NotListening as error:
            raise SimulatorFailed(str(error)) from error
        return self.url

    def stop(self) -> None:
        """Stop; connections that are open are closed."""
        if self._served is not None:
            self._served.stop()


def serve(host: str, port: int, rate: float = RATE) -> None:
    """Serve until interrupted; says where on standard output.

    Raises:
        SimulatorFailed: the address is taken or not ours.
    """
    served = Served(Simulator(own_catalogue(), rate=rate).asgi(), name="simulator")
    try:
        found = served.listen(host, port)
    except NotListening as error:
        raise SimulatorFailed(str(error)) from error
    print(f"Simulator on http://{host}:{found}", flush=True)  # noqa: T201 - the program's output
    served.run()
