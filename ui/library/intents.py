"""What a person can want of the library, as signals of one object that list, menus and sidebar share."""

from PySide6.QtCore import QObject, Signal


class Intents(QObject):
    """
    Signals:
        open_requested: arg: a conversation's id.
        rename_requested: args: id, the new title, never empty.
        delete_requested: arg: list of ids.
        pin_requested: args: list of ids, whether they are to stand at the top.
        unread_requested: args: list of ids, whether they are to be marked.
        file_requested: args: list of ids, a folder's id; empty: out of their folders.
        folder_requested: make a folder; arg: list of ids of what is to lie in it.
        folder_toggled: open or close a folder; arg: its id.
        folder_renamed: args: its id, its new name, never empty.
        folder_removed: arg: its id.
        begin_requested: a new conversation in a folder; arg: its id.
        default_requested: begin with the shown conversation's setup in this folder from now on; arg: its id.
        default_dropped: begin with the program's default in this folder again; arg: its id.
        more_wanted: show more of the conversations; arg: whether all.
    """

    open_requested = Signal(str)
    rename_requested = Signal(str, str)
    delete_requested = Signal(list)
    pin_requested = Signal(list, bool)
    unread_requested = Signal(list, bool)
    file_requested = Signal(list, str)
    folder_requested = Signal(list)
    folder_toggled = Signal(str)
    folder_renamed = Signal(str, str)
    folder_removed = Signal(str)
    begin_requested = Signal(str)
    default_requested = Signal(str)
    default_dropped = Signal(str)
    more_wanted = Signal(bool)
