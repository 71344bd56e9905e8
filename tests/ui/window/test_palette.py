"""Ctrl+K, in the whole window: a few letters and Enter go anywhere."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, Role
from app.services.identity import new_id
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.shell.palette import Palette


def opened(desk: Desk) -> Palette:
    """The palette, as Ctrl+K shows it."""
    desk.program._commands.do("palette")
    (palette,) = desk.window.main.findChildren(Palette)
    assert palette.isVisible()
    return palette


async def stored(desk: Desk, title: str, text: str) -> None:
    message = Message(new_id(), None, Role.USER, (TextBlock(text),))
    await desk.program._store.add(Conversation(new_id(), title), message)


def kinds(palette: Palette) -> list[str]:
    return [entry.kind for entry in palette.entries]


async def test_it_goes_to_a_conversation_by_a_few_letters(desk: Desk) -> None:
    await stored(desk, "Weather in Lisbon", "Will it rain?")
    desk.program._rows.refresh()
    await until(lambda: bool(desk.program._rows.recent))
    palette = opened(desk)
    QTest.keyClicks(palette.field, "wealis")
    await until(lambda: bool(palette.entries) and palette.entries[0].text == "Weather in Lisbon")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    await until(lambda: "Will it rain?" in desk.transcript)
    assert not palette.isVisible()


async def test_it_goes_to_a_message(desk: Desk) -> None:
    await stored(desk, "Animals", "The walrus sleeps")
    palette = opened(desk)
    QTest.keyClicks(palette.field, "walrus")
    await until(lambda: "Message" in kinds(palette))
    for _ in range(kinds(palette).index("Message")):
        QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    await until(lambda: desk.window.page.transcript.selected_text() == "walrus")


async def test_what_is_too_long_ends_in_dots_within_the_list(desk: Desk) -> None:
    await stored(desk, "A title that is quite long " * 6, "The walrus sleeps " * 20)
    palette = opened(desk)
    QTest.keyClicks(palette.field, "walrus")
    await until(lambda: "Message" in kinds(palette))
    rows = [palette.list.itemWidget(palette.list.item(at)) for at in range(palette.list.count())]
    await until(lambda: all(row.width() > 0 for row in rows))
    assert max(row.geometry().right() for row in rows) <= palette.list.viewport().width()


async def test_it_says_that_nothing_was_found(desk: Desk) -> None:
    palette = opened(desk)
    QTest.keyClicks(palette.field, "qqqzzz")
    await until(palette.nothing.isVisible)
    palette.field.clear()
    await until(lambda: bool(palette.entries))
    assert not palette.nothing.isVisible()


async def test_it_gives_a_command(desk: Desk) -> None:
    before = desk.window.main.panes.wishes.sidebar_open
    palette = opened(desk)
    QTest.keyClicks(palette.field, "sidebar")
    await until(lambda: bool(palette.entries) and palette.entries[0].text == "Sidebar")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    assert desk.window.main.panes.wishes.sidebar_open != before


async def test_it_picks_a_model(desk: Desk) -> None:
    palette = opened(desk)
    QTest.keyClicks(palette.field, "haiku")
    await until(lambda: bool(palette.entries) and palette.entries[0].kind == "Model")
    picked = palette.entries[0].detail
    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    assert desk.program._conversation.shown_setup.model == picked


async def test_escape_takes_it_away_and_gives_the_focus_back(desk: Desk) -> None:
    desk.write("half a thought")
    palette = opened(desk)
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)

    assert not palette.isVisible()
    desk.write(" goes on")
    assert desk.window.page.composer.text == "half a thought goes on"
    await until(lambda: not desk.program._conversation._draft_timer.isActive())
