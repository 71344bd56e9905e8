"""Data files: fonts, icons, the model catalogue. Imports nothing of ours, and no Qt."""

from importlib.resources import files


def read_bytes(*parts: str) -> bytes:
    """The content of one data file.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return files(__name__).joinpath(*parts).read_bytes()


def names(folder: str) -> tuple[str, ...]:
    """The file names in one folder, sorted."""
    return tuple(sorted(entry.name for entry in files(__name__).joinpath(folder).iterdir()))
