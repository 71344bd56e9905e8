"""Dated copies of the library: what whoever makes and restores them needs of a store."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.library import Backup


class BackupStore(Protocol):
    """Every method may raise StoreError; then nothing has changed."""

    async def backups(self) -> Sequence[Backup]:
        """The newest first."""
        ...

    async def back_up_now(self) -> Backup: ...

    async def back_up_if_due(self) -> Backup | None: ...

    async def restore_backup(self, name: str) -> None:
        """Replace everything, after what is there has become a backup itself."""
        ...
