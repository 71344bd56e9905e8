#!/usr/bin/env python3
"""Take pictures of the real window on a virtual display.

    shot.py [--size 1440x900] [--theme light|dark] [--scale 1] [--out FILE.png] [--say TEXT] [--at END|NUMBER]

Starts the program with the simulator and an empty data folder, says TEXT if given (several --say: several turns),
waits until the answers are whole, and writes what is on the screen.
"""

import argparse
import json
import tempfile
from pathlib import Path

from tests.support.screen import VirtualScreen, Window

FRAME_PX = 80
"""Room for what the window manager draws around the window."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--out", type=Path, default=Path("window.png"))
    parser.add_argument("--say", action="append", default=[])
    parser.add_argument("--welcome", action="store_true", help="the first-run screen")
    given = parser.parse_args()
    width, height = (round(int(part) * given.scale) for part in given.size.split("x"))
    with tempfile.TemporaryDirectory() as folder, VirtualScreen(width, height + FRAME_PX) as screen:
        settings = {"version": 1, "theme": given.theme}
        if not given.welcome:
            settings["default_profile"] = "Simulator"
        (Path(folder) / "settings.json").write_text(json.dumps(settings))
        environment = {"QT_SCALE_FACTOR": str(given.scale)}
        with Window(screen, Path(folder), environment, size=(width, height)) as window:
            for text in given.say:
                window.say(text)
                window.until_answered()
            window.shoot(given.out)
    print(given.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
