"""Data files: fonts, icons, the model catalogue. Imports nothing of ours, and no Qt."""

import os


def read_bytes(*parts: str) -> bytes:
    """The content of one data file, also from a zipped package.

    Raises:
        OSError: there is no such file.
    """
    # what importlib.resources does in the end; importing it costs a tenth of the time until the window stands
    loader = __spec__.loader
    assert loader is not None
    return bytes(loader.get_data(os.path.join(os.path.dirname(__file__), *parts)))  # type: ignore[attr-defined]  # noqa: PTH118, PTH120


def path_of(*parts: str) -> str | None:
    """Where one data file lies, for whoever maps it into memory; None where it is inside a zipped package."""
    path = os.path.join(os.path.dirname(__file__), *parts)  # noqa: PTH118, PTH120
    return path if os.path.isfile(path) else None  # noqa: PTH113
