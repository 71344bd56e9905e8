"""Export and import in the window: which file, how far it is, and a sentence at the end."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QWidget

from app.domain.models import Catalogue
from app.services.identity import new_id
from ui.bridge.tasks import TaskScope
from ui.widgets.amounts import counted
from ui.widgets.error_text import ErrorText

if TYPE_CHECKING:
    from app.services.exporting import ExportStore, Speech
    from app.services.importing import Imported, ImportStore

    class TransferStore(ExportStore, ImportStore, Protocol):
        """What exporting and importing need of a store."""


SHOWS_AFTER_MS = 500
"""What takes no longer shows no progress."""
EVERYTHING = "Duologue, with everything (*.json)"
MESSAGES = "Messages as OpenAI writes them (*.jsonl)"
MARKDOWN = "Markdown (*.md)"
WHOLE_MARKDOWN = "Markdown with thinking and tools (*.md)"
IMPORTABLE = "Conversations (*.json *.jsonl)"
ANY = "All files (*)"


class Transfers(QObject):
    """Asks for a file, and exports or imports beside everything else; one such work at a time.

    Signals:
        ended: args: what was done, as ErrorText; the id of a conversation that can be opened now, else empty.
        imported: there are new conversations.
        failed: arg: a DuologueError; nothing has changed.
    """

    ended = Signal(object, str)
    imported = Signal()
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        store: "TransferStore",
        catalogue: Callable[[], Catalogue],
        shown: Callable[[], tuple[str, str]],
        now_ms: Callable[[], int],
    ) -> None:
        """`shown` gives the id and title of the conversation on the page; both empty where it is not stored."""
        super().__init__(window)
        self._window = window
        self._store = store
        self._catalogue = catalogue
        self._shown = shown
        self._now_ms = now_ms
        self._tasks = TaskScope(self.failed.emit)
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        """Where the next dialog looks: where the last file was chosen."""
        self._progress: QProgressDialog | None = None

    @property
    def is_running(self) -> bool:
        """A file is being read or written."""
        return self._tasks.is_running("transfer")

    def export_shown(self) -> None:
        """Ask where to, and export the conversation on the page."""
        id_, title = self._shown()
        if not id_:
            self.ended.emit(ErrorText("There is nothing to export yet.", "", "Write the first message."), "")
            return
        forms = [EVERYTHING, MARKDOWN, WHOLE_MARKDOWN, MESSAGES]
        self._ask_to_save("Export conversation", file_name(title), forms, partial(self._export_one, id_))

    def export_all(self) -> None:
        """Ask where to, and export every conversation."""
        self._ask_to_save("Export everything", "Duologue", [EVERYTHING, MESSAGES], self._export_all)

    def import_file(self) -> None:
        """Ask for a file, and take its conversations in."""
        dialog = QFileDialog(self._window, "Import", self._folder, f"{IMPORTABLE};;{ANY}")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._begin("Importing…", partial(self._import, Path(path))))
        self._open(dialog)

    async def close(self) -> None:
        await self._tasks.close()

    def _ask_to_save(
        self, title: str, name: str, forms: list[str], export: Callable[[Path, str], Awaitable[None]]
    ) -> None:
        dialog = QFileDialog(self._window, title, self._folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(forms)
        dialog.setDefaultSuffix(_suffix(forms[0]))
        dialog.filterSelected.connect(partial(_rename, dialog))
        dialog.selectFile(f"{name}.{_suffix(forms[0])}")
        dialog.fileSelected.connect(
            lambda path: self._begin("Exporting…", partial(export, Path(path), dialog.selectedNameFilter()))
        )
        self._open(dialog)

    def _open(self, dialog: QFileDialog) -> None:
        dialog.fileSelected.connect(self._remember)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remember(self, path: str) -> None:
        self._folder = str(Path(path).parent)

    def _begin(self, words: str, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks.start("transfer", partial(self._with_progress, words, work))

    async def _with_progress(self, words: str, work: Callable[[], Awaitable[None]]) -> None:
        progress = QProgressDialog(words, "Stop", 0, 0, self._window)
        progress.setWindowTitle(words)
        progress.setWindowModality(Qt.WindowModality.NonModal)
        progress.setAutoClose(False)
        progress.setAutoReset(False)
        progress.setMinimumDuration(24 * 3600 * 1000)  # it counts from steps that are told, and here none may be
        progress.canceled.connect(lambda: self._tasks.cancel("transfer"))
        QTimer.singleShot(SHOWS_AFTER_MS, progress, progress.show)
        self._progress = progress
        try:
            await work()
        finally:
            self._progress = None
            progress.deleteLater()

    def _tell(self, done: int, of: int) -> None:
        if self._progress is not None:
            self._progress.setMaximum(of)
            self._progress.setValue(done)

    # ---- the work; what costs the start memory is imported when it is wanted

    async def _export_one(self, conversation_id: str, path: Path, form: str) -> None:
        from app.services.exporting import export_one

        await export_one(self._store, conversation_id, path, self._speech(form))
        self.ended.emit(ErrorText("The conversation was exported.", f"The file is {path}.", ""), "")

    async def _export_all(self, path: Path, form: str) -> None:
        from app.services.exporting import export_all

        number = await export_all(self._store, path, self._tell, self._speech(form))
        verb = "was" if number == 1 else "were"
        self.ended.emit(
            ErrorText(f"{counted(number, 'conversation')} {verb} exported.", f"They are in {path}.", ""), ""
        )

    async def _import(self, path: Path) -> None:
        from app.services.importing import import_file

        imported = await import_file(self._store, path, new_id, self._now_ms(), self._tell)
        if imported.ids:
            self.imported.emit()
        self.ended.emit(told(imported), imported.ids[0] if len(imported.ids) == 1 else "")

    def _speech(self, form: str) -> "Speech | None":
        from app.services.exporting import as_markdown, as_messages

        speeches: dict[str, Speech] = {
            MARKDOWN: partial(as_markdown, whole=False),
            WHOLE_MARKDOWN: partial(as_markdown, whole=True),
            MESSAGES: partial(as_messages, catalogue=self._catalogue()),
        }
        return speeches.get(form)


def told(imported: "Imported") -> ErrorText:
    """What an import did, in words."""
    known, unread = imported.known, imported.unreadable
    return ErrorText(
        f"{_were(len(imported.ids), 'conversation')} imported.",
        f"{_were(known, 'conversation')} here already." if known else "",
        f"{counted(unread, 'part')} could not be read: what the file has there is kept and shown." if unread else "",
    )


def _were(number: int, noun: str) -> str:
    return f"{counted(number, noun)} {'was' if number == 1 else 'were'}"


def file_name(title: str) -> str:
    """A name that every system takes for a file, from a title."""
    kept = "".join(each if each.isalnum() or each in " -_.,()" else " " for each in title)
    return " ".join(kept.split())[:80].strip(" .") or "Conversation"


def _rename(dialog: QFileDialog, form: str) -> None:
    """Another form is another kind of file."""
    dialog.setDefaultSuffix(_suffix(form))
    for path in dialog.selectedFiles()[:1]:
        dialog.selectFile(f"{Path(path).stem}.{_suffix(form)}")


def _suffix(form: str) -> str:
    return form.rpartition("*.")[2].rstrip(")")
