"""Pictures and documents among the messages."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu

from app.domain.blocks import (
    Base64Source,
    DocumentBlock,
    FileSource,
    ImageBlock,
    TextBlock,
    TextSource,
    ToolResultBlock,
    UrlSource,
)
from app.domain.conversation import Message, Role
from ui.transcript.pictures import MOST_BYTES, decoded
from ui.transcript.sections.media import attachments_of
from ui.transcript.specs import ChipSpec, PictureSpec

HOSTILE = Path(__file__).resolve().parents[4] / "shared" / "hostile" / "images"


def picture(width: int, height: int, colour: str = "#204060", kind: str = "png") -> ImageBlock:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)
    return ImageBlock(Base64Source(f"image/{kind}", base64.b64encode(bytes(buffer.data())).decode()))


def said(*blocks) -> Message:
    return Message("prompt", None, Role.USER, blocks)


def colours(transcript) -> set[str]:
    """What the window shows now, every fourth pixel."""
    shown = transcript.viewport().grab().toImage()
    return {shown.pixelColor(x, y).name() for x in range(0, shown.width(), 4) for y in range(0, shown.height(), 4)}


def top_of(transcript, text: str) -> int:
    return next(
        placed.y
        for placed in transcript.arrangement.visible
        if any(text in leaf.shown() for leaf in transcript.leaves(placed))
    )


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_is_shown_and_nothing_moves_when_it_comes(kind, transcript, qtbot):
    transcript.show([said(picture(400, 300, "#20c040", kind), TextBlock("What is this?"))])
    before = top_of(transcript, "What is this?")
    assert "#20c040" not in colours(transcript)
    qtbot.waitUntil(lambda: any(near(each, "#20c040") for each in colours(transcript)))
    assert top_of(transcript, "What is this?") == before
    assert f"Picture, {kind.upper()}, 400\u00d7300" in transcript.visible_text()


def near(one: str, other: str) -> bool:
    pairs = zip(QColor(one).getRgb(), QColor(other).getRgb(), strict=True)
    return all(abs(a - b) < 6 for a, b in pairs)


def test_pictures_stand_side_by_side_and_a_click_makes_one_large(transcript, qtbot):
    transcript.show([said(picture(1600, 1200), picture(1600, 1200, "#c04020"))])
    (placed,) = [each for each in transcript.arrangement.visible if transcript.leaves(each)[0].shown().count("\n") == 1]
    small = placed.height
    point = QPoint(transcript.column_left + 40, placed.y + 20)
    qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert transcript.items[0].units[placed.unit].height > 3 * small
    qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert transcript.items[0].units[placed.unit].height == small


def test_what_a_tool_answers_with_a_picture_is_seen(transcript, qtbot):
    result = ToolResultBlock("t", (TextBlock("A screenshot:"), picture(300, 200, "#2040c0")))
    transcript.show([said(result)])
    assert "A screenshot:" in transcript.visible_text()
    qtbot.waitUntil(lambda: "#2040c0" in colours(transcript))


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_what_is_elsewhere_is_named_and_not_fetched(transcript, qtbot):
    opened = []
    transcript.link_activated.connect(opened.append)
    blocks = (
        ImageBlock(UrlSource("http://127.0.0.1:9/tracker.png")),
        ImageBlock(FileSource("file_011")),
        DocumentBlock(Base64Source("application/pdf", base64.b64encode(b"%PDF" * 3000).decode()), title="Lease"),
        DocumentBlock(TextSource("Some words"), title="Notes"),
        ImageBlock(UrlSource("file:///etc/passwd")),
    )
    transcript.show([said(*blocks)])
    assert (
        "http://127.0.0.1:9/tracker.png (not fetched here)\nfile_011 (a file at the API)\nLease (PDF, 12 KB)\n"
        "Notes (Text, 10 characters)\nfile:///etc/passwd (not fetched here)" in transcript.visible_text()
    )
    for y in range(40, 300, 8):
        for x in (120, 300, 420, 560):
            qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert set(opened) == {"http://127.0.0.1:9/tracker.png"}


def test_a_broken_picture_keeps_its_place_and_says_what_it_is(transcript, qtbot):
    whole = base64.b64decode(picture(400, 300).source.data)
    cut = base64.b64encode(whole[:60]).decode()
    transcript.show([said(ImageBlock(Base64Source("image/png", cut)))])
    spec = attachments_of([ImageBlock(Base64Source("image/png", cut))]).tiles[0]
    assert isinstance(spec, PictureSpec)
    qtbot.waitUntil(lambda: not transcript.later.pictures._running and bool(transcript.later.pictures._kept))
    assert all(image.isNull() for image in transcript.later.pictures._kept.values())


@dataclass
class Sample:
    data: bytes
    must: str


def samples() -> list[object]:
    if not HOSTILE.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the hostile samples are not beside this checkout"))]
    listed = json.loads((HOSTILE / "manifest.json").read_text())
    found = [each for each in listed if (HOSTILE / each["name"]).exists()]
    return [
        pytest.param(Sample((HOSTILE / each["name"]).read_bytes(), each["must"]), id=each["name"]) for each in found
    ]


@pytest.mark.shared
@pytest.mark.parametrize("sample", samples())
def test_hostile_pictures_are_drawn_or_named(sample):
    """Whatever the label says: the bytes decide, and only four formats are ever decoded."""
    (tile,) = attachments_of([ImageBlock(Base64Source("image/png", base64.b64encode(sample.data).decode()))]).tiles
    known = sample.data[:4] in (b"\x89PNG", b"GIF8", b"RIFF") or sample.data[:2] == b"\xff\xd8"
    if not known:
        assert isinstance(tile, ChipSpec)
    elif isinstance(tile, PictureSpec):
        image = decoded(tile, QSize(200, 200))
        assert image.width() <= 200
        assert image.height() <= 200
        if sample.must == "accept":
            upright = tile.width >= tile.height
            assert (image.width() >= image.height()) == upright


def test_pictures_that_were_scrolled_past_are_let_go(transcript, qtbot):
    pictures = transcript.later.pictures
    specs = [attachments_of([picture(1000, 1000, f"#0000{n:02x}")]).tiles[0] for n in range(20)]
    for spec in specs:
        assert isinstance(spec, PictureSpec)
        pictures.image(spec, QSize(1000, 1000))
        qtbot.waitUntil(lambda spec=spec: pictures.image(spec, QSize(1000, 1000)) is not None)
        assert pictures.kept_bytes <= MOST_BYTES
    assert pictures.image(specs[0], QSize(1000, 1000)) is None


def test_a_photograph_with_a_long_profile_is_measured(transcript):
    whole = base64.b64decode(picture(60, 40, kind="jpeg").source.data)
    profile = (b"\xff\xe2" + (65_000).to_bytes(2, "big") + bytes(64_998)) * 6
    data = base64.b64encode(whole[:2] + profile + whole[2:]).decode()
    (tile,) = attachments_of([ImageBlock(Base64Source("image/jpeg", data))]).tiles
    assert isinstance(tile, PictureSpec)
    assert (tile.width, tile.height) == (60, 40)


def test_bytes_that_are_no_base64_are_named(transcript):
    (tile,) = attachments_of([ImageBlock(Base64Source("image/png", "!" * 41))]).tiles
    assert isinstance(tile, ChipSpec)
    assert decoded(PictureSpec("\ud800", "image/png", 1, 1), QSize(1, 1)).isNull()
    assert decoded(PictureSpec(QByteArray(b"x").toBase64().toStdString(), "image/gif", 1, 1), QSize(1, 1)).isNull()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_picture_is_copied_as_large_as_it_is(transcript, qtbot):
    transcript.show([said(picture(1200, 900, "#804020"))])
    (placed,) = [each for each in transcript.arrangement.visible if "Picture" in transcript.leaves(each)[0].shown()]
    point = transcript.viewport().mapToGlobal(QPoint(transcript.column_left + 40, placed.y + 20))
    transcript._open_menu_at(point)
    (menu,) = [each for each in transcript.findChildren(QMenu) if each.isVisible()]
    (copy,) = [each for each in menu.actions() if each.text() == "Copy picture"]
    with qtbot.waitSignal(transcript.later.pictures.whole_came):
        copy.trigger()
    menu.close()
    copied = QGuiApplication.clipboard().image()
    assert copied.size() == QSize(1200, 900)
    assert copied.pixelColor(5, 5).name() == "#804020"
