"""The menus of the library's list: what can be done with conversations and with a folder."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from ui.library.groups import FolderRow, LibraryRow
from ui.library.intents import Intents


def menu_of_rows(
    parent: QWidget,
    intents: Intents,
    rows: Sequence[LibraryRow],
    folders: Sequence[FolderRow],
    rename: Callable[[str], None],
) -> QMenu:
    """What can be done with these conversations, one or several.

    Args:
        rename: begins to rename the one of this id in place.
    """
    menu = _menu(parent, "Conversation")
    ids = [row.id for row in rows]
    if len(rows) == 1:
        menu.addAction("Open", partial(intents.open_requested.emit, ids[0]))
        menu.addAction("Rename\tF2", partial(rename, ids[0]))
        menu.addSeparator()
    pinned = all(row.pinned for row in rows)
    unread = all(row.unread for row in rows)
    menu.addAction("Unpin" if pinned else "Pin", partial(intents.pin_requested.emit, ids, not pinned))
    menu.addAction(
        "Mark as read" if unread else "Mark as unread", partial(intents.unread_requested.emit, ids, not unread)
    )
    places = menu.addMenu("Move to")
    for folder in folders:
        places.addAction(
            " ".join(folder.name.split()).replace("&", "&&"), partial(intents.file_requested.emit, ids, folder.id)
        )
    if folders:
        places.addSeparator()
    if any(row.folder for row in rows):
        places.addAction("No folder", partial(intents.file_requested.emit, ids, ""))
    places.addAction("New folder", partial(intents.folder_requested.emit, ids))
    menu.addSeparator()
    words = "Delete\tDel" if len(ids) == 1 else f"Delete {len(ids)} conversations\tDel"
    menu.addAction(words, partial(intents.delete_requested.emit, ids))
    return menu


def menu_of_folder(parent: QWidget, intents: Intents, folder: FolderRow, rename: Callable[[str], None]) -> QMenu:
    """What can be done with a folder."""
    menu = _menu(parent, "Folder")
    menu.addAction("New conversation here", partial(intents.begin_requested.emit, folder.id))
    menu.addAction("Rename\tF2", partial(rename, folder.id))
    menu.addSeparator()
    menu.addAction("Begin with the setup that is shown", partial(intents.default_requested.emit, folder.id))
    if folder.has_setup:
        menu.addAction("Begin with the usual setup", partial(intents.default_dropped.emit, folder.id))
    menu.addSeparator()
    menu.addAction("Remove the folder, keep what is in it\tDel", partial(intents.folder_removed.emit, folder.id))
    return menu


def _menu(parent: QWidget, name: str) -> QMenu:
    menu = QMenu(parent)
    menu.setAccessibleName(name)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
