"""A second start asks the first one to show its window, through a file in the data folder that both can see.

Imports nothing of ours: it is asked before the window stands.
"""

import os
import sys
import time
from pathlib import Path

LOCK_NAME = "duologue.lock"
BELL_NAME = "duologue.raise"
ANSWER_WITHIN_S = 0.7
LOOK_EVERY_S = 0.01


def ring(folder: Path) -> bool:
    """Ask the Duologue that has `folder` open to raise its window. False: nobody has it open, or nobody answered."""
    bell = folder / BELL_NAME
    try:
        if not _is_held(folder / LOCK_NAME):
            return False
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


def _is_held(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        lock(file)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


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
