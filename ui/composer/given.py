"""What was dropped or pasted: files, a picture's bytes, an address, or text. Nothing is opened and nothing decoded."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QImage

from app.immutable import immutable

PICTURE_FORMATS: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/svg+xml": "svg",
    "image/tiff": "tiff",
    "image/bmp": "bmp",
}
"""Media types in which a picture is taken over, best first; the end of the name that it gets."""
QT_IMAGE: Final = "application/x-qt-image"
_IMG: Final = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_DATA: Final = re.compile(r"data:image/[a-z+.-]+;base64,([A-Za-z0-9+/=\s%]+)\Z", re.IGNORECASE)
MOST_HTML: Final = 1 << 24
"""Characters of HTML that are searched for a picture."""


@immutable
class Given:
    """What can be attached of it. All empty: nothing."""

    paths: tuple[str, ...] = ()
    pictures: tuple[tuple[str, bytes], ...] = ()
    """Name and bytes."""
    addresses: tuple[str, ...] = ()
    """Of pictures on the web: to be fetched only if the person says so."""

    @property
    def is_empty(self) -> bool:
        return not (self.paths or self.pictures or self.addresses)


def promised(source: QMimeData) -> str:
    """What dropping this will do, as a sentence for before it is done; empty for what is none of ours."""
    if source.hasUrls():
        local = [url for url in source.urls() if url.isLocalFile()]
        if local:
            names = ", ".join(url.fileName() or url.toLocalFile() for url in local[:3])
            more = f" and {len(local) - 3:,} more" if len(local) > 3 else ""
            return f"Drop to attach {names}{more}"
    if _picture_format(source) is not None:
        return "Drop to attach the picture"
    if addresses := _addresses(source):
        return f"Drop to fetch the picture from {QUrl(addresses[0]).host()}, after a question"
    return "Drop to insert the text" if source.hasText() else ""


def given(source: QMimeData) -> Given:
    """What can be attached of it."""
    paths = tuple(url.toLocalFile() for url in source.urls() if url.isLocalFile()) if source.hasUrls() else ()
    if paths:
        return Given(paths=paths)
    if picture := _picture(source):
        return Given(pictures=(picture,))
    if pictures := _inside_html(source):
        return Given(pictures=pictures)
    return Given(addresses=_addresses(source))


def is_text_first(source: QMimeData) -> bool:
    """Of text and a picture offered together, a table's cells for instance, the text is meant."""
    return source.hasText() and bool(source.text().strip()) and not source.hasUrls()


def _picture_format(source: QMimeData) -> str | None:
    offered = source.formats()
    return next((each for each in (*PICTURE_FORMATS, QT_IMAGE) if each in offered), None)


def _picture(source: QMimeData) -> tuple[str, bytes] | None:
    kind = _picture_format(source)
    if kind is None:
        return None
    if kind in PICTURE_FORMATS:
        data = source.data(kind).data()
        if data:
            return f"picture.{PICTURE_FORMATS[kind]}", bytes(data)
    image = source.imageData()
    return ("picture.bmp", _as_bmp(image)) if isinstance(image, QImage) and not image.isNull() else None


def _as_bmp(image: QImage) -> bytes:
    """The pixels as they are: encoding them would take longer than handing them on."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "BMP")  # type: ignore[call-overload]  # the stubs want bytes, which it refuses
    return bytes(buffer.data().data())


def _html(source: QMimeData) -> str:
    return source.html()[:MOST_HTML] if source.hasHtml() else ""


def _inside_html(source: QMimeData) -> tuple[tuple[str, bytes], ...]:
    found: list[tuple[str, bytes]] = []
    for address in _IMG.findall(_html(source)):
        match = _DATA.match(address)
        if match is None:
            continue
        try:
            found.append((f"picture {len(found) + 1}" if found else "picture", base64.b64decode(match[1])))
        except (binascii.Error, ValueError):
            continue
    return tuple(found)


def _addresses(source: QMimeData) -> tuple[str, ...]:
    named: Sequence[str] = _IMG.findall(_html(source))
    if not named and source.hasUrls():
        named = [url.toString() for url in source.urls()]
    return tuple(dict.fromkeys(each for each in named if each.lower().startswith(("http://", "https://"))))
