"""A person exports from the window into a file they choose, and imports from one."""

import json
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QProgressDialog, QPushButton

from tests.support.desk import Desk
from tests.support.waiting import until
from ui.shell.transfers import EVERYTHING, MESSAGES, WHOLE_MARKDOWN, file_name


async def choose(desk: Desk, command: str, path: Path, form: str = "") -> None:
    """Give a command and choose a file in the dialog that it opens."""
    desk.program._commands.do(command)
    dialogs: list[QFileDialog] = []

    def is_open() -> bool:
        dialogs[:] = [each for each in desk.window.main.findChildren(QFileDialog) if each.isVisible()]
        return bool(dialogs)

    await until(is_open)
    if form:
        dialogs[0].selectNameFilter(form)
    dialogs[0].setDirectory(str(path.parent))
    dialogs[0].selectFile(str(path))
    dialogs[0].accept()
    await until(lambda: not desk.window.main.findChildren(QFileDialog))


async def test_a_conversation_leaves_the_library_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    desk.say("keep this")
    await desk.until_answered()
    await choose(desk, "export_conversation", tmp_path / "one.json", EVERYTHING)
    await until(lambda: "The conversation was exported" in desk.notices)
    desk.program._commands.do("delete_conversation")
    await until(lambda: "keep this" not in desk.transcript)

    await choose(desk, "import", tmp_path / "one.json")
    await until(lambda: "1 conversation was imported" in desk.notices)
    await until(lambda: len(desk.program._rows.order) == 1)
    desk.click("Open")

    await until(lambda: "keep this" in desk.transcript)
    await choose(desk, "import", tmp_path / "one.json")
    await until(lambda: "1 conversation was here already" in desk.notices)


async def test_everything_goes_into_one_file_and_a_conversation_into_others(desk: Desk, tmp_path: Path) -> None:
    for text in ("one thing", "another thing"):
        desk.program._commands.do("new_conversation")
        await until(lambda: not desk.program._conversation.shown_id)
        desk.say(text)
        await desk.until_answered()

    await choose(desk, "export_all", tmp_path / "all.json", EVERYTHING)
    await until(lambda: "2 conversations were exported" in desk.notices)
    await choose(desk, "export_conversation", tmp_path / "one.md", WHOLE_MARKDOWN)
    await until((tmp_path / "one.md").exists)
    await choose(desk, "export_conversation", tmp_path / "one.jsonl", MESSAGES)
    await until((tmp_path / "one.jsonl").exists)

    exported = json.loads((tmp_path / "all.json").read_bytes())
    assert [each["title"] for each in exported["conversations"]] == ["one thing", "another thing"]
    assert "another thing" in (tmp_path / "one.md").read_text()
    assert json.loads((tmp_path / "one.jsonl").read_text())["messages"][0]["content"] == "another thing"
    assert "CANARY" not in (tmp_path / "all.json").read_text()


async def test_a_file_that_is_none_of_these_is_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"a": 1}')

    await choose(desk, "import", tmp_path / "other.json")

    await until(lambda: "This file cannot be imported" in desk.notices)
    assert "Nothing was imported" in desk.notices


async def test_with_nothing_to_export_the_window_says_so(desk: Desk) -> None:
    desk.program._commands.do("export_conversation")

    await until(lambda: "There is nothing to export yet" in desk.notices)


async def test_a_long_import_can_be_stopped(desk: Desk, tmp_path: Path) -> None:
    every = [{"title": str(at), "messages": [{"role": "user", "content": "x"}]} for at in range(20_000)]
    (tmp_path / "long.json").write_text(json.dumps({"format": "duologue-export", "version": 1, "conversations": every}))

    await choose(desk, "import", tmp_path / "long.json")
    await until(lambda: any(each.isVisible() for each in desk.window.main.findChildren(QProgressDialog)))
    (progress,) = desk.window.main.findChildren(QProgressDialog)
    desk.program._keeping.backups.restore("none")
    assert "cannot be restored while" in desk.notices
    (stop,) = progress.findChildren(QPushButton)
    assert stop.text() == "Stop"
    stop.click()
    await until(lambda: not desk.window.main.findChildren(QProgressDialog))

    assert (await desk.program._store.listing(9)).rows == ()
    assert "imported" not in desk.notices


def test_a_file_is_named_after_its_conversation() -> None:
    assert file_name("Was heißt: „a/b\\c“? ..\n") == "Was heißt a b c"
    assert file_name("../..") == "Conversation"
    assert file_name("x" * 300) == "x" * 80


async def test_another_form_gives_the_file_another_ending(desk: Desk, tmp_path: Path) -> None:
    desk.say("keep this")
    await desk.until_answered()
    desk.program._commands.do("export_conversation")
    await until(lambda: bool(desk.window.main.findChildren(QFileDialog)))
    (dialog,) = desk.window.main.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("/keep this.json")

    dialog.filterSelected.emit(MESSAGES)

    assert dialog.selectedFiles()[0].endswith("/keep this.jsonl")
    dialog.reject()
