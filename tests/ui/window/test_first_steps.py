"""What a person meets in the first minutes: nothing changes by itself, nothing is lost, and how it ended is said."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QScrollArea

from app.settings.file import read_settings
from app.simulator.journal import Entry
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.shell.dialogs import ConnectionDialog
from ui.theme import metrics
from ui.widgets.error_text import ErrorText
from ui.widgets.fields import NumberField

Opening = Callable[..., Awaitable[Desk]]


def asked(simulator: LocalSimulator) -> list[Entry]:
    return [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages"]


async def test_the_list_of_models_changes_no_ones_model(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("Hello")
    await desk.until_answered()
    await until(lambda: any(each.path == "/v1/models" for each in simulator.simulator.journal.entries))
    limit = next(each for each in desk.window.setup.findChildren(NumberField) if each.accessibleName() == "Max tokens")
    limit.setFocus()
    limit.setText("500")
    limit.textEdited.emit("500")
    desk.say("And again")
    await desk.until_answered()
    first, second = asked(simulator)
    assert second.body["max_tokens"] == 500
    assert second.body["model"] == first.body["model"]
    assert desk.program._conversation._session.conversation.setup.model == ""


async def test_esc_right_after_enter_stops_the_answer(desk: Desk) -> None:
    for _ in range(10):
        desk.say("Story [[sim: long rate=200]]")
        desk.press(Qt.Key.Key_Escape)
        await desk.until_answered()
        leaf = desk.program._conversation._session.conversation.path[-1]
        assert leaf.state == "stopped"


async def test_a_connection_leaves_the_focus_in_the_composer(desk: Desk) -> None:
    desk.window.page.header.setFocus()
    desk.program._connections.use("Personal", keep=False)
    assert QApplication.focusWidget() is desk.window.page.composer.editor


async def test_the_simulator_chosen_in_the_setup_is_the_connection(open_desk: Opening, tmp_path: Path) -> None:
    desk = await open_desk()
    desk.say("Hello")
    await until(lambda: "There is no API key" in desk.seen)
    field = next(each for each in desk.window.setup.findChildren(QComboBox) if each.accessibleName() == "Connection")
    field.setFocus()
    QTest.keyClicks(field, "Simulator")
    assert QApplication.focusWidget() is field
    assert desk.window.library.connection_button.accessibleName() == "Connection: Simulator, ready"
    desk.press(Qt.Key.Key_Return)
    await until(lambda: "not Claude" in desk.transcript)
    await desk.close()
    assert read_settings(tmp_path).settings.default_profile == "Simulator"


@pytest.mark.parametrize("name", ["find", "focus_composer", "new_conversation"])
async def test_no_floating_pane_stays_before_what_was_asked_for(desk: Desk, name: str) -> None:
    desk.window.main.resize(720, 480)
    await until(lambda: not desk.window.setup.isVisible())
    desk.window.main.actions_table.triggered.emit("toggle_inspector")
    await until(desk.window.setup.isVisible)
    desk.window.main.actions_table.triggered.emit(name)
    assert not desk.window.setup.isVisible()


async def test_a_small_screen_shows_every_choice_of_the_connection(open_desk: Opening) -> None:
    desk = await open_desk()
    desk.window.main.actions_table.triggered.emit("connection")
    dialog = desk.window.main.findChild(ConnectionDialog)
    assert dialog is not None
    again = next(each for each in dialog.findChildren(QPushButton) if each.text() == "Look for the keyring again")
    await until(again.isVisible)
    dialog.form.show_address("https://gateway.example", is_usual=False)
    dialog.form.show_refusal(ErrorText("Nothing listens there.", "", "Start the service there.", "Status: none"))
    dialog.resize(480, 400)
    scrolled = dialog.findChild(QScrollArea)
    assert scrolled is not None
    again.setFocus()
    body = scrolled.widget()
    assert body is not None
    await until(lambda: body.height() > scrolled.viewport().height())
    scrolled.ensureWidgetVisible(again)
    await until(lambda: again.visibleRegion().boundingRect().height() >= again.sizeHint().height())
    dialog.reject()
    await until(lambda: not desk.window.main.findChildren(ConnectionDialog))


@pytest.mark.parametrize(
    ("fault", "words"),
    [("refusal after=6", "declined to go on"), ("max_tokens after=6", "limit of max tokens"), ("pause_turn", "paused")],
)
async def test_an_answer_that_ended_early_says_so(desk: Desk, fault: str, words: str) -> None:
    desk.say(f"Story [[sim: {fault}]]")
    await desk.until_answered()
    await until(lambda: words in desk.seen)


async def test_what_is_open_is_remembered_at_once(desk: Desk, tmp_path: Path) -> None:
    desk.say("One")
    await desk.until_answered()
    shown = desk.program._conversation.shown_id
    await until(lambda: read_settings(tmp_path).settings.window.get("conversation") == shown)
    desk.program._conversation.new()
    await until(lambda: read_settings(tmp_path).settings.window.get("conversation") == "")


async def test_two_deletions_are_undone_together(desk: Desk) -> None:
    ids = []
    for text in ("One", "Two"):
        desk.program._conversation.new()
        await until(lambda: desk.program._conversation.shown_id == "")
        desk.say(text)
        await desk.until_answered()
        ids.append(desk.program._conversation.shown_id)
    for id_ in ids:
        desk.program._rows.delete([id_])
        await until(lambda id_=id_: id_ in desk.program._commands._deleted)  # type: ignore[misc]
    desk.program._commands._toast.undone.emit()
    await until(lambda: set(desk.program._rows.order) >= set(ids))


async def test_f2_renames_what_the_keyboard_is_at_else_what_is_shown(desk: Desk) -> None:
    for text in ("One", "Two"):
        desk.program._conversation.new()
        await until(lambda: desk.program._conversation.shown_id == "")
        desk.say(text)
        await desk.until_answered()
    rows = desk.window.library.list
    await until(lambda: len(desk.program._rows.order) == 2)
    QTest.keyClick(desk.window.page.composer.editor, Qt.Key.Key_F2)
    editor = rows.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "Two"
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    rows.setFocus()
    rows.show_open(desk.program._rows.order[1])
    QTest.keyClick(rows, Qt.Key.Key_F2)
    assert [each.text() for each in rows.findChildren(QLineEdit) if each.isVisible()] == ["One"]


async def test_a_toast_hides_neither_the_head_nor_the_composer(desk: Desk) -> None:
    desk.window.main.resize(*metrics.MINIMUM_SIZE)
    desk.write("line\n" * 40)
    toast = desk.program._commands._toast
    toast.show_toast("Conversation deleted")
    page = desk.window.page
    covered = QRect(toast.mapTo(page, QPoint()), toast.size())
    for part in (page.header, page.composer):
        assert not covered.intersects(QRect(part.mapTo(page, QPoint()), part.size()))


@pytest.mark.parametrize("written", [{"version": 99, "theme": "dark"}, {"version": 1, "theme": "purple"}])
def test_settings_that_are_not_ours_are_kept(tmp_path: Path, written: dict[str, object]) -> None:
    (tmp_path / "settings.json").write_text(json.dumps(written))
    read = read_settings(tmp_path)
    assert read.trouble is not None
    assert json.loads(Path(read.trouble.kept_at).read_text()) == written
