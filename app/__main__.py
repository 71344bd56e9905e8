"""`python -m app`: the engine without a window, and the proof that none is needed."""

import argparse
import sys

import app
from app.api.asking import add_arguments, ask
from app.errors import SimulatorFailed

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status."""
    try:
        return _done(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # before anything was asked, or where nothing waits for it
        return INTERRUPTED


def _done(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="duologue", description="Duologue without its window")
    parser.add_argument("--version", action="version", version=f"Duologue {app.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    add_arguments(commands.add_parser("ask", help="stream one answer; the key is read from ANTHROPIC_API_KEY"))
    simulate = commands.add_parser("simulate", help="a Messages API on this machine, for trying things out")
    simulate.add_argument("--port", type=int, default=4141)
    simulate.add_argument("--host", default="127.0.0.1")
    simulate.add_argument("--rate", type=float, default=60.0, help="deltas a second; 0: as fast as they are read")
    given = parser.parse_args(arguments)
    if given.command == "simulate":
        if not 0 <= given.rate < float("inf"):
            parser.error("--rate: not a number of deltas a second")
        return simulated(given.host, given.port, given.rate)
    return ask(given, sys.stdin, sys.stdout, sys.stderr)


def simulated(host: str, port: int, rate: float) -> int:
    """Serve the simulator until interrupted."""
    from app.simulator.server import serve

    try:
        serve(host, port, rate)
    except SimulatorFailed as error:
        sys.stderr.write(f"The simulator did not start: {error.reason}\n")
        return 1
    except KeyboardInterrupt:  # how it is meant to end
        return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
