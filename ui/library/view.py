"""The sidebar: a new conversation, the search, every conversation by day, and where the program's own pages are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from ui.library.groups import FolderRow, LibraryRow
from ui.library.hit_rows import HitRow
from ui.library.list import LibraryList
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.pill import Pill
from ui.widgets.row_button import RowButton

if TYPE_CHECKING:
    from ui.library.hits import HitList

EMPTY = "Conversations you start are kept here."
NOTHING_FOUND = "No conversation matches."


class LibraryView(QWidget):
    """Emits what the person wants; does nothing about it. Its setters emit nothing.

    What is wanted of conversations and folders is told by `intents`.

    Signals:
        new_requested: a new conversation.
        search_changed: arg: what is being searched for; empty: everything.
        hit_requested: show this hit in its conversation; arg: a HitRow.
        settings_requested, connection_requested: those pages.
    """

    new_requested = Signal()
    search_changed = Signal(str)
    hit_requested = Signal(object)
    settings_requested = Signal()
    connection_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        dress(self, look="sidebar")
        self.new_button = RowButton(theme, "square-pen", "New conversation", look="plain", keys="Ctrl+N")
        self.search = QLineEdit()
        self.list = LibraryList(theme)
        self.intents = self.list.intents
        self._hits: HitList | None = None
        self.empty = QLabel(EMPTY)
        self.connection_pill = Pill()
        self.connection_button = RowButton(theme, "plug-zap", "", end=self.connection_pill)
        self.settings_button = RowButton(theme, "settings", "Settings", keys="Ctrl+,")
        self._keys = QLabel("Ctrl ⇧ K")
        self._search_icon = QAction(self.search)
        self._name_controls()
        self._lay_out()
        self._listen()
        self._tint()
        self.set_connection("No connection", False)

    # ---- what is shown

    def show(
        self,
        rows: Sequence[LibraryRow] | None = None,
        *,
        now_ms: int = 0,
        folders: Sequence[FolderRow] = (),
        has_more: bool = False,
    ) -> None:
        """Show these conversations and folders. Without rows: QWidget.show.

        Args:
            now_ms: they are grouped by how long before this they were used.
            has_more: there are more; `intents.more_wanted` asks for them.
        """
        if rows is None:
            super().show()
            return
        self.list.show_rows(rows, now_ms, folders, has_more=has_more)
        self._show_one_of(self.list, is_empty=not rows and not folders, words=EMPTY)

    def show_hits(self, hits: Sequence[HitRow], now_ms: int) -> None:
        """Show what a search has found, in place of the conversations."""
        self.hits.show_hits(hits, now_ms)
        self._show_one_of(self.hits, is_empty=not hits, words=NOTHING_FOUND)

    def _show_one_of(self, shown: QWidget, *, is_empty: bool, words: str) -> None:
        self.empty.setText(words)
        self.empty.setVisible(is_empty)
        for each in (self.list, self._hits):
            if each is not None:
                each.setVisible(each is shown and not is_empty)

    @property
    def hits(self) -> "HitList":
        """What a search has found; made at the first search."""
        if self._hits is None:
            from ui.library.hits import HitList

            self._hits = hits = HitList(self._theme)
            hits.hide()
            hits.hit_requested.connect(self.hit_requested)
            hits.left_upwards.connect(self.focus_search)
            self._column.insertWidget(self._column.indexOf(self.list) + 1, hits, 1)
        return self._hits

    @property
    def _are_hits_shown(self) -> bool:
        return self._hits is not None and self._hits.isVisible()

    def select(self, conversation_id: str) -> None:
        """Mark the conversation that is on the page; empty: none of these."""
        self.list.show_open(conversation_id)

    def set_connection(self, text: str, ok: bool) -> None:
        """Show who answers, and whether it can."""
        self.connection_button.show_text(text)
        self.connection_pill.show_fact("ready" if ok else "not ready", "good" if ok else "caution")
        self.connection_button.setAccessibleName(f"Connection: {text}, {self.connection_pill.text()}")
        self.connection_button.setToolTip("Connection and key")

    @property
    def focused_id(self) -> str:
        """The conversation that the keyboard is at; empty where it is elsewhere."""
        return self.list.current_id if self.list.hasFocus() else ""

    def begin_rename(self, conversation_id: str) -> None:
        """Let that conversation's title be typed in place."""
        self.list.begin_rename(conversation_id)

    def focus_search(self) -> None:
        """Go to the search field, what is in it selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # ---- making it

    def _name_controls(self) -> None:
        self.search.setPlaceholderText("Search everything")
        self.search.setAccessibleName("Search everything")
        self.search.setToolTip("Search conversations (Ctrl+Shift+K)")
        self._clear = self.search.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setToolTip("Clear the search")
        self._clear.setVisible(False)
        self._clear.triggered.connect(self._end_search)
        self.search.addAction(self._search_icon, QLineEdit.ActionPosition.LeadingPosition)
        self.search.installEventFilter(self)
        dress(self.empty, look="muted")
        self.empty.setWordWrap(True)
        self.empty.hide()
        dress(self._keys, look="key")
        self._keys.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def _lay_out(self) -> None:
        inside = QHBoxLayout(self.search)
        inside.setContentsMargins(0, 0, metrics.SPACE * 2, 0)
        inside.addStretch(1)
        inside.addWidget(self._keys)
        self._keys.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        margin = metrics.SPACE * 2
        column.setContentsMargins(margin, margin + 2, margin, margin)
        column.setSpacing(margin)
        column.addWidget(self.new_button)
        column.addWidget(self.search)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        foot = QVBoxLayout()
        foot.setSpacing(0)
        foot.addWidget(self.connection_button)
        foot.addWidget(self.settings_button)
        column.addStretch(0)
        column.addLayout(foot)
        self._column = column

    def _listen(self) -> None:
        self.new_button.clicked.connect(self._ask_new)
        self.search.textEdited.connect(self.search_changed)
        self.search.textChanged.connect(self._show_keys)
        self.search.returnPressed.connect(self._open_first)
        self.list.left_upwards.connect(self.focus_search)
        self.connection_button.clicked.connect(self._ask_connection)
        self.settings_button.clicked.connect(self._ask_settings)
        self._theme.changed.connect(self._tint)

    def _open_first(self) -> None:
        if self._are_hits_shown:
            self.hits.open_first()
        else:
            self.list.open_first()

    def _ask_new(self) -> None:
        self.new_requested.emit()

    def _ask_connection(self) -> None:
        self.connection_requested.emit()

    def _ask_settings(self) -> None:
        self.settings_requested.emit()

    def _end_search(self) -> None:
        self.search.clear()
        self.search_changed.emit("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                (self.hits if self._are_hits_shown else self.list).go_to_first()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self._end_search()
                return True
        return super().eventFilter(watched, event)

    def _tint(self) -> None:
        palette, icons = self._theme.palette, self._theme.icons
        self._search_icon.setIcon(icons.icon("search", palette.muted))
        self._clear.setIcon(icons.icon("x", palette.muted))

    def _show_keys(self, text: str) -> None:
        self._keys.setVisible(not text)
        self._clear.setVisible(bool(text))
