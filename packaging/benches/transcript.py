#!/usr/bin/env python3
"""Whether the transcript keeps what was promised of it. Ratios are of one run; times are processor time unless told.

    transcript.py [SECTION …]      all sections, or those named

Every section runs in a process of its own, without a screen. It prints a table, then one line of JSON; its exit status
is 1 if a promise is broken.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from transcript import browser, network, opening, searching, streaming
from transcript.measuring import Figure

SECTIONS: dict[str, Callable[[], list[Figure]]] = {
    "open": opening.opening,
    "first": opening.first_paint,
    "move": opening.moving,
    "resize": opening.resizing,
    "naive": streaming.naive,
    "length": streaming.length,
    "constructs": streaming.constructs,
    "typing": streaming.typing,
    "endurance": streaming.endurance,
    "find": searching.finding,
    "copy": searching.copying,
    "network": network.network,
    "browser": browser.browser,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=" ".join(SECTIONS))
    parser.add_argument("--here", action="store_true", help="in this process, as JSON: what the bench starts")
    given = parser.parse_args()
    if unknown := set(given.sections) - set(SECTIONS):
        parser.error(f"no such section: {' '.join(sorted(unknown))}")
    if given.here:
        print(json.dumps([each.as_json() for name in given.sections for each in SECTIONS[name]()]))
        return 0
    figures: list[dict[str, Any]] = []
    print(f"{'':54}{'ours':>10}{'against':>10}{'held':>9}{'promised':>10}")
    for name in given.sections or SECTIONS:
        found = measured(name)
        for each in found:
            print(row(each), flush=True)
        figures += found
    print(json.dumps({each["name"]: each for each in figures}))
    return int(not all(each["holds"] for each in figures))


def measured(section: str) -> list[dict[str, Any]]:
    """The figures of one section, from a process of its own."""
    command = [sys.executable, __file__, section, "--here"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(figure: dict[str, Any]) -> str:
    against = "" if figure["against"] is None else f"{figure['against']:.2f}"
    name = f"{figure['name']}, {figure['unit']}"
    broken = "" if figure["holds"] else "  broken"
    return f"{name:54}{figure['ours']:>10.2f}{against:>10}{figure['held']:>9.3f}{figure['promised']:>10.3f}{broken}"


if __name__ == "__main__":
    raise SystemExit(main())
