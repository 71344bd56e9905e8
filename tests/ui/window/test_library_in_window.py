"""Conversations are pinned, filed, found, marked and brought back, in the whole window."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLineEdit

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.domain.library import ConversationRow, Folder
from app.services.identity import new_id
from app.settings.declared import Settings
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.library.model import LibraryModel

Opening = Callable[..., Awaitable[Desk]]


def titles(desk: Desk) -> list[str]:
    model = desk.window.library.list.model()
    return [model.index(at, 0).data() for at in range(model.rowCount())]


async def folder_made(desk: Desk, conversation_ids: list[str]) -> Folder:
    """A new folder with these conversations in it, under the name that it is made with."""
    desk.window.library.intents.folder_requested.emit(conversation_ids)
    listed = desk.window.library.list
    await until(lambda: listed.state() == QAbstractItemView.State.EditingState)
    (field,) = listed.viewport().findChildren(QLineEdit)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    (folder,) = (await desk.program._store.listing(9)).folders
    return folder


async def row_of(desk: Desk, title: str) -> ConversationRow:
    (found,) = [each for each in await desk.program._store.conversations() if each.title == title]
    return found


async def branched(desk: Desk) -> Conversation:
    """A stored conversation with two answers; the later one is on the path."""
    store = desk.program._store
    prompt = Message(new_id(), None, Role.USER, (TextBlock("Which animal?"),))
    conversation = Conversation(new_id(), "Animals")
    await store.add(conversation, prompt)
    for text in ("The **zebra** runs.\n\n" + "filler\n\n" * 200 + "A walrus sleeps.", "A cat."):
        await store.put_leaf(conversation.id, Message(new_id(), prompt.id, Role.ASSISTANT, (TextBlock(text),)))
    return await store.load(conversation.id)


async def test_a_search_opens_at_the_hit_also_on_another_branch(desk: Desk) -> None:
    await branched(desk)
    QTest.keyClicks(desk.window.library.search, "walr")
    await until(lambda: desk.window.library.hits.isVisible() and desk.window.library.hits.model().rowCount() == 1)
    QTest.keyClick(desk.window.library.search, Qt.Key.Key_Return)

    await until(lambda: desk.window.page.transcript.selected_text() == "walrus")
    assert "A walrus sleeps." in desk.seen
    assert "A cat." not in desk.transcript


async def test_an_answer_that_ends_elsewhere_is_marked_until_it_is_read(desk: Desk) -> None:
    desk.say("Tell me a story in many words")
    await until(lambda: bool(desk.program._conversation.answering))
    (id_,) = desk.program._conversation.answering
    desk.program._conversation.new()
    await desk.until_answered()
    store = desk.program._store
    await until(lambda: "Unread" in said(desk))
    assert (await store.listing(9)).loose[0].unread

    desk.window.library.intents.open_requested.emit(id_)
    await until(lambda: "Unread" not in said(desk))


def said(desk: Desk) -> str:
    model = desk.window.library.list.model()
    rows = (model.index(at, 0).data(Qt.ItemDataRole.AccessibleTextRole) for at in range(model.rowCount()))
    return " | ".join(map(str, rows))


async def test_pins_and_folders_are_there_after_a_restart_and_open_as_they_were(open_desk: Opening) -> None:
    desk = await open_desk(Settings(default_profile="Simulator"))
    first = await branched(desk)
    intents = desk.window.library.intents
    await folder_made(desk, [first.id])
    intents.pin_requested.emit([first.id], True)
    await until(lambda: titles(desk)[:2] == ["Pinned", "Animals"])
    await desk.close()

    desk = await open_desk(desk.program._keeper.value)
    await until(lambda: titles(desk) == ["Pinned", "Animals", "Folders", "New folder"])
    model = desk.window.library.list.model()
    assert isinstance(model, LibraryModel)
    assert [each.is_open for each in model.folders] == [True]


async def test_a_conversation_that_is_begun_in_a_folder_lies_there_with_its_setup(desk: Desk) -> None:
    presenter, intents = desk.program._conversation, desk.window.library.intents
    folder = await folder_made(desk, [])
    presenter._pick_model("claude-haiku-4-5-20251001")
    intents.default_requested.emit(folder.id)
    presenter._pick_model("")
    model = desk.window.library.list.model()
    assert isinstance(model, LibraryModel)
    await until(lambda: any(each.has_setup for each in model.folders))
    intents.begin_requested.emit(folder.id)
    await until(lambda: presenter.shown_setup.model == "claude-haiku-4-5-20251001")
    desk.say("hello")
    await desk.until_answered()

    row = await row_of(desk, "hello")
    assert row.folder == folder.id
    assert (await desk.program._store.load(row.id)).setup.model == "claude-haiku-4-5-20251001"
    presenter.new()
    await until(lambda: presenter.shown_setup.model == "")


async def test_a_folder_comes_back_by_undo_with_what_lay_in_it(desk: Desk) -> None:
    made = await branched(desk)
    intents = desk.window.library.intents
    folder = await folder_made(desk, [made.id])
    intents.folder_removed.emit(folder.id)
    await until(lambda: "New folder" not in titles(desk))
    assert "Animals" in titles(desk)

    desk.click("Undo")
    await until(lambda: titles(desk)[:3] == ["Folders", "New folder", "Animals"])


async def test_five_hundred_are_deleted_as_one_step_and_come_back(desk: Desk) -> None:
    store = desk.program._store
    for number in range(500):
        await store.create(Conversation(new_id(), f"Number {number}"))
    desk.program._rows.refresh()
    await until(lambda: len(titles(desk)) > 150)
    desk.window.library.list.selectAll()
    await until(lambda: len(desk.window.library.list.selected_ids()) == 500)
    QTest.keyClick(desk.window.library.list, Qt.Key.Key_Delete)
    await until(lambda: not desk.window.library.list.isVisible())

    desk.click("Undo")
    await until(lambda: desk.window.library.list.isVisible() and len(titles(desk)) > 500)


async def test_a_failed_answer_elsewhere_is_marked_as_failed(desk: Desk) -> None:
    made = await branched(desk)
    failed = Message(new_id(), made.leaf, Role.ASSISTANT, (), MessageState.FAILED)
    await desk.program._store.put_leaf(made.id, failed)
    desk.program._rows.refresh()

    await until(lambda: "The last answer failed" in said(desk))


async def test_a_title_by_a_model_takes_the_place_of_the_first_words_if_it_is_allowed(
    desk: Desk, simulator: LocalSimulator
) -> None:
    desk.say("What is this one about, in a few words that are more than a title holds?")
    await desk.until_answered()
    first = desk.program._conversation.shown_name[1]
    assert first.startswith("What is this one about")
    desk.program._take_setting("titles", "model")
    desk.program._conversation.new()
    await until(lambda: not desk.program._conversation.shown_id)
    desk.say("Another question that is longer than a title can be, by a few words")
    await desk.until_answered()

    page = desk.program._conversation
    await until(lambda: bool(page.shown_name[1]) and not page.shown_name[1].startswith("Another question"))
    asked = [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages"]
    assert len(asked) == 3
    title = page.shown_name[1]
    await until(lambda: titles(desk)[1:] == [title, first])
    desk.window.library.intents.rename_requested.emit(page.shown_id, "Mine")
    await until(lambda: titles(desk)[1:] == ["Mine", first])
    page.renamed(page.shown_id, "Too late", manual=False)
    assert page.shown_name[1] == "Mine"
