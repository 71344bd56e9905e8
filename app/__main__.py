"""`python -m app`: the engine without a window, and the proof that none is needed."""

import argparse
import os
import sys

import app
from app.api.asking import add_arguments, ask
from app.errors import DuologueError, SimulatorFailed

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
    gateway = commands.add_parser("gateway", help="speak both dialects on this machine, by a config.yaml of LiteLLM's")
    gateway.add_argument("--config", required=True, help="the file: model_list and general_settings")
    gateway.add_argument("--port", type=int, default=4000)
    gateway.add_argument("--host", default="127.0.0.1", help="beyond this machine only with a master_key")
    given = parser.parse_args(arguments)
    if given.command == "simulate":
        if not 0 <= given.rate < float("inf"):
            parser.error("--rate: not a number of deltas a second")
        return simulated(given.host, given.port, given.rate)
    if given.command == "gateway":
        return relayed(given.config, given.host, given.port)
    return ask(given, sys.stdin, sys.stdout, sys.stderr)


def relayed(config: str, host: str, port: int) -> int:
    """Serve the gateway until interrupted."""
    from app.gateway.server import serve, told

    try:
        serve(config, host, port, os.environ, lambda line: print(line, flush=True))  # noqa: T201 - the program's output
    except DuologueError as error:
        sys.stderr.write(f"The gateway did not start: {told(error)}\n")
        return 1
    except KeyboardInterrupt:  # how it is meant to end
        return 0
    return 0


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
