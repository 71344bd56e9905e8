"""A bug as a text that a person reads, judges, and sends to whom they like. It goes nowhere by itself."""

import platform
import sys
import traceback
from pathlib import Path
from types import TracebackType

from app.logbook.file import redacted

FRAMES = 40
"""At each end of a recursion that nobody stopped."""


def report(version: str, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """What happened and where, without keys, without variables, without the name of the person's home folder.

    Every exception on the way to this one is told.
    """
    told = traceback.TracebackException(kind, error, trace, limit=-FRAMES)
    return _anonymous(
        redacted(
            "\n".join(
                (
                    f"Duologue {version}, Python {platform.python_version()}, {platform.platform()}",
                    f"Frozen: {'yes' if getattr(sys, 'frozen', False) else 'no'}",
                    "",
                    "".join(told.format()).rstrip(),
                )
            )
        )
    )


def _anonymous(text: str) -> str:
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text
