"""Backups, exports and imports over the window, each made when it is first asked for; and what is told of them."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.library import Backup
from app.domain.models import Catalogue
from app.store.backups import FOLDER_NAME
from app.store.opening import Recovery
from app.store.store import Store
from ui.bridge.tasks import TaskScope
from ui.conversation.presenter import now_ms
from ui.shell.window import Window
from ui.widgets.amounts import counted
from ui.widgets.error_text import ErrorText

if TYPE_CHECKING:
    from ui.shell.backups import Backups
    from ui.shell.transfers import Transfers

LOOK_EVERY_MS = 10 * 60 * 1000


class Keeping(QObject):
    """Makes a backup when one is due; does what the commands ask.

    Signals:
        restored: everything is as it was in a backup.
        imported: there are new conversations.
        open_requested: arg: the id of a conversation.
        failed: arg: a DuologueError; nothing has changed.
    """

    restored = Signal()
    imported = Signal()
    open_requested = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: Window,
        store: Store,
        catalogue: Callable[[], Catalogue],
        shown: Callable[[], tuple[str, str]],
        is_answering: Callable[[], bool],
    ) -> None:
        """`shown` gives the id and title of the conversation on the page; both empty where it is not stored."""
        super().__init__(window.main)
        self._window = window
        self._store = store
        self._catalogue = catalogue
        self._shown = shown
        self._is_answering = is_answering
        self._tasks = TaskScope(self.failed.emit)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._made_backups: Backups | None = None
        self._made_transfers: Transfers | None = None

    def look(self) -> None:
        """Make a backup if one is due; from now on look again and again."""
        self._timer.start()
        self._tasks.start("due", self._back_up_if_due)

    def tell_recovery(self, recovery: Recovery) -> None:
        """Say that the database was damaged and what became of it, and offer the newest backup."""
        self._tasks.start("recovery", partial(self._offer_backup, recovery))

    @property
    def backups(self) -> "Backups":
        """Backups made by hand, and restored."""
        if self._made_backups is None:
            from ui.shell.backups import Backups

            self._made_backups = made = Backups(self._window.main, self._store, self._is_writing)
            made.made.connect(self._tell_backup)
            made.refused.connect(self._tell_restore_waits)
            made.restored.connect(self._tell_restored)
            made.failed.connect(self.failed)
        return self._made_backups

    @property
    def transfers(self) -> "Transfers":
        """Exports and imports."""
        if self._made_transfers is None:
            from ui.shell.transfers import Transfers

            self._made_transfers = made = Transfers(
                self._window.main, self._store, self._catalogue, self._shown, now_ms
            )
            made.imported.connect(self.imported)
            made.ended.connect(self._tell_transfer)
            made.failed.connect(self.failed)
        return self._made_transfers

    async def close(self) -> None:
        self._timer.stop()
        for each in (self._made_backups, self._made_transfers):
            if each is not None:
                await each.close()
        await self._tasks.close()

    async def _back_up_if_due(self) -> None:
        await self._store.back_up_if_due()

    def _is_writing(self) -> bool:
        transferring = self._made_transfers is not None and self._made_transfers.is_running
        return transferring or self._is_answering()

    # ---- what is told

    async def _offer_backup(self, recovery: Recovery) -> None:
        found = f"{counted(recovery.conversations, 'conversation')} with {counted(recovery.messages, 'message')}"
        kept = f"{found} could be read and are here; the damaged file is kept as {recovery.kept_at}."
        headline = "The database was damaged."
        newest = await self._store.newest_backup()
        if newest is None:
            self._window.notices.show_notice(ErrorText(headline, kept, "There is no backup."), tone="caution")
            return
        backup, count = newest
        made = datetime.fromtimestamp(backup.made_ms / 1000).astimezone()
        offer = f"The newest backup is of {made:%A, %d %B %Y, %H:%M}, with {counted(count, 'conversation')} in it."
        back = "Should you restore it, what is here now becomes a backup too."
        text = ErrorText(headline, kept, f"{offer} {back}")
        restore = partial(self._restore_offered, backup.name)
        self._window.notices.show_notice(text, "Restore the backup", restore, tone="caution")

    def _restore_offered(self, name: str) -> None:
        self.backups.restore(name)

    def _tell_backup(self, backup: Backup) -> None:
        kept = f"It is {backup.name} in the folder “{FOLDER_NAME}” of the data folder. Keys are not in it."
        self._window.notices.show_notice(ErrorText("A backup was made.", kept, ""), tone="caution")

    def _tell_restore_waits(self) -> None:
        text = ErrorText(
            "A backup cannot be restored while an answer, an export or an import is under way.",
            "",
            "Stop it or wait for its end.",
        )
        self._window.notices.show_notice(text)

    def _tell_restored(self) -> None:
        self.restored.emit()
        kept = "What was here before is a backup too, and can be restored in the same way."
        self._window.notices.show_notice(ErrorText("The backup was restored.", kept, ""), tone="caution")

    def _tell_transfer(self, text: ErrorText, opens: str) -> None:
        act = partial(self.open_requested.emit, opens) if opens else None
        self._window.notices.show_notice(text, "Open", act, tone="caution")
