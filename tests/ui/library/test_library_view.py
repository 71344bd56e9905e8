"""What a person does in the sidebar, and what it tells."""

from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ui.library.intents import Intents
from ui.library.model import LibraryModel, LibraryRow
from ui.library.view import EMPTY, NOTHING_FOUND, LibraryView
from ui.theme.theme import Theme

Key = Qt.Key
NOW_MS = 1_795_516_200_000
MINUTE_MS = 60_000
OWN = ("new", "settings", "connection")
INTENTS = tuple(name for name, each in vars(Intents).items() if isinstance(each, Signal))


def row(name: str, minutes_ago: int = 0, **more: Any) -> LibraryRow:
    return LibraryRow(name, f"Title of {name}", NOW_MS - minutes_ago * MINUTE_MS, **more)


ROWS = [row("a", 1), row("b", 2), row("c", 3)]


class Sidebar:
    """The sidebar and a person at it."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.qtbot = qtbot
        self.view = LibraryView(theme)
        qtbot.addWidget(self.view)
        self.view.resize(256, 700)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.spies = {name: QSignalSpy(getattr(self.view, f"{name}_requested")) for name in OWN}
        self.spies |= {name: QSignalSpy(getattr(self.view.intents, name)) for name in INTENTS}
        self.spies |= {name: self.spies[f"{name}_requested"] for name in ("open", "rename", "delete")}
        self.spies["search"] = QSignalSpy(self.view.search_changed)

    def told(self, name: str) -> list[list[object]]:
        spy = self.spies[name]
        return [spy.at(at) for at in range(spy.count())]

    def shows(self, rows: list[LibraryRow]) -> None:
        self.view.show(rows, now_ms=NOW_MS)

    def titles(self) -> list[str]:
        model = self.view.list.model()
        return [model.index(at, 0).data() for at in range(model.rowCount())]

    def index(self, title: str) -> QModelIndex:
        return self.view.list.model().index(self.titles().index(title), 0)

    def clicks(self, title: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        place = self.view.list.visualRect(self.index(title)).center()
        QTest.mouseClick(self.view.list.viewport(), Qt.MouseButton.LeftButton, modifier, place)

    def presses(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.view.list, key, modifier)

    def field(self) -> QLineEdit:
        (found,) = self.view.list.viewport().findChildren(QLineEdit)
        return found

    def is_renaming(self) -> bool:
        return any(field.isVisible() for field in self.view.list.viewport().findChildren(QLineEdit))


@pytest.fixture
def sidebar(qtbot: QtBot, theme: Theme) -> Sidebar:
    made = Sidebar(qtbot, theme)
    made.shows(ROWS)
    return made


def test_the_model_keeps_qts_rules(qapp: object) -> None:
    model = LibraryModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(ROWS, NOW_MS)
    model.show([row("a", 1, state="answering"), *ROWS[1:]], NOW_MS)
    model.show([*ROWS[1:], row("new")], NOW_MS)
    model.show([], NOW_MS)

    assert tester.model() is model


def test_rows_stand_under_their_day(sidebar: Sidebar) -> None:
    assert sidebar.titles() == ["Today", "Title of a", "Title of b", "Title of c"]


def test_a_click_opens_a_conversation(sidebar: Sidebar) -> None:
    sidebar.clicks("Title of b")

    assert sidebar.told("open") == [["b"]]


def test_a_click_on_a_heading_opens_nothing(sidebar: Sidebar) -> None:
    sidebar.clicks("Today")

    assert sidebar.told("open") == []


def test_arrows_and_enter_open_a_conversation(sidebar: Sidebar) -> None:
    sidebar.view.select("a")
    sidebar.presses(Key.Key_Down)
    assert sidebar.told("open") == []

    sidebar.presses(Key.Key_Return)
    assert sidebar.told("open") == [["b"]]


def test_arrows_step_over_headings(sidebar: Sidebar) -> None:
    sidebar.shows([row("a", 1), row("old", 60 * 24 * 60)])
    sidebar.view.select("a")
    sidebar.presses(Key.Key_Down)
    sidebar.presses(Key.Key_Return)

    assert sidebar.told("open") == [["old"]]


def test_setters_tell_nothing(sidebar: Sidebar) -> None:
    sidebar.view.select("b")
    sidebar.shows([row("d"), *ROWS])
    sidebar.view.set_connection("Work", True)
    sidebar.view.select("")

    assert all(spy.count() == 0 for spy in sidebar.spies.values())


def test_the_selection_survives_new_rows(sidebar: Sidebar) -> None:
    sidebar.view.select("b")
    sidebar.shows([row("new"), *ROWS])

    assert sidebar.view.list.selected_ids() == ["b"]
    sidebar.presses(Key.Key_Return)
    assert sidebar.told("open") == [["b"]]


# ---- renaming


def test_f2_renames_in_place(sidebar: Sidebar) -> None:
    sidebar.view.select("b")
    sidebar.presses(Key.Key_F2)
    field = sidebar.field()
    assert field.text() == "Title of b"

    field.setText("  A better\ttitle ")
    sidebar.qtbot.keyClick(field, Key.Key_Return)

    sidebar.qtbot.waitUntil(lambda: sidebar.told("rename") == [["b", "A better title"]])
    assert sidebar.told("open") == []


def test_a_double_click_renames(sidebar: Sidebar) -> None:
    place = sidebar.view.list.visualRect(sidebar.index("Title of a")).center()
    sidebar.clicks("Title of a")
    QTest.mouseDClick(sidebar.view.list.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert sidebar.is_renaming()


def test_escape_keeps_the_title(sidebar: Sidebar) -> None:
    sidebar.view.begin_rename("a")
    field = sidebar.field()
    field.setText("No")
    sidebar.qtbot.keyClick(field, Key.Key_Escape)

    sidebar.qtbot.waitUntil(lambda: not sidebar.is_renaming())
    assert sidebar.told("rename") == []


@pytest.mark.parametrize("typed", ["", "   ", "Title of a"])
def test_no_title_or_the_same_one_renames_nothing(sidebar: Sidebar, typed: str) -> None:
    sidebar.view.begin_rename("a")
    field = sidebar.field()
    field.setText(typed)
    sidebar.qtbot.keyClick(field, Key.Key_Return)

    sidebar.qtbot.waitUntil(lambda: not sidebar.is_renaming())
    assert sidebar.told("rename") == []


def test_tab_ends_a_rename_and_does_not_begin_the_next(sidebar: Sidebar) -> None:
    sidebar.view.begin_rename("a")
    field = sidebar.field()
    field.setText("New")
    sidebar.qtbot.keyClick(field, Key.Key_Tab)

    assert sidebar.told("rename") == [["a", "New"]]
    sidebar.qtbot.waitUntil(lambda: not sidebar.is_renaming())


def test_the_list_stands_still_while_a_title_is_typed(sidebar: Sidebar) -> None:
    sidebar.view.begin_rename("b")
    field = sidebar.field()
    field.setText("half a ti")

    sidebar.shows([row("new"), *ROWS])

    assert field.text() == "half a ti"
    assert "Title of new" not in sidebar.titles()
    sidebar.qtbot.keyClick(field, Key.Key_Return)
    sidebar.qtbot.waitUntil(lambda: "Title of new" in sidebar.titles())
    assert sidebar.told("rename") == [["b", "half a ti"]]


def test_renaming_what_is_not_shown_does_nothing(sidebar: Sidebar) -> None:
    sidebar.view.begin_rename("nobody")

    assert not sidebar.is_renaming()


# ---- deleting


def test_delete_tells_all_that_are_selected(sidebar: Sidebar) -> None:
    sidebar.clicks("Title of a")
    sidebar.clicks("Title of c", Qt.KeyboardModifier.ControlModifier)
    sidebar.presses(Key.Key_Delete)

    assert sidebar.told("delete") == [[["a", "c"]]]
    assert sidebar.told("open") == [["a"]]


def test_delete_with_nothing_selected_tells_nothing(sidebar: Sidebar) -> None:
    sidebar.presses(Key.Key_Delete)

    assert sidebar.told("delete") == []


def test_the_menu_offers_what_fits_the_selection(sidebar: Sidebar) -> None:
    one = sidebar.view.list.menu_for(sidebar.index("Title of b"))
    words = [action.text().split("\t")[0] for action in one.actions() if action.text()]
    assert words == ["Open", "Rename", "Pin", "Mark as unread", "Move to", "Delete"]

    sidebar.clicks("Title of a")
    sidebar.clicks("Title of b", Qt.KeyboardModifier.ShiftModifier)
    many = sidebar.view.list.menu_for(sidebar.index("Title of b"))
    words = [action.text().split("\t")[0] for action in many.actions() if action.text()]
    assert words == ["Pin", "Mark as unread", "Move to", "Delete 2 conversations"]
    many.actions()[-1].trigger()
    assert sidebar.told("delete") == [[["a", "b"]]]


# ---- searching


def test_typing_in_the_search_field_is_told(sidebar: Sidebar) -> None:
    sidebar.qtbot.keyClicks(sidebar.view.search, "bo")

    assert sidebar.told("search") == [["b"], ["bo"]]


def test_down_goes_to_the_list_and_up_comes_back(sidebar: Sidebar) -> None:
    sidebar.view.focus_search()
    sidebar.qtbot.keyClick(sidebar.view.search, Key.Key_Down)
    assert sidebar.view.list.hasFocus()
    assert sidebar.view.list.selected_ids() == ["a"]

    sidebar.presses(Key.Key_Up)
    assert sidebar.view.search.hasFocus()


def test_enter_in_the_search_field_opens_the_first(sidebar: Sidebar) -> None:
    sidebar.qtbot.keyClick(sidebar.view.search, Key.Key_Return)

    assert sidebar.told("open") == [["a"]]


def test_escape_ends_the_search(sidebar: Sidebar) -> None:
    sidebar.qtbot.keyClicks(sidebar.view.search, "b")
    sidebar.qtbot.keyClick(sidebar.view.search, Key.Key_Escape)

    assert sidebar.told("search")[-1] == [""]
    assert sidebar.view.search.text() == ""


def test_the_cross_ends_the_search(sidebar: Sidebar) -> None:
    sidebar.qtbot.keyClicks(sidebar.view.search, "b")
    (cross,) = [each for each in sidebar.view.search.actions() if each.toolTip() == "Clear the search"]
    cross.trigger()

    assert sidebar.told("search")[-1] == [""]


# ---- empty, long, many


def test_an_empty_library_says_what_it_is_for(sidebar: Sidebar) -> None:
    sidebar.shows([])
    assert sidebar.view.empty.isVisible()
    assert sidebar.view.empty.text() == EMPTY

    sidebar.qtbot.keyClicks(sidebar.view.search, "zzz")
    sidebar.view.show_hits([], NOW_MS)
    assert sidebar.view.empty.text() == NOTHING_FOUND

    sidebar.shows(ROWS)
    assert not sidebar.view.empty.isVisible()


def test_titles_of_every_kind_are_drawn(sidebar: Sidebar) -> None:
    titles = ["", "x" * 1_000_000, "مرحبا بالعالم", "שלום", "two\nlines\x00", "🌦️", "\u202eevil"]
    sidebar.shows([LibraryRow(str(at), title, NOW_MS - at, "failed") for at, title in enumerate(titles)])

    assert not sidebar.view.list.grab().isNull()
    assert sidebar.titles()[1] == "New conversation"
    assert sidebar.titles()[5] == "two lines\x00"


def test_ten_thousand_rows_are_drawn_only_where_they_are_seen(sidebar: Sidebar) -> None:
    sidebar.shows([row(str(at), at) for at in range(10_000)])
    sidebar.view.select("9999")

    assert sidebar.view.list.verticalScrollBar().value() > 100_000
    assert sidebar.view.list.selected_ids() == ["9999"]


def test_a_selection_with_gaps_survives_new_rows(sidebar: Sidebar) -> None:
    rows = [row(str(at), at + 1) for at in range(8)]
    sidebar.shows(rows)
    for at, modifier in ((0, "NoModifier"), (1, "ControlModifier"), (4, "ControlModifier"), (7, "ControlModifier")):
        sidebar.clicks(f"Title of {at}", Qt.KeyboardModifier[modifier])

    sidebar.shows([row("new"), *rows[:4], *rows[5:]])

    assert sidebar.view.list.selected_ids() == ["0", "1", "7"]


def test_a_state_is_said_and_not_only_painted(sidebar: Sidebar) -> None:
    sidebar.shows([row("a", 1, state="answering"), row("b", 2, state="failed"), row("c", 3)])

    said = [sidebar.index(f"Title of {name}").data(Qt.ItemDataRole.AccessibleTextRole) for name in "abc"]
    assert said == ["Title of a, Answering", "Title of b, The last answer failed", "Title of c"]


# ---- the rest of the sidebar


def test_the_buttons_tell_what_they_are_for(sidebar: Sidebar) -> None:
    sidebar.view.new_button.click()
    sidebar.view.settings_button.click()
    sidebar.view.connection_button.click()

    assert [sidebar.spies[name].count() for name in ("new", "settings", "connection")] == [1, 1, 1]


def test_the_connection_is_said_in_words(sidebar: Sidebar) -> None:
    sidebar.view.set_connection("Work", True)
    assert sidebar.view.connection_button.accessibleName() == "Connection: Work, ready"

    sidebar.view.set_connection("Work", False)
    assert sidebar.view.connection_button.accessibleName() == "Connection: Work, not ready"


def test_every_control_has_a_name(sidebar: Sidebar) -> None:
    view = sidebar.view
    for control in (view.new_button, view.search, view.list, view.connection_button, view.settings_button):
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_sidebar_is_drawn_in_both_themes(sidebar: Sidebar, theme: Theme) -> None:
    light = sidebar.view.grab().toImage()
    theme.set_mode("dark")
    dark = sidebar.view.grab().toImage()

    assert light.pixelColor(3, 300).lightness() > 200
    assert dark.pixelColor(3, 300).lightness() < 60
