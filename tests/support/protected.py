"""A folder that cannot be written, for whoever runs the tests: root is stopped by a mount only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def protected(folder: Path) -> Iterator[None]:
    """Nothing can be written in `folder` for as long as the context lasts; skips, saying so, where that cannot be."""
    if os.geteuid():
        folder.chmod(0o500)
        yield
        folder.chmod(0o700)
        return
    place = str(folder)
    if subprocess.run(["mount", "--bind", place, place], capture_output=True, check=False).returncode:
        pytest.skip("root cannot be kept from writing here: mounting is not allowed")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True, capture_output=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True, capture_output=True)
