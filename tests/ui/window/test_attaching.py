"""Files and pictures go into a message: dropped, pasted, put in order, made fit, kept, sent."""

import base64
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from app.domain.attachments import Change
from app.domain.blocks import Base64Source
from app.settings.file import read_settings
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.pictures import opened, pdf, picture
from tests.support.waiting import until
from ui.composer.chips import Chip
from ui.transcript.citing import PLACE, target_of

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def hold(desk: Desk, data: QMimeData) -> bool:
    """Hold something over the window; whether it may be dropped."""
    event = QDragEnterEvent(QPoint(600, 300), COPY, data, LEFT, NONE)
    QApplication.sendEvent(desk.window.main, event)
    return event.isAccepted()


def drop(desk: Desk, data: QMimeData) -> None:
    assert hold(desk, data)
    QApplication.sendEvent(desk.window.main, QDropEvent(QPointF(600, 300), COPY, data, LEFT, NONE))


def chips(desk: Desk) -> list[Chip]:
    strip = desk.window.page.composer.attachments
    return list(strip.chips) if strip is not None else []


async def read(desk: Desk, count: int) -> list[Chip]:
    """The chips, once all of them have been read."""
    await until(lambda: len(chips(desk)) == count and not any(each.slot.is_coming for each in chips(desk)))
    return chips(desk)


