"""Opens what a person dropped: a regular file, of a size that can be sent."""

import os
import stat
from pathlib import Path
from typing import Final

from app.errors import FileFailed, MediaRefused
from app.immutable import immutable

MOST_FILE_BYTES: Final = 128 << 20


@immutable
class Given:
    """A file's bytes, and the name that it had."""

    name: str
    data: bytes


def read_file(path: Path) -> Given:
    """The file's bytes. A pipe or a device is not waited for.

    Raises:
        FileFailed: the system refuses.
        MediaRefused: it is a folder, a device, or too large.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        if path.is_dir():
            raise MediaRefused(path.name, "not a file", "folder")
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as file:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise MediaRefused(path.name, "not a file", "device")
            if facts.st_size > MOST_FILE_BYTES:
                raise MediaRefused(path.name, "too large", f"{MOST_FILE_BYTES >> 20} MB")
            return Given(path.name, file.read(MOST_FILE_BYTES + 1))
    except (OSError, ValueError) as error:
        raise FileFailed(str(path), getattr(error, "strerror", None) or str(error)) from error
