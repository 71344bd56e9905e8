"""Backups are made by themselves and by hand, and a person restores one from the window."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, Role
from app.services.identity import new_id
from app.store.store import Store
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.shell.backups import BackupDialog

RUBBISH = b"no database " * 1000


def made(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("backups/duologue-*.db"))


def originals(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.glob("duologue.db.damaged-*")]


async def damaged_library(folder: Path) -> None:
    """A library with a sound backup of two conversations, a damaged one since, and nothing readable in its file."""
    store = (await Store.open(folder)).store
    for title in ("One", "Two"):
        await store.add(Conversation(new_id(), title), Message(new_id(), None, Role.USER, (TextBlock(title),)))
    await store.back_up_now()
    await store.close()
    (folder / "backups" / "duologue-29991231-235959-000.db").write_bytes(RUBBISH)
    (folder / "duologue.db").write_bytes(RUBBISH)


async def chosen(desk: Desk) -> BackupDialog:
    """The dialog with the backups, opened by its command."""
    desk.program._commands.do("restore_backup")
    dialogs: list[BackupDialog] = []

    def is_open() -> bool:
        dialogs[:] = [each for each in desk.window.main.findChildren(BackupDialog) if each.isVisible()]
        return bool(dialogs)

    await until(is_open)
    return dialogs[0]


async def test_a_person_backs_up_and_restores(desk: Desk, tmp_path: Path) -> None:
    desk.say("keep this")
    await desk.until_answered()
    desk.program._commands.do("back_up")
    await until(lambda: "A backup was made" in desk.notices)
    desk.say("and lose this")
    await desk.until_answered()
    desk.write("half a thought")

    dialog = await chosen(desk)
    dialog.list.setCurrentRow(0)
    dialog.restore_button.click()
    await until(lambda: "The backup was restored" in desk.notices)

    assert desk.window.page.composer.text == "half a thought"
    assert len(made(tmp_path)) >= 2
    store = desk.program._store
    assert len(await store.search("lose")) == 0
    (hit,) = [each for each in await store.search("keep") if each.role == "user"]
    desk.window.library.intents.open_requested.emit(hit.conversation_id)
    await until(lambda: "keep this" in desk.transcript)
    assert "lose this" not in desk.transcript


async def test_a_damaged_library_opens_with_the_offer_of_the_newest_backup(
    open_desk: Callable[..., Awaitable[Desk]], tmp_path: Path
) -> None:
    await damaged_library(tmp_path)

    desk = await open_desk()

    await until(lambda: "The database was damaged" in desk.notices)
    assert "0 conversations with 0 messages could be read" in desk.notices
    assert "with 2 conversations in it" in desk.notices
    assert originals(tmp_path) == [RUBBISH]
    desk.click("Restore the backup")
    await until(lambda: "The backup was restored" in desk.notices)
    assert len((await desk.program._store.listing(9)).rows) == 2
    assert len(made(tmp_path)) == 3
    assert originals(tmp_path) == [RUBBISH]


async def test_without_a_backup_the_dialog_says_when_one_is_made(desk: Desk) -> None:
    dialog = await chosen(desk)

    assert not dialog.restore_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await until(lambda: not desk.window.main.findChildren(BackupDialog))


async def test_one_is_made_by_itself_once_there_is_something_to_keep(desk: Desk, tmp_path: Path) -> None:
    await desk.program._tidy()
    assert made(tmp_path) == []
    desk.say("hello")
    await desk.until_answered()
    desk.program._keeping._timer.timeout.emit()

    await until(lambda: len(made(tmp_path)) == 1)


async def test_no_backup_is_put_under_an_answer_that_is_being_made(desk: Desk, tmp_path: Path) -> None:
    desk.program._commands.do("back_up")
    await until(lambda: len(made(tmp_path)) == 1)
    desk.say("Tell me a story in many words")
    await until(lambda: bool(desk.program._conversation.answering))
    desk.program._keeping.backups.restore(made(tmp_path)[0])
    await until(lambda: "cannot be restored while" in desk.notices)
    await desk.until_answered()

    assert len(made(tmp_path)) == 1
