"""What each command of the window does."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

import app
from app.domain.conversation import Role
from app.domain.library import Folder
from ui.conversation.page import ConversationPage
from ui.conversation.presenter import ConversationPresenter
from ui.library.hit_rows import HitRow
from ui.library.presenter import LibraryPresenter
from ui.library.view import LibraryView
from ui.shell.main_window import MainWindow
from ui.widgets.amounts import counted
from ui.widgets.toast import Toast

IN_THE_CENTRE = frozenset(
    (
        *("new_conversation", "focus_composer", "attach", "choose_model", "find", "find_next", "find_previous"),
        *("previous_message", "next_message"),
    )
)
"""Commands whose place is the conversation."""


class Commands(QObject):
    """Joins menus, shortcuts and the panes' own buttons to the presenters. Each command is one method."""

    def __init__(
        self,
        window: MainWindow,
        page: ConversationPage,
        library_view: LibraryView,
        conversation: ConversationPresenter,
        library: LibraryPresenter,
        others: dict[str, Callable[[], None]],
    ) -> None:
        """`others` are commands that belong to the program and not to what the window shows."""
        super().__init__(window)
        self._window = window
        self._page = page
        self._library_view = library_view
        self._conversation = conversation
        self._library = library
        self._deleted: tuple[str, ...] = ()
        self._toast = Toast(page)
        self._toast.undone.connect(lambda: self._undo())
        self._undo: Callable[[], object] = self._undo_delete
        """What the offer that stands undoes."""
        self._does: dict[str, Callable[[], None]] = {
            "new_conversation": conversation.new,
            "rename_conversation": self._rename,
            "delete_conversation": self._delete,
            "stop": conversation.stop,
            "retry": conversation.retry,
            "add_message": partial(conversation.add, Role.USER),
            "add_answer": partial(conversation.add, Role.ASSISTANT),
            "copy_last": self._copy_last,
            "focus_composer": page.take_focus,
            "find": page.transcript.open_find,
            "find_next": partial(page.transcript.find_again, 1),
            "find_previous": partial(page.transcript.find_again, -1),
            "previous_message": partial(page.transcript.step_message, -1),
            "next_message": partial(page.transcript.step_message, 1),
            "search": self._search,
            "choose_model": page.composer.choose_model,
            "toggle_sidebar": window.panes.toggle_sidebar,
            "toggle_inspector": window.panes.toggle_inspector,
            "next_conversation": partial(self._step, 1),
            "previous_conversation": partial(self._step, -1),
            "about": self._about,
            "quit": self._quit,
            **others,
        }
        window.actions_table.triggered.connect(self.do)
        window.escaped.connect(conversation.stop)
        page.header.sidebar_requested.connect(window.panes.toggle_sidebar)
        page.header.inspector_requested.connect(window.panes.toggle_inspector)
        page.header.menu_requested.connect(self._open_menu)
        page.empty.starter_picked.connect(self._begin_with)
        library_view.intents.open_requested.connect(self._open)
        library_view.hit_requested.connect(self._open_hit)
        library_view.new_requested.connect(partial(self.do, "new_conversation"))
        library_view.settings_requested.connect(partial(self.do, "settings"))
        library_view.connection_requested.connect(partial(self.do, "connection"))
        library.renamed.connect(conversation.renamed)
        library.deleted.connect(self._put_away)
        conversation.branching.undo_offered.connect(self._offer_undo)
        conversation.healing.undo_offered.connect(self._offer_undo)
        conversation.healing.refused.connect(lambda why: self._toast.show_toast(why, undo=False))
        conversation.branching.refused.connect(lambda why: self._toast.show_toast(why, undo=False))
        conversation.branching.confirm_wanted.connect(self._confirm)
        conversation.confirm_wanted.connect(self._confirm)
        conversation.branching.conversation_emptied.connect(lambda id_: library.delete([id_]))
        library.folder_removed.connect(self._offer_folder)
        library.begin_requested.connect(self._begin_in)
        conversation.rows_changed.connect(library.refresh)
        conversation.shown.connect(library_view.select)
        conversation.shown.connect(library.note_shown)
        conversation.ended_unseen.connect(lambda id_: library.mark_unread([id_], True))

    def do(self, name: str) -> None:
        """Do what the command `name` says, where it can be seen: a floating pane does not stay in front of it."""
        if name in IN_THE_CENTRE:
            self._window.panes.dismiss()
        self._does[name]()

    def tell(self, why: str) -> None:
        """Say in a sentence what was done, or why something was not; an offer to undo is not covered by it."""
        if not self._toast.isVisible():
            self._toast.show_toast(why, undo=False)

    def refuse(self, why: str) -> None:
        """Say in a sentence why something was not done."""
        self._toast.show_toast(why, undo=False)

    # ---- conversations

    def _open(self, conversation_id: str) -> None:
        self._window.panes.dismiss()
        self._conversation.open(conversation_id)

    def _open_hit(self, found: HitRow) -> None:
        self._window.panes.dismiss()
        self._conversation.show_hit(found.hit.conversation_id, found.hit.message_id, found.words)

    def _begin_in(self, folder: Folder) -> None:
        self._window.panes.dismiss()
        self._conversation.begin_in(folder)

    def _offer_folder(self, bring_back: Callable[[], None]) -> None:
        self._offer_undo("Folder removed", bring_back)

    def _rename(self) -> None:
        conversation_id = self._library_view.focused_id or self._conversation.shown_id
        if conversation_id:
            self._window.panes.show_sidebar()
            self._library_view.begin_rename(conversation_id)

    def _delete(self) -> None:
        if self._conversation.shown_id:
            self._library.delete([self._conversation.shown_id])

    def _put_away(self, conversation_ids: Sequence[str]) -> None:
        # while the offer to undo stands, one more deletion joins it
        stands = self._toast.isVisible() and self._undo == self._undo_delete
        self._deleted = (*(self._deleted if stands else ()), *conversation_ids)
        self._undo = self._undo_delete
        self._conversation.forget(conversation_ids)
        count = len(self._deleted)
        self._toast.show_toast("Conversation deleted" if count == 1 else f"{counted(count, 'conversation')} deleted")

    def _undo_delete(self) -> None:
        deleted, self._deleted = self._deleted, ()
        self._library.restore(deleted)
        if len(deleted) == 1:
            self._conversation.open(deleted[0])

    def _offer_undo(self, text: str, undo: Callable[[], object]) -> None:
        self._undo = undo
        self._toast.show_toast(text)

    def _confirm(self, question: str, verb: str, go_on: Callable[[], None]) -> None:
        """Ask before more goes than is seen."""
        from PySide6.QtWidgets import QMessageBox  # its buttons are enumerations that a start has no use for

        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(verb)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.addButton(verb, QMessageBox.ButtonRole.AcceptRole).clicked.connect(lambda: go_on())
        box.open()

    def _step(self, by: int) -> None:
        order = self._library.order
        if order:
            shown = self._conversation.shown_id
            at = order.index(shown) + by if shown in order else 0
            self._conversation.open(order[at % len(order)])

    def _search(self) -> None:
        self._window.panes.show_sidebar()
        self._library_view.focus_search()

    def _begin_with(self, text: str) -> None:
        self._conversation.begin_with(text)

    def _copy_last(self) -> None:
        text = self._conversation.last_answer
        if text:
            QGuiApplication.clipboard().setText(text)
            self.tell("Answer copied")

    # ---- the window

    def _open_menu(self, button: QWidget) -> None:
        menu = self._window.actions_table.menu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        corner = button.mapToGlobal(QPoint(button.width(), button.height()))
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def _about(self) -> None:
        from PySide6.QtWidgets import QMessageBox  # its buttons are enumerations that a start has no use for

        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("About Duologue")
        box.setText(f"Duologue {app.__version__}")
        box.setInformativeText("A workbench for Claude models. MIT licence; Qt under the LGPL.")
        box.open()

    def _quit(self) -> None:
        self._window.close()