def sent(simulator: LocalSimulator, at: int = -1) -> list[dict[str, Any]]:
    """The blocks of the newest prompt on the wire."""
    asked = [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages"]
    return list(asked[at].body["messages"][-1]["content"])


def data_of(block: dict[str, Any]) -> bytes:
    return base64.b64decode(block["source"]["data"])


async def test_a_dropped_picture_is_promised_shown_and_sent_as_it_is(
    desk: Desk, simulator: LocalSimulator, tmp_path: Path
) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(picture(format_="JPEG"))
    assert hold(desk, files(path))
    dropping = desk.window.main.dropping
    assert dropping is not None
    assert dropping.promise == "Drop to attach cat.png"
    QApplication.sendEvent(desk.window.main, QDragLeaveEvent())
    assert dropping.promise == ""
    drop(desk, files(path))
    (chip,) = await read(desk, 1)
    assert "60 × 40" in chip.facts.text()
    assert chip.note.text() == "6 tokens"
    desk.say("What is it?")
    await desk.until_answered()
    image, text = sent(simulator)
    assert image["source"]["media_type"] == "image/jpeg"
    assert data_of(image) == path.read_bytes()
    assert set(image) == {"type", "source"}
    assert text == {"type": "text", "text": "What is it?"}
    assert chips(desk) == []


async def test_a_pasted_bitmap_becomes_an_attachment_and_needs_no_text(desk: Desk, simulator: LocalSimulator) -> None:
    data = QMimeData()
    data.setData("image/png", QByteArray(picture()))
    desk.window.page.composer.editor.insertFromMimeData(data)
    await read(desk, 1)
    desk.press(Qt.Key.Key_Return)
    await desk.until_answered()
    (image,) = sent(simulator)
    assert data_of(image) == picture()


async def test_a_picture_that_qt_holds_is_pasted_too(desk: Desk) -> None:
    image = QImage(50, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    data = QMimeData()
    data.setImageData(image)
    desk.window.page.composer.editor.insertFromMimeData(data)
    (chip,) = await read(desk, 1)
    assert chip.slot.attachment is not None
    assert opened(chip.slot.attachment.block).convert("RGB").getpixel((5, 5)) == (0, 0, 255)


async def test_of_text_and_a_picture_the_text_is_pasted(desk: Desk) -> None:
    data = QMimeData()
    data.setText("1\t2")
    data.setData("image/png", QByteArray(picture()))
    desk.window.page.composer.editor.insertFromMimeData(data)
    assert desk.window.page.composer.text == "1\t2"
    assert chips(desk) == []


async def test_what_cannot_be_attached_says_why_and_stops_nothing(
    desk: Desk, simulator: LocalSimulator, tmp_path: Path
) -> None:
    good, bad = tmp_path / "notes.txt", tmp_path / "cut.png"
    good.write_text("a note")
    bad.write_bytes(picture(400, 400)[:300])
    drop(desk, files(good, bad, tmp_path))
    note, cut, folder = await read(desk, 3)
    assert cut.facts.text().startswith("cut.png is a damaged PNG")
    assert "is a folder" in folder.facts.text()
    desk.say("Read it")
    await desk.until_answered()
    document, _ = sent(simulator)
    assert document["source"] == {"type": "text", "media_type": "text/plain", "data": "a note"}
    assert document["title"] == "notes.txt"
    assert chips(desk) == []
    assert note.slot.name == "notes.txt"


async def test_chips_are_moved_and_removed_by_keys(desk: Desk, simulator: LocalSimulator, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.txt" for name in "abc"]
    for path in paths:
        path.write_text(path.stem)
    drop(desk, files(*paths))
    first, second, _ = await read(desk, 3)
    desk.window.page.composer.editor.setFocus()
    desk.press(Qt.Key.Key_Tab)
    assert first.hasFocus()
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert first.remove.hasFocus()
    QTest.keyClick(first, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert [each.slot.name for each in chips(desk)] == ["b.txt", "a.txt", "c.txt"]
    QTest.keyClick(second, Qt.Key.Key_Delete)
    desk.window.page.composer.attachments.cite.click()  # type: ignore[union-attr]
    desk.say("Go")
    await desk.until_answered()
    blocks = sent(simulator)
    assert [each["source"]["data"] for each in blocks[:-1]] == ["a", "c"]
    assert all(each["citations"] == {"enabled": True} for each in blocks[:-1])


async def test_another_model_gets_pictures_of_its_own_size(
    desk: Desk, simulator: LocalSimulator, tmp_path: Path
) -> None:
    path = tmp_path / "wide.png"
    path.write_bytes(picture(2400, 400))
    drop(desk, files(path))
    (chip,) = await read(desk, 1)
    assert "2,400 × 400" in chip.facts.text()
    desk.window.page.composer.model_picked.emit("claude-haiku-4-5-20251001")
    await until(lambda: "1,568 × 261" in chip.facts.text())
    assert "scaled from 2,400 × 400" in chip.note.text()


async def test_attachments_are_there_after_a_restart(open_desk: Callable[..., Any], desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(picture(5000, 100))
    desk.write("And this")
    drop(desk, files(path))
    await read(desk, 1)
    await desk.close()
    again = await open_desk(read_settings(tmp_path).settings)
    (chip,) = await read(again, 1)
    assert chip.slot.name == "cat.png"
    assert "2,576" in chip.facts.text()
    assert again.window.page.composer.text == "And this"


async def test_a_failed_message_comes_back_with_its_picture(desk: Desk, simulator: LocalSimulator) -> None:
    data = QMimeData()
    data.setData("image/png", QByteArray(picture()))
    desk.window.page.composer.editor.insertFromMimeData(data)
    await read(desk, 1)
    desk.say("Look [[sim: 400]]")
    await desk.until_answered()
    assert desk.window.page.composer.text == "Look [[sim: 400]]"
    (chip,) = await read(desk, 1)
    assert chip.slot.attachment is not None
    assert data_of(sent(simulator)[0]) == picture()


async def test_many_files_are_attached_after_a_question(desk: Desk, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.txt" for number in range(25)]
    for path in paths:
        path.write_text("x")
    drop(desk, files(*paths))
    assert chips(desk) == []
    (box,) = desk.window.main.findChildren(QMessageBox)
    assert "25 files" in box.text()
    next(each for each in box.buttons() if each.text() == "Attach").click()
    await read(desk, 25)


async def test_a_very_long_text_is_offered_as_a_file(desk: Desk) -> None:
    data = QMimeData()
    data.setText("word " * 250_000)
    desk.window.page.composer.editor.insertFromMimeData(data)
    assert desk.window.page.composer.text == ""
    (box,) = desk.window.main.findChildren(QMessageBox)
    assert "1,250,000 pasted characters" in box.text()
    next(each for each in box.buttons() if each.text() == "Attach").click()
    (chip,) = await read(desk, 1)
    assert chip.slot.name == "pasted.txt"
    assert chip.facts.text() == "1.2 MB"


async def test_a_picture_on_the_web_is_fetched_only_after_a_question(desk: Desk) -> None:
    data = QMimeData()
    data.setHtml('<img src="http://127.0.0.1:9/cat.png">')
    desk.window.page.composer.editor.insertFromMimeData(data)
    (box,) = desk.window.main.findChildren(QMessageBox)
    assert "127.0.0.1:9" in box.text()
    box.close()
    assert chips(desk) == []


@pytest.mark.parametrize("hide", ["\u202e", "\u200b"])
async def test_a_name_cannot_hide_its_end(desk: Desk, tmp_path: Path, hide: str) -> None:
    path = tmp_path / f"rtl_{hide}gnp.exe.png"
    path.write_bytes(picture())
    drop(desk, files(path))
    (chip,) = await read(desk, 1)
    assert hide not in chip.name.text()
    assert "exe.png" in chip.name.text()


async def test_what_is_covered_is_sent_as_it_is_seen(desk: Desk, simulator: LocalSimulator, tmp_path: Path) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(picture(200, 100))
    drop(desk, files(path))
    (chip,) = await read(desk, 1)
    QTest.keyClick(chip, Qt.Key.Key_Return)
    viewer = desk.program._media.viewing(desk.program._conversation).viewer
    assert viewer is not None
    await until(lambda: not viewer.canvas.image.isNull())
    viewer.canvas.covers.append(QRect(0, 0, 50, 50))
    viewer.apply.setEnabled(True)
    viewer.apply.click()
    await until(lambda: viewer.shown is not None and Change.EDITED in viewer.shown.changes)
    viewer.alt.setText("A red field")
    viewer.alt.editingFinished.emit()
    await until(lambda: not viewer.canvas.image.isNull())
    seen = viewer.shown
    assert seen is not None
    assert isinstance(seen.block.source, Base64Source)
    viewer.close()
    desk.say("What is covered?")
    await desk.until_answered()
    image = sent(simulator)[0]
    assert image == {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": image["source"]["data"]},
    }
    assert hashlib.sha256(data_of(image)).digest() == hashlib.sha256(base64.b64decode(seen.block.source.data)).digest()
    pixels = opened(seen.block).convert("RGB")
    assert pixels.getpixel((10, 10)) == (0, 0, 0)
    assert pixels.getpixel((60, 10)) == (220, 0, 0)
    desk.window.page.transcript.verticalScrollBar().setValue(0)
    await until(lambda: "A red field" in desk.seen)


async def test_with_the_twenty_first_picture_all_are_made_smaller(
    desk: Desk, simulator: LocalSimulator, tmp_path: Path
) -> None:
    wide, small = tmp_path / "wide.png", tmp_path / "small.png"
    wide.write_bytes(picture(2400, 300))
    small.write_bytes(picture())
    drop(desk, files(wide))
    await read(desk, 1)
    desk.say("First")
    await desk.until_answered()
    assert data_of(sent(simulator)[0]) == wide.read_bytes()
    drop(desk, files(wide, *[small] * 19))
    await until(lambda: len(chips(desk)) == 20 and "2,000 × 250" in chips(desk)[0].facts.text())
    await read(desk, 20)
    desk.say("Second")
    await desk.until_answered()
    asked = [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages"][-1]
    assert asked.status == 200
    first, *_, last = asked.body["messages"]
    assert opened_wire(first["content"][0]).width == opened_wire(last["content"][0]).width == 2000


def opened_wire(block: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(data_of(block)))


async def test_a_citation_leads_to_its_passage_and_to_its_page(desk: Desk, tmp_path: Path) -> None:
    note, report = tmp_path / "note.txt", tmp_path / "report.pdf"
    note.write_text("Häuser 🏠 stehen. The sky is blue. Grass is green.")
    report.write_bytes(pdf(3))
    drop(desk, files(note, report))
    await read(desk, 2)
    desk.say("Read")
    await desk.until_answered()
    viewing = desk.program._media.viewing(desk.program._conversation)
    answer = desk.program._conversation.session.conversation.path[-1]
    start = note.read_text().index("The sky")
    passage = {"document_index": 0, "start_char_index": start, "end_char_index": start + 16}
    desk.window.page.transcript.place_opened.emit(answer.id, target_of(passage).removeprefix(PLACE))
    assert viewing.reader is not None
    assert viewing.reader.text.textCursor().selectedText() == "The sky is blue."
    viewing.reader.close()
    page = {"document_index": 1, "start_page_number": 2, "end_page_number": 3}
    desk.window.page.transcript.place_opened.emit(answer.id, target_of(page).removeprefix(PLACE))
    await until(lambda: viewing.reader is not None and viewing.reader.told.text() == "Page 2 of 3")
    reader = viewing.reader
    assert reader is not None
    await until(lambda: not reader.canvas.image.isNull())
    reader.close()
