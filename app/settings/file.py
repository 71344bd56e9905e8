"""The settings file: read once at the start, written as a whole, never half."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.errors import DiskFull, SettingsUnreadable, StoreError
from app.immutable import immutable
from app.settings.checks import not_taken, settings_from_json, settings_to_json
from app.settings.declared import Settings
from app.settings.glance import FILE_NAME, LARGEST


@immutable
class Read:
    settings: Settings
    trouble: SettingsUnreadable | None
    """The file was there and could not be read; it was kept aside and the defaults stand in."""


def read_settings(folder: Path) -> Read:
    """Read the settings of a data folder. It never raises: without settings the program still starts."""
    path = folder / FILE_NAME
    try:
        if not path.is_file() and path.exists():
            raise ValueError("it is no file")
        if path.stat().st_size > LARGEST:
            raise ValueError("it is too large")
        parsed = json.loads(path.read_bytes())
        if not isinstance(parsed, dict):
            raise ValueError("it holds no JSON object")
        settings = settings_from_json(parsed)
        if refused := not_taken(parsed, settings):
            # the next save would write over what another version, or a hand, put there
            reason = f"{', '.join(refused)}: not of this version"
            return Read(settings, SettingsUnreadable(str(path), reason, _kept(path, shutil.copyfile)))
        return Read(settings, None)
    except FileNotFoundError:
        return Read(Settings(), None)
    except (OSError, ValueError, RecursionError) as error:
        return Read(Settings(), SettingsUnreadable(str(path), _reason(error), _kept(path)))


def write_settings(folder: Path, settings: Settings) -> None:
    """Write the settings, readable by their owner only. Blocks for the disk: not on the GUI thread.

    Raises:
        DiskFull, StoreError: not written; the file is as it was.
    """
    try:
        text = json.dumps(settings_to_json(settings), ensure_ascii=False, indent=2) + "\n"
    except RecursionError as error:
        raise StoreError("the settings could not be written: they are nested too deeply") from error
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".settings-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(folder / FILE_NAME)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        kind = DiskFull if error.errno == 28 else StoreError
        raise kind(f"the settings could not be written: {error.strerror}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    return error.strerror or "it cannot be read" if isinstance(error, OSError) else str(error)


def _kept(path: Path, put: Callable[[Path, Path], object] = Path.rename) -> str:
    """Put the file aside under a name that says when; empty if even that fails, and then it stays where it is."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"settings-unreadable-{stamp}.json")
    try:
        put(path, aside)
    except OSError:
        return ""
    return str(aside)
