"""A second start asks the first one to show its window, through a file in the data folder that both can see.

Imports nothing of ours: it is asked before the window stands.
"""

import os
import sys
import time
from pathlib import Path

LOCK_NAME = "duologue.lock"
BELL_NAME = "duologue.raise"
ANSWER_WITHIN_S = 3.0
"""The first one may still be starting; usually it answers at once."""
LOOK_EVERY_S = 0.01


def claim(folder: Path) -> int | None:
    """Take a data folder for this process, before anything else is done with it: of two starts one is first.

    Returns the open lock file, for `Store.open`; None where another Duologue has the folder, or where it cannot be
    written: opening the store says what is the matter.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(folder / LOCK_NAME, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        return None
    try:
        lock(file)
    except OSError:
        os.close(file)
        return None
    return file


def ring(folder: Path) -> bool:
    """Ask the Duologue that has `folder` to raise its window. False: nobody answered."""
    bell = folder / BELL_NAME
    try:
        os.close(os.open(bell, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError:
        return False
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while bell.exists():
        if time.monotonic() > deadline:
            bell.unlink(missing_ok=True)
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def answer(folder: Path) -> bool:
    """Whether someone has rung; the bell is silent afterwards."""
    try:
        (folder / BELL_NAME).unlink()
    except FileNotFoundError:
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    def lock(file: int) -> None:
        """Lock a file for this process, or raise OSError at once."""
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock(file: int) -> None:
        """Lock a file for this process, or raise OSError at once."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
