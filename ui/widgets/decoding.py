"""Decodes a picture that nobody vouches for. Not on the window's thread.

The format is what the first bytes said, one of four; Qt is told that format and looks for no other, its readers for
SVG, PDF, TIFF and icons are never reached, and what would not fit into its limit for one picture (256 MB) is refused.
"""

import base64
import binascii
from collections.abc import Hashable
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader
from shiboken6 import isValid

FORMATS: Final = {"image/png": b"png", "image/jpeg": b"jpeg", "image/gif": b"gif", "image/webp": b"webp"}
READ_ONLY: Final = QIODevice.OpenModeFlag.ReadOnly


def decoded(data: str, media_type: str, size: QSize) -> QImage:
    """The picture, upright and no larger than `size`; a null image if it is broken.

    Args:
        data: base64.
    """
    try:
        raw = base64.b64decode(data, validate=False)
    except (binascii.Error, ValueError):
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(raw))
    buffer.open(READ_ONLY)
    reader = QImageReader(buffer, QByteArray(FORMATS[media_type]))
    reader.setAutoDetectImageFormat(False)
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    own = reader.size()
    if not own.isValid():
        return QImage()
    lies_down = bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)
    box = size.transposed() if lies_down else size
    if own.width() > box.width() or own.height() > box.height():
        reader.setScaledSize(own.scaled(box, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    image = reader.read()
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied) if not image.isNull() else image


class _Teller(QObject):
    """What the thread tells; it outlives the window, if the thread does."""

    decoded = Signal(object, QImage)


class Decoder(QObject):
    """One picture after the other, on a thread.

    Signals:
        came: args: what was asked with, a QImage, null if it is broken.
    """

    came = Signal(object, QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._teller = _Teller()
        self._teller.decoded.connect(self.came)

    def ask(self, key: Hashable, data: str, media_type: str, size: QSize) -> None:
        """Decode; `came` tells with `key`."""
        teller = self._teller

        def work() -> None:
            image = decoded(data, media_type, size)
            if isValid(teller):
                teller.decoded.emit(key, image)

        self._pool.start(work)

    def wait(self) -> None:
        """Until no thread decodes any more."""
        self._pool.waitForDone()
