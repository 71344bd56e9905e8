"""What a search has found, as the sidebar shows and tells it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from app.domain.library import SearchHit
from tests.ui.library.test_library_view import NOW_MS, Sidebar
from ui.library.hit_rows import HitRow, hit_rows
from ui.theme.theme import Theme

DAY_MS = 24 * 3600 * 1000
HITS = [
    SearchHit("c1", "", "", "Foxes", "", NOW_MS),
    SearchHit("c2", "m2", "one two three four the \x02quick\x03 brown \x02fox\x03", "Animals", "user", NOW_MS),
    SearchHit("c3", "m3", "\x02fox\x03 trot", "", "assistant", NOW_MS - 400 * DAY_MS),
]


@pytest.fixture
def sidebar(qtbot: QtBot, theme: Theme) -> Sidebar:
    made = Sidebar(qtbot, theme)
    made.view.show_hits(hit_rows(HITS, NOW_MS), NOW_MS)
    return made


def told(row: HitRow) -> tuple[str, str]:
    return row.title, row.told


def test_a_hit_tells_where_it_is_who_said_it_and_when() -> None:
    rows = hit_rows(HITS, NOW_MS)

    assert [told(row) for row in rows[1:]] == [
        ("Animals", "You · 24 November"),
        ("New conversation", "Claude · 20 October 2025"),
    ]


def test_the_hit_is_marked_in_its_snippet() -> None:
    row = hit_rows(HITS, NOW_MS)[1]

    assert row.pieces == (("one two three four the ", False), ("quick", True), (" brown ", False), ("fox", True))
    assert row.words == "quick"


@pytest.mark.parametrize("strange", ["", "\x03", "\x02", "a\x02b", "\x02\x02\x03\x03", "fox\x00\ud800"])
def test_any_snippet_is_shown(strange: str) -> None:
    (row,) = hit_rows([SearchHit("c", "m", strange, "t", "user", 10**30)], NOW_MS)

    assert "".join(text for text, _ in row.pieces) == strange.replace("\x02", "").replace("\x03", "", 9) or row.pieces


def test_hits_take_the_place_of_the_list_until_it_is_shown_again(sidebar: Sidebar) -> None:
    assert (sidebar.view.hits.isVisible(), sidebar.view.list.isVisible()) == (True, False)
    sidebar.view.grab()

    sidebar.shows([])
    assert not sidebar.view.hits.isVisible()


def test_keys_and_clicks_open_a_hit(sidebar: Sidebar) -> None:
    spy = QSignalSpy(sidebar.view.hits.hit_requested)
    QTest.keyClick(sidebar.view.search, Qt.Key.Key_Return)
    QTest.keyClick(sidebar.view.search, Qt.Key.Key_Down)
    assert sidebar.view.hits.hasFocus()
    QTest.keyClick(sidebar.view.hits, Qt.Key.Key_Down)
    QTest.keyClick(sidebar.view.hits, Qt.Key.Key_Return)
    place = sidebar.view.hits.visualRect(sidebar.view.hits.model().index(2, 0)).center()
    QTest.mouseClick(sidebar.view.hits.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert [spy.at(at)[0].hit.conversation_id for at in range(spy.count())] == ["c1", "c2", "c3"]


def test_up_from_the_first_hit_goes_back_to_the_field(sidebar: Sidebar) -> None:
    sidebar.view.hits.go_to_first()
    QTest.keyClick(sidebar.view.hits, Qt.Key.Key_Up)

    assert sidebar.view.search.hasFocus()


def test_screen_readers_are_told_all_of_it(sidebar: Sidebar) -> None:
    index = sidebar.view.hits.model().index(2, 0)

    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "New conversation, Claude · 20 October 2025, fox trot"
