"""A process that decodes: a line of JSON and bytes in, a line of JSON and bytes out. Started by `workers.py`.

Once its libraries are loaded it opens no file and no connection more (the renderer of SVG needs the fonts' files, so
its input is searched for references first), and its memory and its processor time for one file are bounded where the
system has such bounds.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable
from typing import IO, Any, Final

from app.errors import MediaRefused

MEMORY_BYTES: Final = 900 << 20
"""Of addresses; what is resident is less by the libraries' size."""
NICE: Final = 5
CPU_S: Final = 6
"""For one file."""

Done = tuple[dict[str, Any], tuple[bytes, ...]]
Task = Callable[[dict[str, Any], bytes], Done]


def main(role: str) -> None:
    """Answer until the input ends. `role` is one of `pictures`, `svg`, `documents`."""
    if hasattr(os, "nice"):
        os.nice(NICE)  # whoever types at the window goes first
    task = _loaded(role)
    _give_up_rights(files=role == "svg")
    source, target = sys.stdin.buffer, sys.stdout.buffer
    _say(target, {"ready": True}, ())
    for line in source:
        asked = json.loads(line)
        data = source.read(asked["size"])
        _bound_time()
        _say(target, *_answer(task, asked, data))
        del data


def _answer(task: Task, asked: dict[str, Any], data: bytes) -> Done:
    try:
        return task(asked, data)
    except MediaRefused as refused:
        return {"refused": refused.reason, "detail": refused.detail}, ()
    except MemoryError:
        return {"refused": "bomb", "detail": "memory"}, ()
    except Exception:  # noqa: BLE001 - whatever a library raises about a stranger's file, it cannot be read
        return {"refused": "damaged", "detail": ""}, ()


def _loaded(role: str) -> Task:
    if role == "pictures":
        from app.media.child.pictures import fit, load

        load()
        return fit
    if role == "svg":
        from app.media.child.drawings import draw, load_fonts

        load_fonts()
        return draw
    from app.media.child.documents import load_pdfium, read

    load_pdfium()
    return read


def _say(target: IO[bytes], answer: dict[str, Any], parts: tuple[bytes, ...]) -> None:
    target.write(json.dumps({**answer, "parts": [len(part) for part in parts]}).encode() + b"\n")
    for part in parts:
        target.write(part)
    target.flush()


def _give_up_rights(*, files: bool) -> None:
    """No endless memory; no further file or connection, unless `files`. Windows has no such limits."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if not files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def _bound_time() -> None:
    """The system ends the process when this file has used up its processor time."""
    with contextlib.suppress(ImportError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + CPU_S, most))
