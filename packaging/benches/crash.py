#!/usr/bin/env python3
"""Kill the program's store at 300 random moments, and count what is missing afterwards.

The children stream answers, edit, rename, delete and bring back, import, back up, index, and bring an older library up
to date, all at once; see tests/support/crashing.py. Promised: nothing that a call had stored is missing, an import is
there whole or not at all, every check passes.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=2)
    given = parser.parse_args()
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.crashing", str(given.rounds), str(given.seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if not done.stdout:
        return 1
    counts = json.loads(done.stdout)
    for name, value in counts.items():
        print(f"{name:32} {value}")
    print(json.dumps(counts))
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
