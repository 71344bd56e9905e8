"""Where Duologue keeps what it keeps."""

from collections.abc import Mapping
from pathlib import Path


def data_folder(environ: Mapping[str, str]) -> Path:
    """The data folder: `DUOLOGUE_DATA_DIR`, else where the system wants a program's data."""
    own = environ.get("DUOLOGUE_DATA_DIR")
    if own:
        return Path(own).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("Duologue", appauthor=False)
