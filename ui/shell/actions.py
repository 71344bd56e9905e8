"""Every command of the window as one row: menus, shortcuts and tooltips are made from this."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.immutable import immutable


@immutable
class Command:
    name: str
    text: str
    keys: tuple[str, ...] = ()
    """Qt's portable names; on macOS Qt reads Ctrl as ⌘. The first is the one that is shown."""
    group: str = ""
    """Commands of one group stand together in the menu; empty: not in the menu."""


COMMANDS = (
    Command("new_conversation", "New conversation", ("Ctrl+N",), "conversation"),
    Command("rename_conversation", "Rename conversation", ("F2", "Shift+F2"), "conversation"),
    Command("delete_conversation", "Delete conversation", ("Ctrl+Shift+Backspace",), "conversation"),
    Command("stop", "Stop the answer", ("Ctrl+.",), "answer"),
    Command("add_message", "Add what is typed, without asking", ("Alt+Return", "Alt+Enter"), "answer"),
    Command("add_answer", "Add what is typed as an answer", ("Alt+Shift+Return", "Alt+Shift+Enter")),
    Command("retry", "Retry the last answer", ("Ctrl+R",), "answer"),
    Command("copy_last", "Copy the last answer", ("Ctrl+Shift+C",), "answer"),
    Command("copy_request", "Copy request as…", (), "answer"),
    Command("compare_answers", "Compare answers…", (), "answer"),
    Command("focus_composer", "Go to the composer", ("Ctrl+L", "Shift+Esc"), "view"),
    Command("attach", "Attach files…", ("Ctrl+Shift+F",), "view"),
    Command("find", "Find in this conversation", ("Ctrl+F",), "view"),
    Command("find_next", "Next hit", ("F3",)),
    Command("find_previous", "Previous hit", ("Shift+F3",)),
    Command("previous_message", "Previous message", ("Ctrl+Up",)),
    Command("next_message", "Next message", ("Ctrl+Down",)),
    Command("palette", "Go to anything", ("Ctrl+K",), "view"),
    Command("search", "Search conversations", ("Ctrl+Shift+K",), "view"),
    Command("choose_model", "Choose the model", ("Ctrl+M",), "view"),
    Command("toggle_sidebar", "Sidebar", ("Ctrl+B", "Ctrl+["), "view"),
    Command("toggle_inspector", "Inspector", ("Ctrl+]",), "view"),
    Command("wire", "What goes over the wire", ("Ctrl+Shift+Y",), "view"),
    Command("cache", "Cache of the next request", ("Ctrl+Shift+M",), "view"),
    Command("usage", "What answers have cost", (), "view"),
    Command("tool_lab", "Tool lab", ("Ctrl+T",), "view"),
    Command("zoom_in", "Larger text", ("Ctrl++", "Ctrl+="), "zoom"),
    Command("zoom_out", "Smaller text", ("Ctrl+-",), "zoom"),
    Command("zoom_reset", "Normal text size", ("Ctrl+0",), "zoom"),
    Command("theme_light", "Light colours"),
    Command("theme_dark", "Dark colours"),
    Command("theme_system", "Light or dark as the system"),
    Command("next_conversation", "Next conversation", ("Ctrl+Tab",)),
    Command("previous_conversation", "Previous conversation", ("Ctrl+Shift+Tab",)),
    Command("settings", "Settings", ("Ctrl+,",), "program"),
    Command("connection", "Connection and key", (), "program"),
    Command("gateway", "Gateway for other programs…", (), "program"),
    Command("export_conversation", "Export conversation…", (), "data"),
    Command("export_all", "Export everything…", (), "data"),
    Command("import", "Import…", (), "data"),
    Command("back_up", "Back up now", (), "data"),
    Command("restore_backup", "Restore a backup…", (), "data"),
    Command("open_data_folder", "Open data folder", (), "data"),
    Command("about", "About Duologue", (), "program"),
    Command("quit", "Quit", ("Ctrl+Q", "Ctrl+W"), "program"),
)


class Actions(QObject):
    """The commands as QActions on one window.

    Signals:
        triggered: the person gave a command; arg: its name.
    """

    triggered = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(command.text, window)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.triggered.connect(partial(self._emit, command.name))
            window.addAction(action)
            self._actions[command.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def menu(self, parent: QWidget) -> QMenu:
        """A menu with every command that has a group, a line between groups."""
        menu = QMenu(parent)
        group = COMMANDS[0].group
        for command in COMMANDS:
            if not command.group:
                continue
            if command.group != group:
                menu.addSeparator()
                group = command.group
            menu.addAction(self._actions[command.name])
        return menu

    def _emit(self, name: str, _checked: bool = False) -> None:
        self.triggered.emit(name)
