"""`python -m app`: the engine without a window, and the proof that none is needed."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping

import app
from app.client.messages import MessagesClient
from app.domain.blocks import TextBlock
from app.domain.connection import ANTHROPIC_URL, Endpoint, Profile, Secret
from app.domain.request import DEFAULT_MAX_TOKENS, Request, Turn
from app.domain.stream import Retrying, TextDelta
from app.errors import DuologueError, SimulatorFailed


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="duologue", description="Duologue without its window")
    parser.add_argument("--version", action="version", version=f"Duologue {app.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    asking = commands.add_parser("ask", help="stream one answer; the key is read from ANTHROPIC_API_KEY")
    asking.add_argument("prompt")
    asking.add_argument("--model", default="claude-sonnet-5-5")
    asking.add_argument("--max-tokens", type=int, default=DEFAULT_MAX_TOKENS)
    simulate = commands.add_parser("simulate", help="a Messages API on this machine, for trying things out")
    simulate.add_argument("--port", type=int, default=4141)
    simulate.add_argument("--host", default="127.0.0.1")
    simulate.add_argument("--rate", type=float, default=60.0, help="deltas a second; 0: as fast as they are read")
    given = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    if given.command == "simulate":
        return simulated(given.host, given.port, given.rate)
    turns = (Turn("user", (TextBlock(given.prompt),)),)
    return asyncio.run(ask(Request(given.model, given.max_tokens, turns), os.environ))


def simulated(host: str, port: int, rate: float) -> int:
    """Serve the simulator until interrupted."""
    from app.simulator.server import serve

    try:
        serve(host, port, rate)
    except SimulatorFailed as error:
        sys.stderr.write(f"The simulator did not start: {error.reason}\n")
        return 1
    return 0


async def ask(request: Request, environ: Mapping[str, str]) -> int:
    """Write the answer to standard output as it comes, and what goes wrong to standard error."""
    key = environ.get("ANTHROPIC_API_KEY", "").strip()
    if not key:
        print("ANTHROPIC_API_KEY is not set", file=sys.stderr)  # noqa: T201 - this is the program's output
        return 2
    url = environ.get("ANTHROPIC_API_BASE") or environ.get("ANTHROPIC_BASE_URL") or ANTHROPIC_URL
    client = MessagesClient(Endpoint(Profile("environment", base_url=url), Secret(key)))
    try:
        async with client.stream(request) as batches:
            async for batch in batches:
                for event in batch:
                    if isinstance(event, TextDelta):
                        sys.stdout.write(event.text)
                    elif isinstance(event, Retrying):
                        sys.stderr.write(f"attempt {event.attempt} of {event.of} in {event.wait_s:.0f} s\n")
                sys.stdout.flush()
    except DuologueError as error:
        sys.stderr.write(f"\n{error!r}\n")
        return 1
    finally:
        await client.aclose()
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
