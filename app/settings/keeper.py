"""The settings while the program runs: the value in use, and its way to the disk."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.connection import Profile
from app.settings.declared import DEFAULT_PROFILE, Settings
from app.settings.file import write_settings


class SettingsKeeper:
    """Holds the settings; `save` writes the newest, however often and from wherever it is called."""

    def __init__(self, folder: Path | None, settings: Settings) -> None:
        """`folder` is None where there is no folder to write to; then changes last as long as the program."""
        self._folder = folder
        self._settings = settings
        self._written = settings
        self._lock = asyncio.Lock()

    @property
    def value(self) -> Settings:
        return self._settings

    def change(self, **changed: Any) -> Settings:
        """Take new values for fields of `Settings`, at once; `save` brings them to the disk."""
        self._settings = replace(self._settings, **changed)
        return self._settings

    def profiles(self) -> Mapping[str, Profile]:
        """The connections by name; a first one is always there."""
        found = {each.name: each for each in self._settings.profiles}
        return found or {DEFAULT_PROFILE: Profile(DEFAULT_PROFILE)}

    @property
    def default_profile(self) -> str:
        """The connection that new conversations take."""
        known = self.profiles()
        return self._settings.default_profile or next(iter(known))

    def detach(self) -> None:
        """Write nothing from now on: the data folder is another program's, or cannot be written."""
        self._folder = None

    async def save(self) -> None:
        """Write what has changed.

        Raises:
            DiskFull, StoreError: not written; the next `save` tries again.
        """
        # shielded: a write that is under way ends before the next one begins, whoever stops waiting for it
        await asyncio.shield(self._write())

    async def _write(self) -> None:
        async with self._lock:
            while self._settings is not self._written and self._folder is not None:
                settings = self._settings
                await asyncio.to_thread(write_settings, self._folder, settings)
                self._written = settings
