"""Pins, folders, unread marks and long libraries in the sidebar, and what it tells of them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.ui.library.test_library_view import NOW_MS, Sidebar, row
from ui.library.groups import FolderRow
from ui.library.model import LibraryModel
from ui.theme.theme import Theme

Key = Qt.Key
WORK = FolderRow("w", "Work", 2, is_open=True, has_setup=True)
HOME = FolderRow("h", "Home & garden", 1)
ROWS = [
    row("p", 1, pinned=True),
    row("x", 2, folder="w"),
    row("y", 3, folder="w"),
    row("a", 4, unread=True),
    row("b", 5),
]


@pytest.fixture
def sidebar(qtbot: QtBot, theme: Theme) -> Sidebar:
    made = Sidebar(qtbot, theme)
    made.view.show(ROWS, now_ms=NOW_MS, folders=[HOME, WORK])
    return made


def action(menu: QMenu, *words: str) -> QAction:
    """The entry of a menu, by way of its submenus."""
    (found,) = [each for each in menu.actions() if each.text().split("\t")[0] == words[0]]
    inner = found.menu()
    return action(inner, *words[1:]) if isinstance(inner, QMenu) else found


def test_pins_stand_first_then_folders_then_days(sidebar: Sidebar) -> None:
    titles = [each.removeprefix("Title of ") for each in sidebar.titles()]

    assert titles == ["Pinned", "p", "Folders", "Home & garden", "Work", "x", "y", "Today", "a", "b"]


def test_what_lies_in_a_folder_that_is_gone_stands_under_its_day(sidebar: Sidebar) -> None:
    sidebar.view.show(ROWS, now_ms=NOW_MS, folders=[HOME])

    assert sidebar.titles()[-5:] == ["Today", *(f"Title of {each}" for each in "xyab")]


def test_a_click_or_enter_opens_a_folder(sidebar: Sidebar) -> None:
    sidebar.clicks("Work")
    sidebar.presses(Key.Key_Return)

    assert sidebar.told("folder_toggled") == [["w"], ["w"]]
    assert sidebar.told("open") == []


def test_a_folder_is_renamed_in_place(sidebar: Sidebar) -> None:
    sidebar.clicks("Work")
    sidebar.presses(Key.Key_F2)
    QTest.keyClick(sidebar.field(), Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(sidebar.field(), "  Tasks ")
    QTest.keyClick(sidebar.field(), Key.Key_Return)

    sidebar.qtbot.waitUntil(lambda: sidebar.told("folder_renamed") == [["w", "Tasks"]])


def test_a_new_folder_waits_for_its_name(sidebar: Sidebar) -> None:
    sidebar.view.list.rename_when_shown("n")
    sidebar.view.show(ROWS, now_ms=NOW_MS, folders=[HOME, FolderRow("n", "New folder"), WORK])

    assert sidebar.is_renaming()


def test_delete_on_a_folder_removes_only_the_folder(sidebar: Sidebar) -> None:
    sidebar.clicks("Work")
    sidebar.presses(Key.Key_Delete)

    assert (sidebar.told("folder_removed"), sidebar.told("delete")) == ([["w"]], [])


def test_conversations_are_pinned_marked_and_moved_by_the_menu(sidebar: Sidebar) -> None:
    sidebar.clicks("Title of a")
    sidebar.clicks("Title of x", Qt.KeyboardModifier.ControlModifier)
    menu = sidebar.view.list.menu_for(sidebar.index("Title of a"))
    for words in (["Pin"], ["Mark as unread"], ["Move to", "Home && garden"], ["Move to", "No folder"]):
        action(menu, *words).trigger()
    action(menu, "Move to", "New folder").trigger()

    both = ["x", "a"]
    assert sidebar.told("pin_requested") == [[both, True]]
    assert sidebar.told("unread_requested") == [[both, True]]
    assert sidebar.told("file_requested") == [[both, "h"], [both, ""]]
    assert sidebar.told("folder_requested") == [[both]]


def test_the_menu_offers_the_way_back(sidebar: Sidebar) -> None:
    sidebar.clicks("Title of p")
    action(sidebar.view.list.menu_for(sidebar.index("Title of p")), "Unpin").trigger()
    sidebar.clicks("Title of a")
    action(sidebar.view.list.menu_for(sidebar.index("Title of a")), "Mark as read").trigger()

    assert sidebar.told("pin_requested") == [[["p"], False]]
    assert sidebar.told("unread_requested") == [[["a"], False]]


def test_a_folder_gives_new_conversations_their_setup(sidebar: Sidebar) -> None:
    menu = sidebar.view.list.menu_for(sidebar.index("Work"))
    for words in ("New conversation here", "Begin with the setup that is shown", "Begin with the usual setup"):
        action(menu, words).trigger()

    assert sidebar.told("begin_requested") == [["w"]]
    assert sidebar.told("default_requested") == [["w"]]
    assert sidebar.told("default_dropped") == [["w"]]
    unset = sidebar.view.list.menu_for(sidebar.index("Home & garden"))
    assert all("usual" not in each.text() for each in unset.actions())


def test_marks_are_said_and_not_only_painted(sidebar: Sidebar) -> None:
    def said(title: str) -> object:
        return sidebar.index(title).data(Qt.ItemDataRole.AccessibleTextRole)

    assert said("Title of a") == "Title of a, Unread"
    assert said("Title of p") == "Title of p, Pinned"
    assert said("Work") == "Folder Work, 2 conversations, open"


def test_more_are_asked_for_at_the_end_and_what_is_seen_does_not_move(sidebar: Sidebar) -> None:
    many = [row(f"{number:04}", number) for number in range(600)]
    sidebar.view.show(many[:300], now_ms=NOW_MS, has_more=True)
    assert sidebar.told("more_wanted") == []
    bar = sidebar.view.list.verticalScrollBar()
    sidebar.view.list.scrollToBottom()
    sidebar.qtbot.waitUntil(lambda: sidebar.told("more_wanted") == [[False]])
    place = bar.value()

    sidebar.view.show(many, now_ms=NOW_MS)

    assert bar.value() == place
    assert sidebar.titles()[-1] == "Title of 0599"


def test_select_all_means_all_and_not_only_those_on_screen(sidebar: Sidebar) -> None:
    many = [row(f"{number:04}", number) for number in range(600)]
    sidebar.view.show(many[:300], now_ms=NOW_MS, has_more=True)
    sidebar.view.list.setFocus()
    QTest.keySequence(sidebar.view.list, QKeySequence(QKeySequence.StandardKey.SelectAll))
    assert sidebar.told("more_wanted") == [[True]]

    sidebar.view.show(many, now_ms=NOW_MS)
    sidebar.presses(Key.Key_Delete)

    assert sidebar.told("delete") == [[[each.id for each in many]]]


def test_the_model_keeps_qts_rules(qapp: object) -> None:
    model = LibraryModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(ROWS, NOW_MS, [HOME, WORK], has_more=True)
    model.show([*ROWS, row("c", 6)], NOW_MS, [HOME, WORK])
    model.show(ROWS, NOW_MS, [WORK])

    assert tester.model() is model
